"""JSON of a span as Python values, whatever its types: what no text can hold is escaped, and named.

A span's fields are looked at one by one (`forensics.normalize.told`), so that one of another type
costs itself alone.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from forensics.normalize.mend import Unreadable

__all__ = ["as_json", "read_object"]

_BRACKET = re.compile(r'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+([{}\[\]])', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_DEEPEST = 200


def read_object(text: str) -> tuple[dict[str, Any], list[str]]:
    """The object, and what had to be left out to read it. Raises Unreadable."""
    dropped: list[str] = []
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        value = _mended(text, dropped)
    if not isinstance(value, dict):
        raise Unreadable("no JSON object")
    return value, dropped


def _mended(text: str, dropped: list[str]) -> Any:
    """Control characters and lone surrogates are let through, NaN and Infinity count as missing."""
    try:
        value = json.loads(_shallow(text, dropped), strict=False, parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from None
    escaped = _SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
    return json.loads(escaped)


def _shallow(text: str, dropped: list[str]) -> str:
    """The text without what is nested too deeply for any reader."""
    pieces: list[str] = []
    depth = position = 0
    while match := _BRACKET.match(text, position):
        gap, bracket, position = match[0][:-1], match[1], match.end()
        depth -= bracket in "}]"
        if depth < _DEEPEST:
            pieces.append(gap + bracket)
        elif depth == _DEEPEST and bracket in "{[":
            pieces.append(gap + "null")
            dropped.append(f"a value nested deeper than {_DEEPEST}")
        depth += bracket in "{["
    return "".join(pieces) + text[position:]


def as_json(value: Any) -> str:
    """Compact JSON of what `read_object` gave."""
    try:
        return msgspec.json.encode(value).decode()
    except (OverflowError, TypeError, RecursionError):  # a whole number beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
