"""Traces of a case as spans of OpenTelemetry, for another viewer.

X-Ray's copies of a caller's call (inferred segments) go along and are marked: a viewer shows the table or
queue as a service of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from forensics.chains.ids import trace_keys
from forensics.chains.lines import SaidLine, lines_of
from forensics.chains.told_as import attributes_of, kind_of, resource_of
from forensics.chains.trace import dependent, spans_of_traces
from forensics.chains.tree import Span, critical_intervals, plant, walk_down
from forensics.lake import Lake
from forensics.model import ExportDocument, ExportEvent, ExportLink, ExportSpan, Node

__all__ = ["export_document"]

_LINES = 5_000
_ROWS = """
    select * from lake.span
    where trace_key in (select unnest($keys)) and trace_id in (select unnest($traces))
"""
_LINKS = """
    select trace_id, span_id, linked_trace_id, linked_span_id, reference_type, linked_name, linked_kind
    from lake.link where trace_key in (select unnest($keys)) order by all
"""
_HEX = re.compile(r"[0-9a-f]{16}")
_Row = dict[str, Any]


def export_document(lake: Lake, trace_ids: Sequence[str]) -> ExportDocument:
    """The traces in the order given (32 hex digits each); those that the case does not hold are left out."""
    spans = spans_of_traces(lake, trace_ids)
    traces = tuple(trace for trace in dict.fromkeys(trace_ids) if trace in spans)
    about = _About(lake, traces)
    found: list[ExportSpan] = []
    for trace in traces:
        roots = plant(spans[trace])
        path = {id(i.span) for root in dependent(roots) for i in critical_intervals(root)}
        ordered = (span for root in roots for span in walk_down(root))
        found += [about.told(trace, s, id(s) in path) for s in ordered if _HEX.fullmatch(s.span_id)]
    left_out = sum(map(len, spans.values())) - len(found)
    return ExportDocument(traces, tuple(found), tuple(_notes(left_out, about)))


class _About:
    """What the lake holds of the spans of some traces."""

    def __init__(self, lake: Lake, traces: Sequence[str]) -> None:
        asked = {"keys": trace_keys(traces), "traces": list(traces)}
        self.rows = {(r["trace_id"], r["segment_id"], r["ordinal"]): r for r in lake.rows(_ROWS, asked)}
        self.links: dict[tuple[str, str], list[ExportLink]] = {}
        for row in lake.rows(_LINKS, {"keys": asked["keys"]}):
            self.links.setdefault((row["trace_id"], row["span_id"]), []).append(_link(row))
        self.lines: dict[tuple[str, str], list[SaidLine]] = {}
        for line in lines_of(lake, traces, _LINES):
            self.lines.setdefault((line.trace_id, line.span_id), []).append(line)

    def told(self, trace: str, span: Span, on_path: bool) -> ExportSpan:
        row = self.rows[trace, span.segment_id, span.ordinal]
        # of several spans of one id the first has what is said by that id
        links = tuple(self.links.pop((trace, span.span_id), ()))
        lines = self.lines.pop((trace, span.span_id), ())
        metadata = _object(row["metadata"]) if row["source"] != "segment_document" else {}
        is_failed = span.is_error or span.is_fault or span.is_throttle
        start, end = span.start_us * 1000, span.end_us * 1000
        return ExportSpan(
            trace_id=trace,
            span_id=span.span_id,
            parent_id=span.parent.span_id if span.parent else _parent(row),
            name=span.name,
            node=Node(span.node, span.kind),
            kind=kind_of(row, bool(links)),
            start_ns=row["started_ns"] or start,
            end_ns=max(row["ended_ns"] or end, row["started_ns"] or start),
            status="ERROR" if is_failed else _object(metadata.get("status")).get("code") or "",
            message=row["exception_message"] if is_failed else None,
            on_path=on_path,
            resource=_object(metadata.get("resource")) or resource_of(row),
            attributes=attributes_of(row),
            events=(*_thrown(row, end), *_kept(metadata, start), *map(_event, lines)),
            links=links,
        )


def _notes(left_out: int, about: _About) -> Iterable[str]:
    if left_out:
        yield f"{left_out:,} span(s) have no id of 16 hex digits, and are left out"
    if homeless := sum(map(len, about.lines.values())):
        yield f"{homeless:,} log line(s) name a span that is not in the case, and are left out"


def _parent(row: _Row) -> str | None:
    """Of a root the parent that is not in the case, if it names one."""
    parent = row["parent_span_id"]
    return parent if parent and parent != row["span_id"] and _HEX.fullmatch(parent) else None


def _link(row: _Row) -> ExportLink:
    said = {
        "aws.xray.reserved.reference_type": row["reference_type"],
        "aws.xray.reserved.names": [row["linked_name"]] if row["linked_name"] else None,
        "aws.xray.reserved.type": row["linked_kind"],
    }
    told = {name: value for name, value in said.items() if value}
    return ExportLink(row["linked_trace_id"], row["linked_span_id"], told)


def _thrown(row: _Row, at_ns: int) -> list[ExportEvent]:
    """Exceptions as events, the outermost last, as a span of OpenTelemetry has them."""
    found = json.loads(row["exceptions"]) if row["exceptions"] else []
    thrown = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [ExportEvent("exception", at_ns, _exception(one)) for one in reversed(thrown)]


def _exception(one: _Row) -> _Row:
    head = ": ".join(str(t) for t in (one.get("type"), one.get("message")) if t)
    stack = one.get("stack")
    frames = [f for f in stack if isinstance(f, dict)] if isinstance(stack, list) else []
    text = "".join(
        f"\n    at {f.get('label') or '?'}({f.get('path') or '?'}:{f.get('line') or 0})" for f in frames
    )
    said = {"exception.type": one.get("type"), "exception.message": one.get("message")}
    if frames:
        said["exception.stacktrace"] = head + text
    return {name: str(value) for name, value in said.items() if value is not None}


def _kept(metadata: _Row, start_ns: int) -> list[ExportEvent]:
    """Events that a span of OpenTelemetry came with."""
    listed = metadata.get("events")
    events = [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []
    return [
        ExportEvent(str(e.get("name") or ""), e.get("timeUnixNano") or start_ns, _object(e.get("attributes")))
        for e in events
    ]


def _event(line: SaidLine) -> ExportEvent:
    where = {"log.group": line.locator.log_group, "log.stream": line.locator.log_stream}
    said = {"log.message": line.text, "log.level": line.level, **where, "log.event_id": line.locator.event_id}
    return ExportEvent("log", line.at_us * 1000, {name: value for name, value in said.items() if value})


def _object(value: Any) -> _Row:
    """A JSON object, given as one or as its text."""
    if isinstance(value, str):
        value = json.loads(value)
    return value if isinstance(value, dict) else {}
