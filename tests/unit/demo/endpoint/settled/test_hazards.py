"""Bad days of the services that configuration, metrics and changes come from."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

from forensics.demo.endpoint import Endpoint, Hazard, HazardKind

CALLS: dict[str, str] = {
    "lambda": "list_functions",
    "sns": "list_topics",
    "ec2": "describe_subnets",
    "s3": "list_buckets",
    "sqs": "list_queues",
    "cloudwatch": "list_metrics",
    "cloudtrail": "lookup_events",
    "apigatewayv2": "get_apis",
}
PAGED = {
    "lambda": "list_functions",
    "ec2": "describe_subnets",
    "s3": "list_buckets",
    "resourcegroupstaggingapi": "get_resources",
    "cloudtrail": "lookup_events",
}


@pytest.mark.parametrize(
    ("service", "kind", "code", "status"),
    [
        ("lambda", "throttled", "TooManyRequestsException", 429),
        ("sns", "throttled", "Throttling", 400),
        ("ec2", "throttled", "RequestLimitExceeded", 503),
        ("s3", "throttled", "SlowDown", 503),
        ("sqs", "throttled", "RequestThrottled", 400),
        ("cloudwatch", "throttled", "Throttling", 400),
        ("cloudtrail", "throttled", "ThrottlingException", 400),
        ("apigatewayv2", "throttled", "TooManyRequestsException", 429),
        ("sns", "access_denied", "AuthorizationError", 403),
        ("ec2", "access_denied", "UnauthorizedOperation", 403),
        ("s3", "access_denied", "AccessDenied", 403),
        ("lambda", "access_denied", "AccessDeniedException", 403),
        ("s3", "expired_credentials", "ExpiredToken", 400),
        ("ec2", "expired_credentials", "RequestExpired", 400),
        ("lambda", "expired_credentials", "ExpiredTokenException", 403),
        ("cloudtrail", "unavailable", "ServiceUnavailableException", 503),
    ],
)
def test_refusals_are_those_of_the_service(
    client: Any, endpoint: Endpoint, service: str, kind: HazardKind, code: str, status: int
) -> None:
    endpoint.change(hazards=[Hazard(kind=kind, operation=f"{service}.*")])
    with pytest.raises(ClientError) as error:
        getattr(client(service), CALLS[service])()
    said = error.value.response
    assert (said["Error"]["Code"], said["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert endpoint.state()["hazards"] == {kind: 1}


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("lambda", "lambda:ListFunctions"),
        ("s3", "s3:ListAllMyBuckets"),
        ("cloudwatch", "cloudwatch:ListMetrics"),
        ("apigatewayv2", "apigateway:GET"),
    ],
)
def test_denial_names_the_action_that_iam_knows(
    client: Any, endpoint: Endpoint, service: str, action: str
) -> None:
    endpoint.change(hazards=[Hazard(kind="access_denied")])
    with pytest.raises(ClientError, match=f"not authorized to perform: {action} "):
        getattr(client(service), CALLS[service])()


@pytest.mark.parametrize("service", sorted(CALLS))
@pytest.mark.parametrize("kind", ["reset_midway", "truncated", "html"])
def test_damage_on_the_wire(client: Any, endpoint: Endpoint, service: str, kind: HazardKind) -> None:
    sound = getattr(client(service), CALLS[service])()
    endpoint.change(hazards=[Hazard(kind=kind, times=1)])
    # What boto3 makes of half a document is its own affair: an error of some kind, or less than there is.
    with suppress(ClientError, ConnectionClosedError, ResponseParserError, KeyError, ValueError):
        assert getattr(client(service), CALLS[service])().keys() <= sound.keys()
    assert endpoint.state()["hazards"] == {kind: 1}
    assert endpoint.state()["pages"] == {f"{service}.{_pascal(CALLS[service])}": 1}


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


@pytest.mark.parametrize("service", sorted(PAGED))
@pytest.mark.parametrize("kind", ["empty_page", "duplicate_page", "expired_token"])
def test_hazards_of_pages(client: Any, endpoint: Endpoint, service: str, kind: HazardKind) -> None:
    limit = {"limits": {"items": 1}}
    pages = client(service).get_paginator(PAGED[service])
    names = {"ec2": "Subnets", "s3": "Buckets", "lambda": "Functions", "cloudtrail": "Events"}
    name = names.get(service, "ResourceTagMappingList")
    endpoint.change(**limit)
    whole = [item for page in pages.paginate() for item in page.get(name, [])]
    endpoint.change(**limit, hazards=[Hazard(kind=kind, times=1)])
    if kind == "expired_token":
        with pytest.raises(ClientError):
            list(pages.paginate())
        return
    found = [page.get(name, []) for page in pages.paginate()]
    items = [item for page in found for item in page]
    assert len(items) == len(whole) + (kind == "duplicate_page")
    assert all(item in items for item in whole)
    assert ([] in found) == (kind == "empty_page")


def test_quota_of_lookups(client: Any, endpoint: Endpoint) -> None:
    endpoint.change(quotas="aws")
    trail = client("cloudtrail")
    for _ in range(2):
        trail.lookup_events()
    with pytest.raises(ClientError, match="ThrottlingException"):
        trail.lookup_events()
