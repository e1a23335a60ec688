"""EC2's network: the EC2 flavour of the query protocol. Shapes from botocore's model (ec2/2016-11-15)."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from forensics.demo.endpoint.listing import Item, Kind, Listing, Pages
from forensics.demo.endpoint.service import Call, Service, XmlNames
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]


def _passes(world: World, call: Call, item: Item) -> bool:
    """All of Filters, of whose values one has to fit, `*` and `?` included."""
    return all(
        any(fnmatchcase(value, wanted) for value in _values(item, one["Name"]) for wanted in one["Value"])
        for one in call.params.get("Filter", ())
    )


def _values(item: Item, name: str) -> Iterator[str]:
    """What a filter speaks of: a tag, or a member anywhere in it (`attachment.instance-id`)."""
    tags = item.get("Tags") or item.get("TagSet") or ()
    if name.startswith("tag:"):
        yield from (tag["Value"] for tag in tags if tag["Key"] == name[4:])
    elif name == "tag-key":
        yield from (tag["Key"] for tag in tags)
    else:
        yield from _members(item, "".join(word.capitalize() for word in name.split(".")[-1].split("-")))


def _members(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from _members(part, name)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key == name and not isinstance(part, dict | list):
                yield str(part).lower() if isinstance(part, bool) else str(part)
            yield from _members(part, name)


def _listing(collection: str, thing: str, words: str, code: str, most: int = 1000) -> Listing:
    missing = (code, f"The {words} '{{name}}' does not exist", 400)
    kind = Kind(collection, thing, (thing,), missing)
    return Listing(
        kind, collection, Pages("MaxResults", "NextToken", "NextToken", most), among=(thing,), where=_passes
    )


SERVICE = Service(
    signing_name="ec2",
    protocol="ec2",
    version="2016-11-15",
    operations={
        "DescribeNatGateways": _listing("NatGateways", "NatGatewayId", "Nat Gateway", "NatGatewayNotFound"),
        "DescribeNetworkInterfaces": _listing(
            "NetworkInterfaces",
            "NetworkInterfaceId",
            "networkInterface ID",
            "InvalidNetworkInterfaceID.NotFound",
        ),
        "DescribeRouteTables": _listing(
            "RouteTables", "RouteTableId", "routeTable ID", "InvalidRouteTableID.NotFound", 100
        ),
        "DescribeSecurityGroups": _listing(
            "SecurityGroups", "GroupId", "security group", "InvalidGroup.NotFound"
        ),
        "DescribeSubnets": _listing("Subnets", "SubnetId", "subnet ID", "InvalidSubnetID.NotFound"),
    },
    xml=XmlNames(
        item="item",
        lower_first=True,
        members={
            "AssociatedSubnets": "associatedSubnetSet",
            "Associations": "associationSet",
            "AttachedAppliances": "attachedApplianceSet",
            "Groups": "groupSet",
            "Ipv4Prefixes": "ipv4PrefixSet",
            "Ipv6Addresses": "ipv6AddressesSet",
            "Ipv6Prefixes": "ipv6PrefixSet",
            "NatGatewayAddresses": "natGatewayAddressSet",
            "NatGateways": "natGatewaySet",
            "NetworkInterfaces": "networkInterfaceSet",
            "PrivateIpAddresses": "privateIpAddressesSet",
            "PropagatingVgws": "propagatingVgwSet",
            "RouteTables": "routeTableSet",
            "Routes": "routeSet",
            "SecurityGroups": "securityGroupInfo",
            "SecurityGroups.Description": "groupDescription",
            "Subnets": "subnetSet",
            "Tags": "tagSet",
            "UserIdGroupPairs": "groups",
        },
    ),
    bad_token=("InvalidNextToken", "The token is invalid."),
    invalid="InvalidParameterValue",
)
