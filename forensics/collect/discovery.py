"""Which log groups are meant: by pattern, by tag, or as what some nodes write.

What a node writes it says itself: a function's `LoggingConfig` (without one it is `/aws/lambda/NAME`),
and the `logConfiguration` of the containers in a service's task definition, where its driver is
`awslogs`. Another driver (FireLens, Splunk) writes elsewhere, and names no group.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from forensics.collect.aws import Api, Refused
from forensics.collect.logs import LogGroup, list_groups
from forensics.collect.request import PullRequest

__all__ = ["NODE_ACTIONS", "TAG_ACTIONS", "wanted_groups"]

NODE_ACTIONS = (
    "ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:ListClusters", "ecs:ListServices",
    "lambda:ListFunctions",
)  # fmt: skip
TAG_ACTIONS = ("tag:GetResources",)
_TAGS = "resourcegroupstaggingapi.GetResources"
_AT_ONCE = 10  # services that DescribeServices takes


def wanted_groups(api: Api, request: PullRequest, on_refused: Callable[[Refused], object]) -> list[LogGroup]:
    """The groups that exist of those the request means, by account and name.

    `on_refused` is told where tags or nodes may not be asked: the other ways go on. Raises what `Api.call`
    raises where groups cannot be listed.
    """
    names: set[str] = set()
    for found in (_of_tags(api, request.log_tags), _of_nodes(api, request.log_nodes)):
        try:
            names.update(found)
        except Refused as refused:
            on_refused(refused)
    patterns = [*request.log_groups, *sorted(names)]
    return list_groups(api, patterns) if patterns else []


def _of_tags(api: Api, tags: Sequence[str]) -> Iterator[str]:
    """Names of the groups with any of the tags, each `KEY` or `KEY=VALUE`."""
    for tag in tags:
        key, _, value = tag.partition("=")
        filters = [{"Key": key, "Values": [value] if value else []}]
        params: dict[str, Any] = {"TagFilters": filters, "ResourceTypeFilters": ["logs:log-group"]}
        for found in _items(api, _TAGS, params, "ResourceTagMappingList", "PaginationToken"):
            yield str(found["ResourceARN"]).partition(":log-group:")[2].removesuffix(":*")


def _of_nodes(api: Api, globs: Sequence[str]) -> Iterator[str]:
    if globs:
        yield from _of_functions(api, globs)
        yield from _of_services(api, globs)


def _of_functions(api: Api, globs: Sequence[str]) -> Iterator[str]:
    for function in _items(api, "lambda.ListFunctions", {}, "Functions", "NextMarker", "Marker"):
        if _is_named(function["FunctionName"], globs):
            logging = function.get("LoggingConfig") or {}
            yield logging.get("LogGroup") or f"/aws/lambda/{function['FunctionName']}"


def _of_services(api: Api, globs: Sequence[str]) -> Iterator[str]:
    definitions: set[str] = set()
    for cluster in _items(api, "ecs.ListClusters", {}, "clusterArns"):
        arns = [arn for arn in _items(api, "ecs.ListServices", {"cluster": cluster}, "serviceArns")
                if _is_named(arn.rpartition("/")[2], globs)]  # fmt: skip
        for first in range(0, len(arns), _AT_ONCE):
            asked = arns[first : first + _AT_ONCE]
            answer = api.call("ecs.DescribeServices", cluster=cluster, services=asked)
            definitions.update(s["taskDefinition"] for s in answer["services"] if s.get("taskDefinition"))
    for arn in sorted(definitions):
        answer = api.call("ecs.DescribeTaskDefinition", taskDefinition=arn)
        for container in answer["taskDefinition"].get("containerDefinitions") or ():
            logging = container.get("logConfiguration") or {}
            group = (logging.get("options") or {}).get("awslogs-group")
            if logging.get("logDriver") == "awslogs" and group:
                yield group


def _is_named(name: str, globs: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, glob) for glob in globs)


def _items(
    api: Api, operation: str, params: dict[str, Any], items: str, token: str = "nextToken", sent: str = ""
) -> Iterator[Any]:
    """What all pages list."""
    for page in api.pages(operation, params, sent or token, token):
        yield from page.get(items) or ()
