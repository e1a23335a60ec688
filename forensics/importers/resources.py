"""Configuration in files: what the CLI prints of `describe`, `get` and `list`, and AWS Config's items.

`forensics.inventory` says which member of an answer holds what; here it is told by content which answer
a value is. Secrets are taken out as when pulling. Such files do not say when they were made: `seen_at`
is null but for AWS Config, whose items do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec

from forensics.importers.rows import Rows, content_key
from forensics.inventory import (
    ASKS,
    EXECUTION,
    MAP_RUN,
    Ask,
    Place,
    Redactor,
    Resource,
    config_item,
    execution_row,
    filled,
    is_account,
    load_key,
    resource_of,
    resources_of_account,
)

__all__ = ["read_account", "read_resource"]

_object = msgspec.json.Decoder(dict[str, Any])

Item = dict[str, Any]


def read_resource(raw: bytes | msgspec.Raw, rows: Rows) -> bool:
    """Add what the value holds; False where it is no configuration. Raises RecursionError."""
    value = _object.decode(raw)
    place = Place(rows.source.account, rows.source.region)
    found = _read_execution(value, rows) or read_account(raw, rows)
    for resource, seen_at in _resources(value, place):
        _add(resource, seen_at, rows)
        found = True
    return found


def read_account(raw: bytes | msgspec.Raw, rows: Rows) -> bool:
    """The same for a file of a whole account: told apart by its keys, of which one may be `events`."""
    try:
        value = _object.decode(raw)
    except msgspec.DecodeError:
        return False
    if not is_account(value):
        return False
    text = bytes(raw).decode("utf-8", "replace")
    place = Place(rows.source.account, rows.source.region)
    for resource in resources_of_account(value, text, place, _redactor()):
        _add(resource, None, rows)
    return True


def _read_execution(value: Item, rows: Rows) -> bool:
    """What DescribeExecution says, with its `history` and `mapRuns`, as one value."""
    execution, history = value.get("execution"), value.get("history")
    if not isinstance(execution, dict) or not isinstance(history, list) or "executionArn" not in execution:
        return False
    arn = str(execution["executionArn"])
    told = [(EXECUTION, execution), *((MAP_RUN, one) for one in value.get("mapRuns") or ())]
    told += [(str(one.get("type")), one) for one in history if isinstance(one, dict)]
    for kind, record in told:
        row = execution_row(arn, kind, record)
        _, _, _, region, account, *_ = [*arn.split(":"), "", "", "", "", ""]
        place = {"account": account or rows.source.account, "region": region or rows.source.region}
        rows.add("execution_event", len(row["document"]), **place, **row)
    return True


@cache
def _redactor() -> Redactor:
    return Redactor(load_key())


def _resources(value: Item, place: Place) -> Iterator[tuple[Resource, datetime | None]]:
    items = value.get("configurationItems")
    for item in items if isinstance(items, list) else [value]:
        if isinstance(item, dict) and (found := config_item(item, place, _redactor())):
            yield found
            continue
        for ask, one in _told(value):
            yield resource_of(ask, one, (), place, _redactor()), None


def _told(value: Item) -> Iterator[tuple[Ask, Item]]:
    """The things of an answer, each with the question that it answers."""
    for ask in ASKS:
        if ask.kind:
            for one in _of_answer(ask, value):
                if filled(ask.arn, one, (), Place("-", "-")) is not None:
                    yield ask, one


def _of_answer(ask: Ask, value: Item) -> Iterator[Item]:
    listed = value.get(ask.items) or value.get(ask.wire) if ask.items else None
    if isinstance(listed, list):
        for one in listed:
            if isinstance(one, dict) and not any(one.get(name) == v for name, v in ask.unless.items()):
                yield one
        return
    one = value.get(ask.item) if ask.item else value if _is_bare(ask, value) else None
    if isinstance(one, dict) and not any(one.get(name) == v for name, v in ask.unless.items()):
        yield one


def _is_bare(ask: Ask, value: Mapping[str, Any]) -> bool:
    """One thing without a list around it is told by members that nothing else has together."""
    return bool(ask.requires) and all(name in value for name in ask.requires)


def _add(resource: Resource, seen_at: datetime | None, rows: Rows) -> None:
    at = None if seen_at is None else int(seen_at.replace(tzinfo=UTC).timestamp() * 1_000_000)
    rows.add(
        "resource",
        len(resource.configuration),
        account=resource.account,
        region=resource.region,
        node=resource.node,
        kind=resource.kind,
        arn=resource.arn,
        seen_at=at,
        configuration=resource.configuration,
        configuration_key=content_key(resource.configuration),
    )
