"""The record that an id names, as its source wrote it: what a claim's locator leads to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import Locator, Told

__all__ = ["records_of"]

# Revisions of one segment document, and events that two log groups number alike.
_MOST = 3
_SPANS = """
    select distinct s.trace_id, s.segment_id, d.document
    from (select distinct trace_id, segment_id, document_id from lake.span where span_id = lower($id)) as s
    join lake.segment_document as d on d.segment_id = s.document_id
        and d.trace_id in (s.trace_id, concat('1-', left(s.trace_id, 8), '-', substr(s.trace_id, 9)))
    order by all limit $most
"""
_SPAN_DOCUMENTS = """
    select distinct s.trace_id, s.segment_id, d.document
    from (select distinct trace_id, segment_id from lake.span where span_id = lower($id)) as s
    join lake.span_document as d on lower(d.span_id) = lower($id)
    order by all limit $most
"""
_EVENTS = """
    select log_group, log_stream, event_id, timestamp, message from lake.log_event where event_id = $id
    order by all limit $most
"""
_CHANGES = """
    select occurred_at, event_id, to_json(c)::varchar as document from lake.change as c
    where $id in (event_id, change) order by all limit $most
"""


def records_of(lake: Lake, text: str) -> tuple[Told, ...]:
    """The log events and changes with this id, else the part of a segment document that it names."""
    given = {"id": text, "most": _MOST}
    found = [_event(row) for row in lake.rows(_EVENTS, given)]
    found = found or [_change(row) for row in lake.rows(_CHANGES, given)]
    for sql in (_SPANS, _SPAN_DOCUMENTS):
        found = found or [_span(row, text.lower()) for row in lake.rows(sql, given)]
    return tuple(found)


def _event(row: dict[str, Any]) -> Told:
    where = {name: row[name] for name in ("log_group", "log_stream", "event_id")}
    return Told(Locator("log_event", timestamp=iso(row["timestamp"]), **where), row["message"] or "")


def _change(row: dict[str, Any]) -> Told:
    where = Locator("change", event_id=row["event_id"], timestamp=iso(row["occurred_at"]))
    kept = {name: value for name, value in json.loads(row["document"]).items() if value is not None}
    return Told(where, json.dumps(kept, ensure_ascii=False, indent=2))


def _span(row: dict[str, Any], span_id: str) -> Told:
    where = Locator("segment_document", trace_id=row["trace_id"], segment_id=row["segment_id"])
    try:
        document = json.loads(row["document"])
    except (ValueError, RecursionError):  # a warning says so; here it stands as it came
        return Told(where, row["document"])
    part = next((p for p in _parts(document) if str(p.get("id", "")).lower() == span_id), document)
    shown = {name: value for name, value in part.items() if name != "subsegments"}
    return Told(where, json.dumps(shown, ensure_ascii=False, indent=2))


def _parts(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A document and all subsegments in it, however deep."""
    waiting: list[Any] = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            inner = part.get("subsegments")
            waiting += inner if isinstance(inner, list) else []
