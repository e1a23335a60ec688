"""A whole account's configuration in one file: {service: {collection: items}}.

Such a file is put together from answers of the APIs: `service` is botocore's name, a collection has the
items of one operation, as a list, or by the name or ARN of what they belong to. A collection is named
like the operation's list, or like the kind of its items in the plural (`collection` in `services.toml`
where neither will do).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from forensics.inventory.asks import ASKS, Ask, asked_of
from forensics.inventory.redact import Redactor
from forensics.inventory.resource import Place, Resource, resource_of

__all__ = ["is_account", "resources_of_account"]

_SERVICES = {ask.service for ask in ASKS}
_PLACE = re.compile(r"arn:[\w-]+:[\w-]+:([a-z]{2}-[\w-]+-\d):(\d{12}):")

Item = dict[str, Any]
Content = Mapping[str, Mapping[str, Any]]


def is_account(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(
        name in _SERVICES and isinstance(collections, dict) for name, collections in value.items()
    )


def resources_of_account(value: Content, text: str, place: Place, redact: Redactor) -> Iterator[Resource]:
    """Every resource. Account and region come from the first ARN of `text` that names both."""
    found = _PLACE.search(text)
    if found:
        place = Place(place.account or found[2], place.region or found[1])
    for ask in ASKS:
        if ask.kind:
            for item, above in _things(ask, value):
                whole = item | _belonging(ask, item, value)
                yield resource_of(ask, whole, above, place, redact)


def _things(ask: Ask, value: Content) -> Iterator[tuple[Item, tuple[Item, ...]]]:
    """The items of a question's collection, each with what it belongs to."""
    collection = _collection(ask, value)
    if isinstance(collection, list):
        yield from ((_spelled(ask, one), ()) for one in collection if isinstance(one, dict))
    elif isinstance(collection, dict) and not ask.of and not ask.items:
        yield collection, ()
    elif isinstance(collection, dict):
        for owner, items in collection.items():
            above = _owner(ask, owner, value)
            yield from ((_spelled(ask, one), above) for one in items if isinstance(one, dict))


def _spelled(ask: Ask, item: Item) -> Item:
    """As botocore names the members, where the JSON on the wire has other names (HTTP APIs)."""
    if not (ask.wire and ask.items[:1].isupper()):
        return item
    return {f"{name[:1].upper()}{name[1:]}": value for name, value in item.items()}


def _belonging(ask: Ask, item: Item, value: Content) -> Item:
    """What questions that complete an item have of it."""
    more: Item = {}
    for below in asked_of(ask):
        kept = _collection(below, value) if below.into is not None else None
        if isinstance(kept, dict):
            for owner, found in kept.items():
                if owner in item.values() and found:
                    found = [_spelled(below, one) for one in found] if isinstance(found, list) else found
                    more |= {below.into: found} if below.into else found
    return more


def _owner(ask: Ask, name: str, value: Content) -> tuple[Item, ...]:
    for parent in ASKS:
        if parent.gives == ask.of and parent.kind:
            return tuple(item for item, _ in _things(parent, value) if name in item.values())[:1]
    return ()


def _collection(ask: Ask, value: Content) -> Any:
    names = {ask.collection, ask.items, f"{ask.item}s", f"{ask.kind.rpartition(':')[2]}s"}
    wanted = {name.lower() for name in names if len(name) > 1}
    found = [one for name, one in value.get(ask.service, {}).items() if name.lower() in wanted]
    return found[0] if found else None
