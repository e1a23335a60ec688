"""What an export of ours says of a span in the lake's own words: attributes `forensics.COLUMN`.

Anybody may write such attributes: each is taken only as the type of its column.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from forensics.normalize.told import FoundLink, Told, number, text_of
from forensics.schema import NORMALIZED, OWN

__all__ = ["own_columns"]

_PREFIX = "forensics."
_TYPES = {name: NORMALIZED["span"].field(name).type for name in OWN}
# A row has these whether they are told or not.
_ALWAYS = ("name", "span_type", "node", "kind")
_HINTS = {"span_type": "type", "namespace": "namespace", "origin": "origin"}


def own_columns(told: Told) -> dict[str, Any]:
    """Takes them out of the attributes; empty where the span is no export of ours.

    They also become hints, and the links that a format has no room for become links again.
    """
    own = {name: told.attributes[_PREFIX + name] for name in OWN if _PREFIX + name in told.attributes}
    if not own:
        return {}
    links = told.attributes.get(f"{_PREFIX}links")
    told.attributes = {k: v for k, v in told.attributes.items() if not k.startswith(_PREFIX)}
    found = {name: _typed(_TYPES[name], own.get(name)) for name in OWN}
    told.hints |= {hint: found[name] for name, hint in _HINTS.items() if found[name]}
    if isinstance(links, str):
        told.links = _links(links) or told.links
    return {name: value for name, value in found.items() if value is not None or name not in _ALWAYS}


def _typed(kind: pa.DataType, value: Any) -> Any:
    if pa.types.is_boolean(kind):
        return value is True or value == "true"
    if pa.types.is_integer(kind):
        whole = number(value)
        return whole if whole is not None and abs(whole) < 1 << 31 else None
    return text_of(value)


def _links(text: str) -> list[FoundLink]:
    try:
        listed = json.loads(text)
        return [FoundLink(str(trace), str(span), dict(said)) for trace, span, said in listed]
    except (ValueError, TypeError, RecursionError):
        return []
