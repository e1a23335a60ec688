"""Route 53: rest-xml. Shapes from botocore's model (route53/2013-04-01)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Item, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Refusal, Service, XmlNames
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_ZONES = Pages("maxitems", "marker", "NextMarker", 300, 100)
_RECORDS = Pages("maxitems", "", "", 300)
# What a page of records is asked for by, and what the page before it says of that.
_BEGINS = {"name": "Name", "type": "Type", "identifier": "SetIdentifier"}
_FOLLOWS = {"Name": "NextRecordName", "Type": "NextRecordType", "SetIdentifier": "NextRecordIdentifier"}


def list_hosted_zones(world: World, call: Call) -> Body:
    """Of the whole account: it knows no regions, and is signed for in one of its own."""
    shown, following = paged(world, call, _ZONES, world.configuration.items("route53", "HostedZones"))
    about = {"Marker": call.params.get("marker", ""), "MaxItems": str(_ZONES.limit(world, call))}
    return {"HostedZones": shown, "IsTruncated": bool(following)} | about | following


def list_resource_record_sets(world: World, call: Call) -> Body:
    """From the record that the call names, which is no token: of a name alone that is the first of it."""
    found = _records(world, call)
    begin, size = _position(found, call), _RECORDS.limit(world, call)
    rest = found[begin + size : begin + size + 1]
    following = {_FOLLOWS[name]: one[name] for one in rest for name in _FOLLOWS if name in one}
    shown = {"ResourceRecordSets": found[begin : begin + size], "MaxItems": str(size)}
    return shown | {"IsTruncated": bool(rest)} | following


def _records(world: World, call: Call) -> list[Item]:
    zone = f"/hostedzone/{call.params['Id']}"
    if zone not in {item["Id"] for item in world.configuration.items("route53", "HostedZones")}:
        raise Refusal("NoSuchHostedZone", f"No hosted zone found with ID: {call.params['Id']}", 404)
    return world.configuration.items("route53", "ResourceRecordSets", zone)


def _position(found: list[Item], call: Call) -> int:
    asked = {name: call.params[param] for param, name in _BEGINS.items() if call.params.get(param)}
    for number, item in enumerate(found):
        if all(item.get(name) == value for name, value in asked.items()):
            return number
    return len(found)


SERVICE = Service(
    signing_name="route53",
    protocol="rest-xml",
    version="2013-04-01",
    operations={
        "ListHostedZones": list_hosted_zones,
        "ListResourceRecordSets": list_resource_record_sets,
    },
    routes={
        "GET /2013-04-01/hostedzone": "ListHostedZones",
        "GET /2013-04-01/hostedzone/{Id}/rrset": "ListResourceRecordSets",
    },
    xml=XmlNames(
        items={
            "HostedZones": "HostedZone",
            "ResourceRecordSets": "ResourceRecordSet",
            "ResourceRecords": "ResourceRecord",
        },
    ),
    # "Throttling for Amazon Route 53 API requests" in its Developer Guide.
    errors={"throttled": ("Throttling", 400)},
    bad_token=("InvalidInput", "The marker is not valid"),
    invalid="InvalidInput",
)
