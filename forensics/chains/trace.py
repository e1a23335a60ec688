"""One trace as a frozen document: spans, counts, critical path, where its time went."""

from __future__ import annotations

from typing import Any

from forensics.chains.breakdown import breakdown_us
from forensics.chains.times import iso_us, micros
from forensics.chains.tree import Interval, Span, critical_intervals, plant, walk_down
from forensics.lake import Lake
from forensics.model import Failure, Node, PathStep, TraceCounts, TraceDocument, TraceEntry, TraceSpan

__all__ = ["spans_of", "trace_document"]

_SPANS = """
    select s.*, coalesce(n.logs, 0) as logs
    from lake.span as s
    left join (
        select span_key, count(*) as logs from lake.log_record where trace_key = $key and span_key is not null
        group by span_key
    ) as n on n.span_key = s.span_key
    where s.trace_key = $key and s.trace_id = $trace
    order by s.started_at nulls last, s.segment_id, s.ordinal
"""


def spans_of(lake: Lake, trace_id: str) -> list[Span]:
    """The spans of a trace given as 32 hex digits; empty where the case does not hold it."""
    low = int(trace_id[-16:], 16)
    key = low - (1 << 64) if low >= 1 << 63 else low
    return [_span(row) for row in lake.rows(_SPANS, {"key": key, "trace": trace_id})]


def trace_document(lake: Lake, trace_id: str, failures: tuple[Failure, ...] = ()) -> TraceDocument | None:
    """What `trace ID` shows, or None where the case holds no span of it."""
    spans = spans_of(lake, trace_id)
    if not spans:
        return None
    roots = plant(spans)
    ordered = [span for root in roots for span in walk_down(root)]
    start, end = min(s.first_us for s in roots), max(s.last_us for s in roots)
    intervals = [i for root in _dependent(roots) for i in critical_intervals(root)]
    path = _path(intervals)
    return TraceDocument(
        trace_id=trace_id,
        started_at=iso_us(start),
        ended_at=iso_us(end),
        duration_ms=(end - start) / 1000,
        entry=TraceEntry(Node(roots[0].node, roots[0].kind), roots[0].url),
        partial=len(roots) > 1 or any(s.in_progress for s in spans),
        spans_total=len(spans),
        counts=_counts(spans, path),
        critical_path=path,
        breakdown_ms=_breakdown(intervals, end - start),
        spans=tuple(_trace_span(span) for span in ordered),
        warnings=_warnings(roots, spans),
        failures=failures,
    )


def _dependent(roots: list[Span]) -> list[Span]:
    """The root that the end-to-end time depends on: the one that lasts longest of those that began first."""
    return [min(roots, key=lambda r: (r.first_us, -r.last_us))]


def _breakdown(intervals: list[Interval], total_us: int) -> dict[str, float]:
    parts = breakdown_us(intervals)
    parts["unclassified"] += total_us - sum(parts.values())
    return {kind: us / 1000 for kind, us in parts.items()}


def _path(intervals: list[Interval]) -> tuple[PathStep, ...]:
    """Every span that owns some of the time, and those that lead to it, in order of start."""
    found: dict[int, Span] = {}
    for interval in intervals:
        span: Span | None = interval.span
        while span is not None and id(span) not in found:
            found[id(span)] = span
            span = span.parent
    depth = {key: _depth(span) for key, span in found.items()}
    ordered = sorted(found.values(), key=lambda s: (s.start_us, depth[id(s)], s.span_id))
    return tuple(
        PathStep(s.span_id, s.name, Node(s.node, s.kind), iso_us(s.start_us) or "", iso_us(s.end_us) or "")
        for s in ordered
    )


def _depth(span: Span) -> int:
    depth = 0
    while span.parent is not None:
        span, depth = span.parent, depth + 1
    return depth


def _counts(spans: list[Span], path: tuple[PathStep, ...]) -> TraceCounts:
    """Flags of every span; cold starts that the duration depended on, and all there were."""
    cold = {
        s.parent.span_id
        for s in spans
        if s.name in ("Initialization", "Init")
        and s.parent is not None
        and s.parent.origin == "AWS::Lambda::Function"
    }
    return TraceCounts(
        errors=sum(s.is_error for s in spans),
        faults=sum(s.is_fault for s in spans),
        throttles=sum(s.is_throttle for s in spans),
        cold_starts=len(cold & {step.span_id for step in path}),
        cold_starts_anywhere=len(cold),
    )


def _warnings(roots: list[Span], spans: list[Span]) -> tuple[str, ...]:
    found = []
    if orphans := sum(1 for r in roots if r.parent_id is not None):
        found.append(f"{orphans} segment(s) hang on a parent that is not in the case")
    if len(roots) - orphans > 1:
        found.append(f"the trace has {len(roots) - orphans} roots")
    if open_ := sum(s.in_progress for s in spans):
        found.append(f"{open_} span(s) were still in progress when they were recorded")
    return tuple(found)


def _trace_span(span: Span) -> TraceSpan:
    return TraceSpan(
        span_id=span.span_id,
        parent_id=span.parent.span_id if span.parent else None,
        name=span.name,
        node=Node(span.node, span.kind),
        inferred=span.inferred,
        started_at=iso_us(span.start_us),
        ended_at=None if span.in_progress else iso_us(span.end_us),
        status=_status(span),
        logs=span.logs,
    )


def _status(span: Span) -> str:
    if span.is_error or span.is_fault or span.is_throttle:
        return "failed"
    return "ok" if span.http_status is not None and span.http_status < 400 else "unknown"


def _span(row: dict[str, Any]) -> Span:
    start = micros(row["started_at"]) or 0
    end = micros(row["ended_at"])
    return Span(
        key=row["span_key"],
        parent_key=row["parent_key"],
        span_id=row["span_id"],
        parent_id=row["parent_span_id"],
        segment_key=row["segment_key"],
        name=row["name"] or "",
        span_type=row["span_type"],
        node=row["node"],
        kind=row["kind"],
        origin=row["origin"],
        is_call=row["call_key"] == row["span_key"],
        inferred=row["inferred"],
        in_progress=row["in_progress"],
        attempt=row["attempt"],
        start_us=start,
        end_us=start if end is None else end,
        is_error=row["is_error"],
        is_fault=row["is_fault"],
        is_throttle=row["is_throttle"],
        http_status=row["http_status"],
        url=row["url"],
        logs=row["logs"],
    )
