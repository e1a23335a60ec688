"""Spans from files: OTLP's JSON, Jaeger's, and records of `aws/spans` one by one.

Sources: OpenTelemetry specification, "OTLP/JSON" (`resourceSpans` of `scopeSpans` of `spans`; before
version 0.19 `instrumentationLibrarySpans`), Jaeger's `model/json/model.go` (`data` of traces of
`spans`, whose `processID` names one of `processes`). Each span is kept as it is written, with what its
file says once for several.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from forensics.importers.rows import Rows, content_key

__all__ = ["read_spans"]

_Named = tuple[str, Raw]


class _Level(Struct):
    """Any object on the way down to a span: what it holds, and what it says for all of it."""

    resourceSpans: Raw | UnsetType = UNSET
    resource_spans: Raw | UnsetType = UNSET
    scopeSpans: Raw | UnsetType = UNSET
    scope_spans: Raw | UnsetType = UNSET
    instrumentationLibrarySpans: Raw | UnsetType = UNSET
    resource: Raw | UnsetType = UNSET
    scope: Raw | UnsetType = UNSET
    instrumentationLibrary: Raw | UnsetType = UNSET
    data: Raw | UnsetType = UNSET
    spans: Raw | UnsetType = UNSET
    processes: Raw | UnsetType = UNSET


class _Head(Struct):
    """The ids of a span, in any of its spellings."""

    traceId: Any = None
    spanId: Any = None
    trace_id: Any = None
    span_id: Any = None
    traceID: Any = None
    spanID: Any = None
    processID: Any = None


_level = msgspec.json.Decoder(_Level)
_head = msgspec.json.Decoder(_Head)
_array = msgspec.json.Decoder(list[Raw])
_map = msgspec.json.Decoder(dict[str, Raw])
_NOTHING = Raw(b"[]")
_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read_spans(raw: bytes | Raw, place: str, rows: Rows, *, escaped: bool = False) -> None:
    """Add the spans of one JSON value; what is not of its type becomes a warning with its place.

    Raises DecodeError where the value is no JSON or no object.
    """
    if escaped:
        rows.warn("escaped_text", "text of a span that is no valid Unicode was escaped", place)
    level = _level.decode(raw)
    before = rows.count + rows.warnings
    if resources := _first(level.resourceSpans, level.resource_spans):
        for name, item in _items(resources, "resource spans", place, rows):
            _resource(item, f"{place}, {name}", rows)
    elif traces := _first(level.data):
        for name, item in _items(traces, "trace", place, rows, is_sure=False):
            _jaeger(item, f"{place}, {name}", rows)
    elif _first(level.spans):
        _jaeger(raw, place, rows)
    else:
        _span(raw, None, None, "", place, rows)
    if rows.count + rows.warnings == before:
        rows.pass_over(place)


def _first(*values: Raw | UnsetType) -> Raw | None:
    """The first that is there and not null."""
    return next((v for v in values if v is not UNSET and bytes(v) != b"null"), None)


def _items(raw: Raw, what: str, place: str, rows: Rows, *, is_sure: bool = True) -> Iterator[_Named]:
    """The elements of a list, each with its name; a single one may stand alone."""
    text = bytes(raw).lstrip()
    if text[:1] == b"[":
        for number, item in enumerate(_array.decode(raw)):
            if bytes(item).lstrip()[:1] == b"{":
                yield f"{what} {number}", item
            elif is_sure:
                rows.warn("bad_record", f"{what} {number} is no object", place)
    elif text[:1] == b"{":
        yield what, raw
    elif is_sure and text != b"null":
        rows.warn("bad_record", f"{what}: expected a list", place)


def _resource(raw: Raw, place: str, rows: Rows) -> None:
    level = _level.decode(raw)
    scopes = _first(level.scopeSpans, level.scope_spans, level.instrumentationLibrarySpans)
    if scopes is None:
        rows.warn("bad_record", "resource spans without scope spans", place)
        return
    for name, item in _items(scopes, "scope spans", place, rows):
        inner = _level.decode(item)
        scope = _first(inner.scope, inner.instrumentationLibrary)
        for span, text in _items(_first(inner.spans) or _NOTHING, "span", f"{place}, {name}", rows):
            _span(text, _first(level.resource), scope, "otlp", f"{place}, {name}, {span}", rows)


def _jaeger(raw: bytes | Raw, place: str, rows: Rows) -> None:
    level = _level.decode(raw)
    told = _first(level.processes)
    processes = _map.decode(told) if told and bytes(told)[:1] == b"{" else {}
    for name, text in _items(_first(level.spans) or _NOTHING, "span", place, rows):
        _span(text, None, None, "jaeger", f"{place}, {name}", rows, processes)


def _span(
    raw: bytes | Raw, resource: Raw | None, scope: Raw | None, format: str, place: str, rows: Rows,
    processes: dict[str, Raw] | None = None,
) -> None:  # fmt: skip
    """`format` is told by the span's own keys where it stands alone."""
    text = bytes(raw).decode()
    try:
        head = _head.decode(text)
    except _ERRORS:  # nested too deeply: kept, and the reader of spans says so
        head = _Head()
    trace = _text(head.traceId, head.trace_id, head.traceID)
    span = _text(head.spanId, head.span_id, head.spanID)
    if not format:
        format = "jaeger" if head.traceID is not None else "otel"
    if processes and isinstance(head.processID, str):
        resource = processes.get(head.processID)
    about, within = (bytes(part).decode() if part else None for part in (resource, scope))
    rows.add(
        "span_document",
        len(text) + len(about or "") + len(within or ""),
        account=rows.source.account,
        region=rows.source.region,
        trace_id=trace,
        span_id=span,
        format=format,
        resource=about,
        scope=within,
        document=text,
        document_key=content_key("\0".join((text, about or "", within or ""))),
    )


def _text(*values: Any) -> str:
    return next(
        (value if isinstance(value, str) else str(value) for value in values if value is not None), ""
    )
