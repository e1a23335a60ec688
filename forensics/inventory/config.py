"""AWS Config's configuration items: what a resource was like, and when.

Members as in botocore's model (config/2014-11-12, ConfigurationItem) and in the snapshot and history
files that Config delivers, where `configuration` is an object instead of JSON text and a few members
have other names (`ARN`, `awsAccountId`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from forensics.inventory.asks import ASKS, Ask
from forensics.inventory.redact import Redactor
from forensics.inventory.resource import Place, Resource, resource_of

__all__ = ["config_item"]

_BY_KIND = {ask.kind: ask for ask in reversed(ASKS) if ask.kind}


def config_item(
    item: Mapping[str, Any], place: Place, redact: Redactor
) -> tuple[Resource, datetime | None] | None:
    """The resource and when it was captured (naive UTC); None where the value is no configuration item."""
    kind = item.get("resourceType")
    if not isinstance(kind, str) or "configurationItemCaptureTime" not in item:
        return None
    body = _body(item)
    place = Place(
        item.get("accountId") or item.get("awsAccountId") or place.account,
        item.get("awsRegion") or place.region,
    )
    # Config writes members as its own schema has them, many with a small first letter.
    ask = _BY_KIND.get(kind) or Ask(operation="", kind=kind)
    told = resource_of(ask, _capital(body) if ask.arn[1:2].isupper() else body, (), place, redact)
    arn = item.get("arn") or item.get("ARN") or told.arn
    node = told.node or item.get("resourceName") or item.get("resourceId")
    captured = _time(item["configurationItemCaptureTime"])
    return Resource(place.account, place.region, node, kind, arn, told.configuration), captured


def _body(item: Mapping[str, Any]) -> dict[str, Any]:
    body = item.get("configuration")
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            body = None
    # Of a resource that was deleted nothing is left but that.
    return (
        body if isinstance(body, dict) else {"configurationItemStatus": item.get("configurationItemStatus")}
    )


def _capital(body: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{name[:1].upper()}{name[1:]}": value for name, value in body.items()}


def _time(text: object) -> datetime | None:
    try:
        if isinstance(text, int | float):
            return datetime.fromtimestamp(text, UTC).replace(tzinfo=None)
        at = datetime.fromisoformat(str(text))
    except (ValueError, OverflowError, OSError):
        return None
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
