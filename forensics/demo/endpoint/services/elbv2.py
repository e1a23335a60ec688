"""Elastic Load Balancing: the query protocol. Shapes from botocore's model (elbv2/2015-12-01)."""

from __future__ import annotations

from typing import Any

from forensics.demo.endpoint.listing import Kind, Listing, Pages
from forensics.demo.endpoint.service import Call, Service, XmlNames
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]


def _kind(collection: str, thing: str, words: str, name: str = "") -> Kind:
    names = (f"{thing}Arn", name) if name else (f"{thing}Arn",)
    missing = (f"{thing}NotFound", f"One or more {words} not found", 400)
    return Kind(collection, f"{thing}Arn", names, missing)


BALANCER = _kind("LoadBalancers", "LoadBalancer", "load balancers", "LoadBalancerName")
GROUP = _kind("TargetGroups", "TargetGroup", "target groups", "TargetGroupName")
LISTENER = _kind("Listeners", "Listener", "listeners")
RULE = Kind("Rules", "", ("RuleArn",), ("RuleNotFound", "One or more rules not found", 400), of=LISTENER)
_PAGES = Pages("PageSize", "Marker", "NextMarker", 400)


def _serves(world: World, call: Call, group: dict[str, Any]) -> bool:
    balancer = call.params.get("LoadBalancerArn")
    return not balancer or balancer in group.get("LoadBalancerArns", ())


SERVICE = Service(
    name="elbv2",
    signing_name="elasticloadbalancing",
    protocol="query",
    version="2015-12-01",
    operations={
        "DescribeListeners": Listing(
            LISTENER,
            "Listeners",
            _PAGES,
            equal={"LoadBalancerArn": "LoadBalancerArn"},
            among=("ListenerArns",),
        ),
        "DescribeLoadBalancers": Listing(
            BALANCER, "LoadBalancers", _PAGES, among=("LoadBalancerArns", "Names")
        ),
        "DescribeRules": Listing(RULE, "Rules", _PAGES),
        "DescribeTargetGroups": Listing(
            GROUP, "TargetGroups", _PAGES, among=("TargetGroupArns", "Names"), where=_serves
        ),
    },
    xml=XmlNames(maps=frozenset(["AuthenticationRequestExtraParams"])),
    bad_token=("ValidationError", "Invalid Marker"),
    invalid="ValidationError",
)
