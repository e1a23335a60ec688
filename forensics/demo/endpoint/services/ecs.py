"""Elastic Container Service: json 1.1. Shapes from botocore's model (ecs/2014-11-13)."""

from __future__ import annotations

from typing import Any

from forensics.demo.endpoint.listing import Batch, Kind, Listing, Pages, after
from forensics.demo.endpoint.service import Body, Call, Refusal, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

Item = dict[str, Any]

CLUSTER = Kind(
    collection="Clusters",
    param="cluster",
    names=("clusterName", "clusterArn"),
    missing=("ClusterNotFoundException", "Cluster not found.", 400),
    read=after("/"),
    default="default",
)
_NO_SERVICE = ("ServiceNotFoundException", "Service not found.", 400)
_NO_TASK = ("InvalidParameterException", "The referenced task was not found.", 400)
_NO_DEFINITION = ("ClientException", "Unable to describe task definition.", 400)
CONTAINERS = Kind("Services", "service", ("serviceName", "serviceArn"), _NO_SERVICE, after("/"), of=CLUSTER)
TASK = Kind("Tasks", "task", ("taskArn",), _NO_TASK, of=CLUSTER)
DEFINITION = Kind("TaskDefinitions", "taskDefinition", ("taskDefinitionArn",), _NO_DEFINITION)


def _pages(default: int) -> Pages:
    return Pages("maxResults", "nextToken", "nextToken", 100, default)


def _is_wanted(world: World, call: Call, task: Item) -> bool:
    """Tasks that should run, unless stopped ones are asked for; of a service or of a family."""
    service, family = call.params.get("serviceName"), call.params.get("family")
    definition = str(task.get("taskDefinitionArn", "")).rpartition("/")[2].partition(":")[0]
    return (
        task.get("desiredStatus", "RUNNING") == (call.params.get("desiredStatus") or "RUNNING")
        and (not service or task.get("group") == f"service:{service.rpartition('/')[2]}")
        and (not family or family == definition)
    )


class _DescribeTasks(Batch):
    """A task is named by its ARN or by its id, which is the last part of that."""

    def _found(self, items: list[Item], name: str) -> Item | None:
        return next(
            (item for item in items if name in (item["taskArn"], item["taskArn"].split("/")[-1])), None
        )


def describe_task_definition(world: World, call: Call) -> Body:
    """By ARN, by `family:revision`, or by family: then its newest active revision."""
    said = str(call.params.get("taskDefinition", "")).rpartition("/")[2]
    named = [item for item in DEFINITION.all(world, call) if said in (_full(item), item["family"])]
    found = [item for item in named if said == _full(item) or item.get("status", "ACTIVE") == "ACTIVE"]
    if not found:
        raise Refusal(*_NO_DEFINITION)
    item = max(found, key=lambda one: int(one["revision"]))
    tags = world.configuration.entry("ecs", "Tags", item["taskDefinitionArn"])
    shown: Item = {"taskDefinition": item}
    return shown | ({"tags": tags or []} if "TAGS" in call.params.get("include", ()) else {})


def _full(item: Item) -> str:
    return f"{item['family']}:{item['revision']}"


SERVICE = Service(
    signing_name="ecs",
    protocol="json",
    target="AmazonEC2ContainerServiceV20141113",
    operations={
        "DescribeClusters": Batch(CLUSTER, "clusters", "clusters", 100, ("default",)),
        "DescribeServices": Batch(CONTAINERS, "services", "services", 10),
        "DescribeTaskDefinition": describe_task_definition,
        "DescribeTasks": _DescribeTasks(TASK, "tasks", "tasks", 100),
        "ListClusters": Listing(CLUSTER, "clusterArns", _pages(100), lambda item: item["clusterArn"]),
        "ListServices": Listing(
            CONTAINERS,
            "serviceArns",
            _pages(10),
            lambda item: item["serviceArn"],
            equal={"launchType": "launchType", "schedulingStrategy": "schedulingStrategy"},
        ),
        "ListTaskDefinitions": Listing(
            DEFINITION,
            "taskDefinitionArns",
            _pages(100),
            lambda item: item["taskDefinitionArn"],
            equal={"familyPrefix": "family", "status": "status"},
        ),
        "ListTasks": Listing(
            TASK,
            "taskArns",
            _pages(100),
            lambda item: item["taskArn"],
            equal={"launchType": "launchType", "startedBy": "startedBy"},
            where=_is_wanted,
        ),
    },
    bad_token=("InvalidParameterException", "Invalid token"),
    invalid="InvalidParameterException",
)
