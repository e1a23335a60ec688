"""CodeDeploy: json 1.1. Shapes from botocore's model (codedeploy/2014-10-06)."""

from __future__ import annotations

from math import inf

from forensics.demo.endpoint.listing import Item, Kind, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Refusal, Service
from forensics.demo.endpoint.times import epoch
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_MISSING = ("DeploymentDoesNotExistException", "The deployment {name} could not be found", 400)
DEPLOYMENT = Kind("Deployments", "deploymentId", ("deploymentId",), _MISSING)
_PAGES = Pages("maxResults", "nextToken", "nextToken", 100)
_AT_ONCE = 25


def list_deployments(world: World, call: Call) -> Body:
    """Ids only, newest first; `createTimeRange` has one end or both."""
    span = call.params.get("createTimeRange") or {}
    start, end = (epoch(span[n]) if n in span else d for n, d in (("start", -inf), ("end", inf)))
    known = sorted(DEPLOYMENT.all(world, call), key=lambda item: -float(item["createTime"]))
    found = [item for item in known if start <= float(item["createTime"]) <= end]
    shown, following = paged(world, call, _PAGES, found)
    return {"deployments": [item["deploymentId"] for item in shown]} | following


def batch_get_deployments(world: World, call: Call) -> Body:
    """What is not there is left out."""
    asked = call.params.get("deploymentIds") or []
    if len(asked) > _AT_ONCE:
        raise Refusal("BatchLimitExceededException", f"The maximum number of deployments is {_AT_ONCE}.")
    found: list[Item] = [item for item in DEPLOYMENT.all(world, call) if item["deploymentId"] in asked]
    return {"deploymentsInfo": found}


SERVICE = Service(
    signing_name="codedeploy",
    protocol="json",
    target="CodeDeploy_20141006",
    operations={"BatchGetDeployments": batch_get_deployments, "ListDeployments": list_deployments},
    bad_token=("InvalidNextTokenException", "The token is invalid."),
    invalid="InvalidInputException",
)
