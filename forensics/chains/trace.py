"""One trace as a frozen document: spans, counts, critical path, where its time went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from forensics.chains.among import among
from forensics.chains.breakdown import breakdown_us
from forensics.chains.ids import trace_keys
from forensics.chains.lines import SaidLine, lines_of
from forensics.chains.times import iso_us, micros
from forensics.chains.told import marks_of
from forensics.chains.tree import ROUNDING_US, Interval, Span, critical_intervals, plant, walk_down
from forensics.lake import Lake
from forensics.model import (
    Failure,
    Node,
    PathStep,
    TraceCounts,
    TraceDocument,
    TraceEntry,
    TraceLine,
    TraceSpan,
)

__all__ = [
    "dependent",
    "path_of",
    "spans_of",
    "spans_of_traces",
    "split_time",
    "trace_document",
    "warnings_of",
]

_LINES = 300
# Texts that nobody shows are as dear to read as all the rest.
_SPANS = """
    select
        trace_id, segment_id, segment_key, span_id, span_key, parent_span_id, parent_key, call_key, ordinal,
        name, span_type, node, kind, origin, inferred, in_progress, attempt, started_at, ended_at, is_error,
        is_fault, is_throttle, http_status, url, exception_type, exception_message
    from lake.span where {is_traced}
    order by started_at nulls last, segment_id, ordinal
"""
_LOGS = """
    select span_key, count(*) as logs from lake.log_record
    where {is_traced} and span_key is not null group by span_key
"""


def spans_of(lake: Lake, trace_id: str) -> list[Span]:
    """The spans of a trace given as 32 hex digits; empty where the case does not hold it."""
    return spans_of_traces(lake, [trace_id]).get(trace_id, [])


def spans_of_traces(lake: Lake, trace_ids: Sequence[str]) -> dict[str, list[Span]]:
    """The spans of many traces, by trace; those that the case does not hold are left out."""
    found: dict[str, list[Span]] = {}
    is_traced, keys = among("trace_key", trace_keys(trace_ids))
    wanted = set(trace_ids)
    for row in lake.rows(_SPANS.format(is_traced=is_traced), keys):
        if row["trace_id"] in wanted:
            found.setdefault(row["trace_id"], []).append(_span(row))
    return found


def _count_logs(lake: Lake, trace_id: str, spans: list[Span]) -> None:
    is_traced, keys = among("trace_key", trace_keys([trace_id]))
    rows = lake.rows(_LOGS.format(is_traced=is_traced), keys)
    logs = {row["span_key"]: row["logs"] for row in rows}
    for span in spans:
        span.logs = logs.get(span.key, 0)


def trace_document(lake: Lake, trace_id: str, failures: tuple[Failure, ...] = ()) -> TraceDocument | None:
    """What `trace ID` shows, or None where the case holds no span of it."""
    spans = spans_of(lake, trace_id)
    if not spans:
        return None
    _count_logs(lake, trace_id, spans)
    roots = plant(spans)
    ordered = [span for root in roots for span in walk_down(root)]
    start, end = min(s.first_us for s in roots), max(s.last_us for s in roots)
    intervals = [i for root in dependent(roots) for i in critical_intervals(root)]
    path = path_of(intervals, ordered)
    said = lines_of(lake, [trace_id], _LINES)
    lines = tuple(_lines(said, ordered))
    return TraceDocument(
        trace_id=trace_id,
        started_at=iso_us(start),
        ended_at=iso_us(end),
        duration_ms=(end - start) / 1000,
        entry=TraceEntry(Node(roots[0].node, roots[0].kind), roots[0].url),
        partial=len(roots) > 1 or roots[0].parent_id is not None or any(s.in_progress for s in spans),
        spans_total=len(spans),
        counts=_counts(spans, path),
        critical_path=path,
        breakdown_ms=split_time(intervals, end - start),
        spans=tuple(_trace_spans(ordered)),
        warnings=warnings_of(roots, spans),
        failures=failures,
        lines=lines,
        lines_total=said[0].total if said else 0,
    )


def dependent(roots: list[Span]) -> list[Span]:
    """The root that the end-to-end time depends on: the one that lasts longest of those that began first."""
    return [min(roots, key=lambda r: (r.first_us, -r.last_us))]


def split_time(intervals: list[Interval], total_us: int) -> dict[str, float]:
    parts = breakdown_us(intervals)
    parts["unclassified"] += total_us - sum(parts.values())
    return {kind: us / 1000 for kind, us in parts.items()}


def path_of(intervals: list[Interval], ordered: list[Span]) -> tuple[PathStep, ...]:
    """Every span that owns some of the time, and those that lead to it, in order of start;
    `ordered` are all spans, parents first."""
    found: dict[int, Span] = {}
    for interval in intervals:
        span: Span | None = interval.span
        while span is not None and id(span) not in found:
            found[id(span)] = span
            span = span.parent
    place = {id(span): n for n, span in enumerate(ordered)}
    chosen = sorted(found.values(), key=lambda s: (s.start_us, place[id(s)]))
    return tuple(
        PathStep(s.span_id, s.name, Node(s.node, s.kind), iso_us(s.start_us) or "", iso_us(s.end_us) or "")
        for s in chosen
    )


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


def warnings_of(roots: list[Span], spans: list[Span]) -> tuple[str, ...]:
    """What is wrong with the record, and how it was drawn all the same."""
    orphans = [r for r in roots if r.parent_id is not None and not r.is_cut_loose]
    circles = [r for r in roots if r.is_cut_loose]
    outside = [s for s in spans if s.parent and _is_outside(s, s.parent)]
    repeated = len(spans) - len({s.key for s in spans})
    told = (
        (len(orphans), "segment(s) hang on a parent that is not in the case"),
        (len(circles), "circle(s) of parents were cut at their earliest span"),
        (sum(s.in_progress for s in spans), "span(s) were still in progress when they were recorded"),
        (sum(not s.has_start for s in spans), "span(s) have no start: their parent's is taken"),
        (
            sum(not s.has_end and not s.in_progress for s in spans),
            "span(s) have no end: drawn until the span around them ends",
        ),
        (sum(s.is_backwards for s in spans), "span(s) end before they start: drawn without duration"),
        (len(outside), "span(s) lie outside their parent's time: handed over, or clocks differ"),
        (repeated, "span(s) have an id that another span has too"),
    )
    found = [f"{count} {text}" for count, text in told if count]
    whole = len(roots) - len(orphans) - len(circles)
    return (*found, f"the trace has {whole} roots") if whole > 1 else tuple(found)


def _is_outside(span: Span, parent: Span) -> bool:
    """Before or after its parent, other than Lambda's cold starts and asynchronous hand-overs are."""
    if span.end_us < parent.start_us:
        return span.name not in ("Initialization", "Init", "Restore")
    handed_over = 202 in (span.http_status, parent.http_status)
    is_attempt = span.attempt is not None or parent.attempt is not None
    return span.start_us > parent.end_us + ROUNDING_US and not handed_over and not is_attempt


def _trace_spans(ordered: list[Span]) -> Iterator[TraceSpan]:
    depth: dict[int, int] = {}
    for span in ordered:
        depth[id(span)] = depth[id(span.parent)] + 1 if span.parent else 0
        yield _trace_span(span, depth[id(span)])


def _lines(said: Sequence[SaidLine], ordered: list[Span]) -> Iterator[TraceLine]:
    """A line whose span is not in the case stands at the first."""
    place: dict[str, int] = {}
    for n, span in enumerate(ordered):
        place.setdefault(span.span_id, n)
    for line in said:
        at = iso_us(line.at_us) or ""
        yield TraceLine(place.get(line.span_id, 0), at, line.level, line.rank, line.text, line.locator)


def _trace_span(span: Span, depth: int) -> TraceSpan:
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
        depth=depth,
        marks=tuple(marks_of(span)),
        said=span.said,
    )


def _status(span: Span) -> str:
    if span.is_error or span.is_fault or span.is_throttle:
        return "failed"
    return "ok" if span.http_status is not None and span.http_status < 400 else "unknown"


def _span(row: dict[str, Any]) -> Span:
    start, end = micros(row["started_at"]), micros(row["ended_at"])
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
        start_us=start or 0,
        end_us=end or 0,
        has_start=start is not None,
        has_end=end is not None,
        is_error=row["is_error"],
        is_fault=row["is_fault"],
        is_throttle=row["is_throttle"],
        http_status=row["http_status"],
        url=row["url"],
        segment_id=row["segment_id"],
        ordinal=row["ordinal"],
        said=": ".join(t for t in (row["exception_type"], row["exception_message"]) if t) or None,
    )
