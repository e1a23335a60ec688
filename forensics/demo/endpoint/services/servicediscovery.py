"""Cloud Map: json 1.1. Shapes from botocore's model (servicediscovery/2017-03-14).

The model prefers CBOR and also offers json: botocore sends json.
"""

from __future__ import annotations

from forensics.demo.endpoint.listing import Item, Kind, Listing, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Refusal, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_NO_SPACE = ("NamespaceNotFound", "Namespace not found: {name}", 404)
NAMESPACE = Kind("Namespaces", "Id", ("Id",), _NO_SPACE)
_PAGES = Pages("MaxResults", "NextToken", "NextToken", 100)


def list_services(world: World, call: Call) -> Body:
    """Of all namespaces, or of those that a filter names."""
    wanted = [one["Values"] for one in call.params.get("Filters") or () if one["Name"] == "NAMESPACE_ID"]
    found = [item for space, item in _services(world, call) if all(space in values for values in wanted)]
    shown, following = paged(world, call, _PAGES, found)
    return {"Services": shown} | following


def list_instances(world: World, call: Call) -> Body:
    name = str(call.params["ServiceId"])
    if name not in {item["Id"] for _, item in _services(world, call)}:
        raise Refusal("ServiceNotFound", f"Service not found: {name}", 404)
    known = world.configuration.items("servicediscovery", "Instances", name)
    shown, following = paged(world, call, _PAGES, known)
    return {"Instances": shown} | following


def _services(world: World, call: Call) -> list[tuple[str, Item]]:
    """Every service, with the id of its namespace."""
    spaces = [NAMESPACE.key(one) for one in NAMESPACE.all(world, call)]
    return [
        (space, item)
        for space in spaces
        for item in world.configuration.items("servicediscovery", "Services", space)
    ]


SERVICE = Service(
    signing_name="servicediscovery",
    protocol="json",
    target="Route53AutoNaming_v20170314",
    operations={
        "ListInstances": list_instances,
        "ListNamespaces": Listing(NAMESPACE, "Namespaces", _PAGES),
        "ListServices": list_services,
    },
    errors={"throttled": ("RequestLimitExceeded", 400)},
    bad_token=("InvalidInput", "Invalid NextToken"),
    invalid="InvalidInput",
)
