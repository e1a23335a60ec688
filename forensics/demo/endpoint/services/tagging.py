"""Resource Groups Tagging: json 1.1. Shapes from botocore's model (resourcegroupstaggingapi/2017-01-26)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Item, Kind, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

RESOURCE = Kind("Resources", "ResourceARN", ("ResourceARN",), ("InvalidParameterException", "", 400))
_PAGES = Pages("ResourcesPerPage", "PaginationToken", "PaginationToken", 100, 50)


def get_resources(world: World, call: Call) -> Body:
    """The token is empty, not absent, on the last page."""
    found = [item for item in RESOURCE.all(world, call) if _is_wanted(call, item)]
    shown, following = paged(world, call, _PAGES, found)
    return {"ResourceTagMappingList": shown, "PaginationToken": ""} | following


def _is_wanted(call: Call, item: Item) -> bool:
    arns, types = call.params.get("ResourceARNList"), call.params.get("ResourceTypeFilters")
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", ())}
    return (
        (not arns or item["ResourceARN"] in arns)
        and (not types or any(_is_type(item["ResourceARN"], wanted) for wanted in types))
        and all(_has_tag(tags, one) for one in call.params.get("TagFilters") or ())
    )


def _is_type(arn: str, wanted: str) -> bool:
    """`lambda` or `lambda:function`, as in arn:aws:lambda:eu-west-1:111122223333:function:pay."""
    parts = arn.split(":", 5)
    service, _, kind = wanted.partition(":")
    return parts[2] == service and (not kind or parts[5].startswith((f"{kind}:", f"{kind}/")))


def _has_tag(tags: dict[str, str], wanted: Item) -> bool:
    values = wanted.get("Values")
    return wanted["Key"] in tags and (not values or tags[wanted["Key"]] in values)


SERVICE = Service(
    name="resourcegroupstaggingapi",
    signing_name="tagging",
    protocol="json",
    target="ResourceGroupsTaggingAPI_20170126",
    operations={"GetResources": get_resources},
    errors={"throttled": ("ThrottledException", 400), "internal_error": ("InternalServiceException", 500)},
    bad_token=("InvalidParameterException", "Invalid PaginationToken"),
    invalid="InvalidParameterException",
    iam="tag",
)
