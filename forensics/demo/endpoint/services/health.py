"""AWS Health: json 1.1. Shapes from botocore's model (health/2016-08-04).

The account has the support plan without which AWS answers SubscriptionRequiredException.
"""

from __future__ import annotations

from math import inf
from typing import Any

from forensics.demo.endpoint.listing import Item, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Service
from forensics.demo.endpoint.times import epoch
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_PAGES = Pages("maxResults", "nextToken", "nextToken", 100, 10)


def describe_events(world: World, call: Call) -> Body:
    """Narrowed by region and by the time of the last update. It answers in us-east-1, for all regions."""
    asked = call.params.get("filter") or {}
    known = world.configuration.items("health", "Events")
    shown, following = paged(world, call, _PAGES, [one for one in known if _is_wanted(asked, one)])
    return {"events": shown} | following


def _is_wanted(asked: dict[str, Any], event: Item) -> bool:
    regions, spans = asked.get("regions") or (), asked.get("lastUpdatedTimes") or ()
    at = float(event["lastUpdatedTime"])
    return (not regions or event.get("region") in regions) and (
        not spans or any(_end(span, "from", -inf) <= at <= _end(span, "to", inf) for span in spans)
    )


def _end(span: dict[str, Any], name: str, otherwise: float) -> float:
    return epoch(span[name]) if name in span else otherwise


SERVICE = Service(
    signing_name="health",
    protocol="json",
    target="AWSHealth_20160804",
    operations={"DescribeEvents": describe_events},
    bad_token=("InvalidPaginationToken", "The token is invalid."),
    invalid="ValidationException",
)
