"""Read segment documents that msgspec refuses: field by field, and at any depth.

Slow and rarely needed. What has to be left out is named, so that nothing goes in silence.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct, structs

from forensics.normalize.document import NESTED, Link, Segment

__all__ = ["Unreadable", "mended_document", "mended_part"]

_BRACKET = re.compile(r'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+([{}\[\]])', re.DOTALL)
_SUBSEGMENTS = re.compile(r'"subsegments"\s*:\s*\Z')
_SURROGATE = re.compile("[\ud800-\udfff]")
_RAW = ("aws", "annotations", "metadata", "sql")
_DEEPEST = 200  # brackets within one segment, its subsegments not counted
_NONE = -2  # no depth, and not the one above the first
_Kind = TypeVar("_Kind", bound=Struct)


class Unreadable(Exception):
    """The text is no JSON object."""


@dataclass(slots=True)
class _Open:
    """A segment whose closing bracket is still to come: its text without its subsegments."""

    depth: int
    pieces: list[str] = field(default_factory=list)
    children: list[Segment] = field(default_factory=list)
    list_depth: int = _NONE  # of the open list of subsegments


def mended_document(text: str) -> tuple[Segment, list[str]]:
    """The document, and what had to be left out to read it. Raises Unreadable.

    Segments are taken one by one, innermost first: subsegments may be nested without bound. One
    that is no JSON in itself stays as an empty span, so that those below it keep their place.
    """
    dropped: list[str] = []
    stack: list[_Open] = []
    depth = position = 0
    while match := _BRACKET.match(text, position):
        gap, bracket, position = match[0][:-1], match[1], match.end()
        if bracket in "{[":
            _enter(stack, bracket, gap, depth, dropped)
            depth += 1
            continue
        depth -= 1
        segment = _leave(stack, bracket, gap, depth, dropped)
        if segment is not None and stack:
            stack[-1].children.append(segment)
        elif segment is not None:
            if text[position:].strip():
                dropped.append("text after the document")
            return segment, dropped
    raise Unreadable("the document is cut off" if stack else "no JSON object")


def _enter(stack: list[_Open], bracket: str, gap: str, depth: int, dropped: list[str]) -> None:
    if not stack:
        if bracket != "{" or gap.strip():
            raise Unreadable("no JSON object")
        stack.append(_Open(depth, ["{"]))
        return
    owner, inner = stack[-1], depth - stack[-1].depth
    if bracket == "{" and owner.list_depth == depth - 1:
        _between_subsegments(gap, dropped)
        stack.append(_Open(depth, ["{"]))
        return
    if inner < _DEEPEST:
        owner.pieces.append(gap + bracket)
    elif inner == _DEEPEST:
        owner.pieces.append(gap + "null")
        dropped.append(f"a value nested deeper than {_DEEPEST}")
    if bracket == "[" and inner == 1 and _SUBSEGMENTS.search(gap):
        owner.list_depth = depth


def _leave(stack: list[_Open], bracket: str, gap: str, depth: int, dropped: list[str]) -> Segment | None:
    """The segment that closes here, if one does."""
    if not stack:
        raise Unreadable("no JSON object")
    owner = stack[-1]
    if owner.list_depth == depth:
        _between_subsegments(gap, dropped)
        owner.pieces.append(bracket)
        owner.list_depth = _NONE
    elif depth - owner.depth < _DEEPEST:
        owner.pieces.append(gap + bracket)
    if depth > owner.depth:
        return None
    stack.pop()
    return _segment(owner, dropped, is_root=not stack)


def _between_subsegments(gap: str, dropped: list[str]) -> None:
    if gap.strip(", \t\r\n"):
        dropped.append("an element of subsegments that is no object")


def _segment(opened: _Open, dropped: list[str], *, is_root: bool) -> Segment:
    try:
        value = _loads("".join(opened.pieces))
    except ValueError as error:
        if is_root and not opened.children:
            raise Unreadable(str(error)) from None
        dropped.append(f"a segment that is no JSON: {error}")
        value = {}
    if value.get("subsegments") == []:
        del value["subsegments"]
    segment = _struct(value, Segment, _clean(str(value.get("id"))), dropped)
    segment.subsegments = opened.children or None
    return segment


def _loads(text: str | bytes) -> Any:
    """NaN and Infinity, which Python's own writer lets through, count as missing."""
    return json.loads(text, strict=False, parse_constant=lambda name: None)


def mended_part(raw: Raw, kind: type[_Kind], where: str) -> tuple[_Kind, list[str]]:
    """A block of a document as far as it can be read, and what had to be left out."""
    dropped: list[str] = []
    try:
        value = _loads(bytes(raw))
    except (ValueError, RecursionError) as error:
        return kind(), [f"{where}: {error}"]
    if not isinstance(value, dict):
        return kind(), [] if value is None else [f"{where}: expected an object"]
    return _struct(value, kind, where, dropped), dropped


def _struct(value: dict[str, Any], kind: type[_Kind], where: str, dropped: list[str]) -> _Kind:
    """Every field that is of its type; the others are left out, each on its own."""
    kept: dict[str, Any] = {}
    for known in _fields(kind):
        given = value.get(known.name)
        if given is None:
            continue
        place = f"{where}.{known.name}"
        try:
            kept[known.name] = _field(given, known, place, dropped)
        except (msgspec.ValidationError, OverflowError) as error:
            dropped.append(f"{place}: {error}")
    return kind(**kept)


@cache
def _fields(kind: type[Struct]) -> tuple[structs.FieldInfo, ...]:
    return structs.fields(kind)


def _field(given: Any, known: structs.FieldInfo, place: str, dropped: list[str]) -> Any:
    if known.name in _RAW:
        return Raw(_as_json(given))
    if isinstance(given, dict) and known.name in NESTED:
        return _struct(given, NESTED[known.name], place, dropped)
    if isinstance(given, list) and known.name == "links":
        dropped += (f"{place}: expected an object" for item in given if not isinstance(item, dict))
        return [_struct(item, Link, place, dropped) for item in given if isinstance(item, dict)]
    if isinstance(given, list) and known.name == "exceptions":
        return [Raw(_as_json(item)) for item in given]
    return msgspec.convert(_clean(given), known.type, strict=False)


def _as_json(value: Any) -> bytes:
    """Lone surrogates, which no text can hold, as visible escapes."""
    return _SURROGATE.sub(_escape, json.dumps(value, ensure_ascii=False)).encode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return json.loads(_as_json(value)) if isinstance(value, dict | list) else value


def _escape(found: re.Match[str]) -> str:
    return f"\\\\u{ord(found[0]):04x}"
