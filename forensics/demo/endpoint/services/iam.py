"""Identity and Access Management: the query protocol. Shapes from botocore's model (iam/2010-05-08)."""

from __future__ import annotations

from urllib.parse import quote

from forensics.demo.endpoint.listing import Item, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_PAGES = Pages("MaxItems", "Marker", "Marker", 1000, 100)


def get_account_authorization_details(world: World, call: Call) -> Body:
    """Roles with their policies; of the other filters there is nothing. Documents are URL-encoded."""
    wanted = call.params.get("Filter") or ["Role"]
    known = world.configuration.items("iam", "Roles") if "Role" in wanted else []
    shown, following = paged(world, call, _PAGES, known)
    answer: Item = {"RoleDetailList": [_encoded(role) for role in shown], "IsTruncated": bool(following)}
    return answer | following


def _encoded(item: Item) -> Item:
    return {name: _value(name, value) for name, value in item.items()}


def _value(name: str, value: object) -> object:
    if isinstance(value, list):
        return [_encoded(one) if isinstance(one, dict) else one for one in value]
    return quote(str(value)) if name.endswith("PolicyDocument") else value


SERVICE = Service(
    signing_name="iam",
    protocol="query",
    version="2010-05-08",
    operations={"GetAccountAuthorizationDetails": get_account_authorization_details},
    errors={"internal_error": ("ServiceFailure", 500)},
    bad_token=("ValidationError", "The specified value for marker is invalid."),
    invalid="ValidationError",
)
