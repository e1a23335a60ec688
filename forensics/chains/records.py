"""The record that an id names, as its source wrote it: what a claim's locator leads to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import Locator, Told

__all__ = ["change_records", "event_records", "span_records"]

# Revisions of one segment document, and events that two log groups number alike.
_MOST = 3
_EVENTS = """
    select log_group, log_stream, event_id, timestamp, message from lake.log_event where event_id = $id
    order by all limit $most
"""
_CHANGES = """
    select occurred_at, event_id, to_json(c)::varchar as document from lake.change as c
    where $id in (event_id, change) order by all limit $most
"""
# Wherever a span came from: X-Ray's documents, files of OTLP or Jaeger, lines of aws/spans, which bear about
# its time.
_SPANS = """
    with span as (
        select distinct trace_id, segment_id, document_id, source, span_id, started_at, ended_at
        from lake.span where span_id = lower($id)
    )
    select s.trace_id, s.segment_id, d.document
    from span as s join lake.segment_document as d
        on s.source = 'segment_document' and d.segment_id = s.document_id
        and d.trace_id in (s.trace_id, concat('1-', left(s.trace_id, 8), '-', substr(s.trace_id, 9)))
    union
    select s.trace_id, s.segment_id, d.document
    from span as s join lake.span_document as d on s.source = 'span_document' and lower(d.span_id) = s.span_id
    union
    select s.trace_id, s.segment_id, e.message
    from span as s join lake.log_event as e
        on s.source = 'log_event' and e.log_group = 'aws/spans'
        and e.timestamp >= s.started_at - interval 1 hour and e.timestamp <= s.ended_at + interval 1 hour
    where contains(e.message, s.span_id)
        and case when json_valid(e.message) then json_extract_string(e.message, '$.spanId') end = s.span_id
    order by all limit $most
"""


def event_records(lake: Lake, event_id: str) -> tuple[Told, ...]:
    return tuple(_event(row) for row in lake.rows(_EVENTS, {"id": event_id, "most": _MOST}))


def change_records(lake: Lake, change: str) -> tuple[Told, ...]:
    """By the id of a row of `lake.change`, or the one that its source gives."""
    return tuple(_change(row) for row in lake.rows(_CHANGES, {"id": change, "most": _MOST}))


def span_records(lake: Lake, span_id: str) -> tuple[Told, ...]:
    """The part of a document that is the span, without those below it."""
    rows = lake.rows(_SPANS, {"id": span_id, "most": _MOST})
    return tuple(_span(row, span_id.lower()) for row in rows)


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
