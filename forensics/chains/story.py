"""Chains told whole, many at once: every question is one query over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from forensics.chains.among import among
from forensics.chains.ids import trace_keys
from forensics.chains.members import members_of
from forensics.chains.missing import missing_of
from forensics.chains.times import iso, iso_us, micros
from forensics.chains.told import Told, tell
from forensics.chains.trace import dependent, path_of, spans_of_traces, split_time, warnings_of
from forensics.chains.tree import Span, critical_intervals, plant, walk_down
from forensics.lake import Lake
from forensics.model import Failure, Locator, Node, Section, Story, StoryLine

__all__ = ["Chosen", "stories_of"]

_TRACES = 12
_ROWS = 20_000
_LINES = 300
_TEXT = 4_000

# The segment, or the call to a virtual node, that an invocation begins with; the first by name comes last.
_HEADS = """
    select trace_key, 'segment ' || segment_key as place, invocation from lake.segment_invocation
    where {is_traced}
    union all
    select trace_key, span_id, invocation from lake.virtual_invocation where {is_traced}
    order by invocation desc
"""
# What tells most comes first where there is more than is shown.
_LOGS = """
    with member as (
        select distinct chain, invocation, node, request_id, trace_key, started_at, ended_at from told
    ),
    said as (
        select m.chain, m.invocation, null as span_id, l.* exclude (span_id)
        from member as m
        join lake.log_record as l on l.request_id = m.request_id and l.node = m.node
        where {is_asked}
            and coalesce(l.timestamp >= m.started_at - interval 2 seconds, true)
            and coalesce(l.timestamp <= m.ended_at + interval 2 seconds, true)
        union all
        select m.chain, null, l.span_id, l.* exclude (span_id)
        from (select distinct chain, trace_key from member where trace_key is not null) as m
        join lake.log_record as l on l.trace_key = m.trace_key
        where {is_traced} and (l.kind is distinct from 'AWS::Lambda::Function' or l.request_id is null)
    ),
    once as (
        select
            chain, invocation, span_id, timestamp, ordinal, level, left(message, $text) as message, log_group,
            log_stream, event_id, case
                when level in ('ERROR', 'FATAL') or record_type in ('error', 'timeout', 'exit') then 0
                when level = 'WARN' then 1 when record_type = 'log' then 2 else 3 end as rank
        from said
        qualify row_number() over (
            partition by chain, event_id order by invocation nulls last, span_id nulls last) = 1
    ),
    ranked as (
        select *, count(*) over (partition by chain) as total,
            row_number() over (partition by chain order by rank, timestamp, ordinal, event_id) as place
        from once
    )
    select chain, invocation, span_id, timestamp, level, message, log_group, log_stream, event_id, rank, total
    from ranked where place <= $most order by chain, timestamp, ordinal, event_id
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chain to tell, with the verdict that it is told for (None: a healthy one)."""

    chain: str
    failure: Failure | None
    issue: str | None


def stories_of(lake: Lake, chosen: Sequence[Chosen], members: pa.Table | None = None) -> tuple[Story, ...]:
    """The chains in the order given; those that the case does not hold are left out. `members` are theirs, as
    `members_of` has them, where they were read before."""
    if not chosen:
        return ()
    names = sorted({c.chain for c in chosen})
    table = members_of(lake, names) if members is None else members
    table = table.filter(pc.is_in(table["chain"], pa.array(names)))
    is_asked, requests = among("l.request_id", table["request_id"].to_pylist())
    is_traced, keys = among("l.trace_key", table["trace_key"].to_pylist())
    with lake.given("told", table):
        sql = _LOGS.format(is_asked=is_asked, is_traced=is_traced)
        said = lake.rows(sql, {"most": _LINES, "text": _TEXT} | requests | keys)
    members_by = _grouped(table.to_pylist())
    lines = _grouped(said)
    traces = {chain: _traces(rows) for chain, rows in members_by.items()}
    wanted = sorted({trace for found in traces.values() for trace in found})
    spans = spans_of_traces(lake, wanted)
    heads = _heads(lake, spans)
    missing = missing_of(lake, table)
    return tuple(
        _story(
            c,
            members_by[c.chain],
            traces[c.chain],
            spans,
            heads,
            lines.get(c.chain, []),
            missing.get(c.chain, ()),
        )
        for c in chosen
        if c.chain in members_by
    )


def _grouped(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["chain"], []).append(row)
    return groups


def _traces(members: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m["trace_id"] for m in members if m["trace_id"]))[:_TRACES]


def _heads(lake: Lake, spans: dict[str, list[Span]]) -> dict[tuple[str, str], str]:
    """The invocation of a segment or of a call to a virtual node, by trace and span."""
    keys = dict(zip(spans, trace_keys(list(spans)), strict=True))
    is_traced, bound = among("trace_key", keys.values())
    rows = lake.rows(_HEADS.format(is_traced=is_traced), bound)
    begins = {(row["trace_key"], row["place"]): row["invocation"] for row in rows}
    found: dict[tuple[str, str], str] = {}
    for trace, of in spans.items():
        for span in of:
            places = (f"segment {span.segment_key}" if span.ordinal == 0 else "", span.span_id)
            names = [name for place in places if (name := begins.get((keys[trace], place)))]
            if names:
                found[trace, span.span_id] = min(names)
    return found


def _story(
    chosen: Chosen,
    members: list[dict[str, Any]],
    traces: tuple[str, ...],
    spans: dict[str, list[Span]],
    heads: dict[tuple[str, str], str],
    lines: list[dict[str, Any]],
    missing: tuple[str, ...],
) -> Story:
    planted = {trace: plant(_fresh(spans[trace])) for trace in traces if trace in spans}
    told = tell(members, planted, heads, _paths(planted), _roles(chosen.failure))
    rows = told.rows[:_ROWS]
    shown = tuple(
        line for line in (_line(row, told) for row in lines) if line.row is None or line.row < len(rows)
    )
    symptom = chosen.failure.trace_id if chosen.failure else None
    main = symptom if symptom in planted else next(iter(planted), None)
    return Story(
        chain=chosen.chain,
        failure=chosen.failure.id if chosen.failure else None,
        issue=chosen.issue,
        entry=Node(members[0]["node"], members[0]["kind"]),
        status="failed" if chosen.failure else members[0]["status"],
        started_at=iso_us(told.start_us),
        duration_ms=None if told.start_us is None else (told.end_us - told.start_us) / 1000,
        traces=traces,
        rows=rows,
        lines=shown,
        gaps=tuple(gap for gap in told.gaps if gap.row < len(rows)),
        breakdown_ms=_breakdown(planted[main]) if main else {},
        warnings=(*missing, *(w for roots in planted.values() for w in warnings_of(roots, _all(roots)))),
        sections={
            "rows": Section(len(rows), len(told.rows)),
            "lines": Section(len(shown), lines[0]["total"] if lines else 0),
        },
    )  # fmt: skip


def _fresh(spans: list[Span]) -> list[Span]:
    """A trace may be part of several chains, and planting hangs children on its spans."""
    for span in spans:
        span.parent, span.children = None, []
    return spans


def _all(roots: list[Span]) -> list[Span]:
    return [span for root in roots for span in walk_down(root)]


def _paths(planted: dict[str, list[Span]]) -> set[int]:
    """Ids (of the objects) of spans that their trace's duration depends on."""
    found: set[int] = set()
    for roots in planted.values():
        intervals = [i for root in dependent(roots) for i in critical_intervals(root)]
        steps = {(step.span_id, step.name) for step in path_of(intervals, _all(roots))}
        found |= {id(span) for span in _all(roots) if (span.span_id, span.name) in steps}
    return found


def _breakdown(roots: list[Span]) -> dict[str, float]:
    intervals = [i for root in dependent(roots) for i in critical_intervals(root)]
    total = max(s.last_us for s in roots) - min(s.first_us for s in roots)
    return {kind: ms for kind, ms in split_time(intervals, total).items() if ms > 0}


def _roles(failure: Failure | None) -> dict[str, str]:
    steps = failure.chain if failure else ()
    return {step.invocation: step.role for step in steps if step.invocation}


def _line(row: dict[str, Any], told: Told) -> StoryLine:
    place = told.by_span.get(row["span_id"]) if row["span_id"] else told.by_invocation.get(row["invocation"])
    at = micros(row["timestamp"])
    return StoryLine(
        row=place,
        at_us=(at or 0) - (told.start_us or 0),
        level=row["level"],
        text=row["message"] or "",
        rank=row["rank"],
        locator=Locator(
            "log_event", log_group=row["log_group"], log_stream=row["log_stream"], event_id=row["event_id"],
            timestamp=iso(row["timestamp"]),
        ),
    )  # fmt: skip
