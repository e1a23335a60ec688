"""One resource: from a member of an answer to a row of evidence."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from forensics.inventory.asks import Ask
from forensics.inventory.redact import Redactor
from forensics.schema import EVIDENCE

__all__ = ["Place", "Resource", "filled", "plain", "resource_of", "resource_rows", "text_key"]

_HOLE = re.compile(r"\{(\^*)([\w.]+)(?:\|(\w+))?\}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer comes from, for what it does not say itself."""

    account: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Resource:
    """`configuration` is JSON text without secrets; `arn` and `node` are None where nothing tells them."""

    account: str | None
    region: str | None
    node: str | None
    kind: str
    arn: str | None
    configuration: str


def resource_of(
    ask: Ask, item: Mapping[str, Any], above: Sequence[Mapping[str, Any]], place: Place, redact: Redactor
) -> Resource:
    """`item` as the API or the CLI gives it, `above` what it was asked about, innermost first."""
    more = {name: filled(value, item, above, place) for name, value in ask.with_.items()}
    item = dict(item) | {name: value for name, value in more.items() if value is not None}
    arn = filled(ask.arn, item, above, place)
    account, region = _of_arn(arn)
    text = json.dumps(redact.clean(plain(item)), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Resource(
        account or place.account, region or place.region, filled(ask.node, item, above, place),
        ask.kind, arn, text.encode("utf-8", "backslashreplace").decode(),
    )  # fmt: skip


def resource_rows(found: Iterable[Resource], seen_at: datetime) -> pa.Table:
    """Rows of `evidence.resource`, all seen at that hour (naive UTC)."""
    found = list(found)
    columns: dict[str, list[Any]] = {
        name: [getattr(one, name) for one in found]
        for name in ("account", "region", "node", "kind", "arn", "configuration")
    }
    columns["seen_at"] = [seen_at] * len(found)
    columns["configuration_key"] = [text_key(one.configuration) for one in found]
    return pa.table({name: columns[name] for name in EVIDENCE["resource"].names}, schema=EVIDENCE["resource"])


def filled(value: Any, item: Mapping[str, Any], above: Sequence[Mapping[str, Any]], place: Place) -> Any:
    """A template with its holes filled; None where one of them has nothing to be filled with."""
    if isinstance(value, dict):
        return {name: filled(one, item, above, place) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, item, above, place) for one in value]
    if not isinstance(value, str):
        return value
    found = [_hole(hole, [item, *above], place) for hole in _HOLE.finditer(value)]
    if any(one is None for one in found):
        return None
    values = iter(found)
    return _HOLE.sub(lambda _: str(next(values)), value) or None


def _hole(hole: re.Match[str], levels: list[Mapping[str, Any]], place: Place) -> str | None:
    up, path, form = len(hole[1]), hole[2], hole[3]
    value: Any = levels[up] if up < len(levels) else {}
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if value is None:
        region = place.region or ""
        given = {"region": place.region, "account": place.account, "partition": _partition(region)}
        value = given.get(path)
    return None if value is None else _FORMS[form](str(value))


def _partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _function(arn: str) -> str:
    """`pay` of `arn:…:function:pay:live`."""
    return arn.partition(":function:")[2].partition(":")[0] or arn


_FORMS: dict[str | None, Callable[[str], str]] = {
    None: str,
    "last": lambda text: re.split("[:/]", text)[-1],
    "function": _function,
    "home": lambda text: ":".join(text.split(":")[:5]),  # service, region and account of an ARN
    "family": lambda text: re.split("[:/]", text)[-2],  # of …:task-definition/pay:7
    "balancer": lambda text: (text.split("/") + [text] * 3)[2],  # of …:listener/app/shop/…
    "bare": lambda text: text.lstrip("/"),
}


def _of_arn(arn: str | None) -> tuple[str | None, str | None]:
    parts = (arn or "").split(":")
    return (parts[4] or None, parts[3] or None) if len(parts) > 5 and parts[0] == "arn" else (None, None)


def plain(value: Any) -> Any:
    """As JSON has it; times as ISO 8601 in UTC, whatever protocol they came by."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items() if name != "ResponseMetadata"}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        at = value.astimezone(UTC) if value.tzinfo else value
        return (
            at.strftime("%Y-%m-%dT%H:%M:%S")
            + (f".{at.microsecond // 1000:03d}" if at.microsecond else "")
            + "Z"
        )
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if isinstance(value, date) else value


def text_key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)
