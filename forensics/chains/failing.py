"""The failing chains of a case, each as one frozen `Chain`, streamed in order of failure id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from forensics.chains.times import iso, micros
from forensics.lake import Lake
from forensics.model import Before, Chain, Edge, Invocation, Locator, LogLine, Node

__all__ = ["failing_chains"]

# Chains are read in batches, so that a case of a million failures fits.
_BATCH = 2_000

_MEMBERS = """
    select s.failure, s.chain, s.invocation as symptom, s.message as given_up, m.hop, i.*
    from chosen as s
    join failures.member as m using (chain)
    join lake.invocation as i on i.invocation = m.invocation
    order by s.failure, m.hop, i.started_at nulls last, i.invocation
"""
_EDGES = """
    select s.failure, e.caller, e.callee, e.kind, e.evidence, e.confidence, e.candidates, c.operation,
        coalesce(c.is_failed, false) as is_failed, coalesce(c.in_progress, false) as in_progress,
        c.started_at, c.ended_at, c.http_status, c.exception_type, c.exception_message,
        p.trace_id, p.segment_id, p.span_id
    from chosen as s
    join failures.member as m using (chain)
    join links.edge as e on e.caller = m.invocation
    left join lake.call as c on c.trace_key = e.trace_key and c.span_key = e.call_key
    left join lake.span as p on p.trace_key = e.trace_key and p.span_key = e.call_key
    union all by name
    select s.failure, a.caller, a.invocation as callee, 'call' as kind, 'configured' as evidence,
        1.0 / (1 + a.candidates) as confidence, a.candidates, i.operation, true as is_failed,
        false as in_progress, i.started_at, i.ended_at
    from chosen as s
    join failures.member as m using (chain)
    join failures.above as a on a.caller = m.invocation and a.outcome = 'failed'
    join lake.invocation as i on i.invocation = a.invocation
    order by all
"""
_LINES = """
    select distinct l.*
    from chosen as s
    join failures.member as m using (chain)
    join failures.line as l on l.invocation = m.invocation
    order by l.invocation, l.timestamp, l.event_id
"""


_PARTIAL = """
    select s.failure, p.attempts, 'partial' as record_type, l.* exclude (record_type)
    from chosen as s
    join failures.partial as p on p.chain = s.chain and p.invocation = s.invocation and p.message = s.message
    join lake.log_record as l on l.event_id = p.event_id and l.log_group = p.log_group
    order by s.failure
"""
_BEFORE = """
    select distinct e.invocation, e.before, e.before_reason, e.between as time_outs, b.trace_id, b.segment_id,
        b.log_group, b.log_stream, b.event_id, b.event_time
    from chosen as s
    join failures.member as m using (chain)
    join failures.environment as e on e.invocation = m.invocation
    join lake.invocation as b on b.invocation = e.before
    order by e.invocation, e.before
"""


def failing_chains(lake: Lake) -> Iterator[Chain]:
    """One Chain per row of `failures.symptom`, with the log lines that tell how members ended."""
    lake.bind(["failures.line"])
    symptoms = lake.arrow("select failure, chain, invocation, message from failures.symptom order by failure")
    for start in range(0, symptoms.num_rows, _BATCH):
        yield from _batch(lake, symptoms.slice(start, _BATCH))


def _batch(lake: Lake, chosen: pa.Table) -> Iterator[Chain]:
    with lake.given("chosen", chosen):
        members = _grouped(lake.rows(_MEMBERS), "failure")
        edges = _grouped(lake.rows(_EDGES), "failure")
        lines = _grouped(lake.rows(_LINES), "invocation")
        partial = {row["failure"]: _line(row) for row in lake.rows(_PARTIAL)}
        before = {row["invocation"]: _before(row) for row in lake.rows(_BEFORE)}
    for failure, rows in members.items():
        first = rows[0]
        yield Chain(
            chain=first["chain"],
            failure=failure,
            symptom=first["symptom"],
            entry=first["chain"],
            invocations=tuple(
                _invocation(row, lines.get(row["invocation"], []), before.get(row["invocation"]))
                for row in rows
            ),
            edges=tuple(_edge(row) for row in edges.get(failure, [])),
            message=first["given_up"],
            given_up=partial.get(failure),
        )


def _grouped(rows: list[dict[str, Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def _before(row: dict[str, Any]) -> Before:
    where = invocation_locator(row)
    return Before(row["before"], row["before_reason"], row["time_outs"], where)


def _invocation(row: dict[str, Any], lines: list[dict[str, Any]], before: Before | None) -> Invocation:
    duration = row["duration_ms"]
    return Invocation(
        invocation=row["invocation"],
        node=Node(row["node"], row["kind"]),
        is_virtual=row["is_virtual"],
        status=row["status"],
        is_client_error=bool(row["is_client_error"]),
        is_throttle=bool(row["is_throttle"]),
        http_status=row["http_status"],
        started_us=micros(row["started_at"]),
        ended_us=micros(row["ended_at"]),
        attempt=row["attempt"],
        hop=row["hop"],
        trace_id=row["trace_id"],
        segment_id=row["segment_id"],
        span_id=row["span_id"],
        request_id=row["request_id"],
        operation=row["operation"],
        error_type=row["error_type"],
        error_message=row["error_message"],
        end_reason=row["end_reason"],
        is_cold_start=row["is_cold_start"],
        memory_mb=row["memory_mb"],
        max_memory_mb=row["max_memory_mb"],
        duration_us=None if duration is None else int(duration * 1000),
        locator=invocation_locator(row),
        logs=tuple(_line(line) for line in lines),
        before=before,
    )


def invocation_locator(row: dict[str, Any]) -> Locator:
    """The record that tells of an invocation: its segment document, else its log event."""
    if row["trace_id"] is not None and row["segment_id"] is not None:
        return Locator("segment_document", trace_id=row["trace_id"], segment_id=row["segment_id"])
    return Locator(
        "log_event",
        log_group=row["log_group"],
        log_stream=row["log_stream"],
        event_id=row["event_id"],
        timestamp=iso(row.get("event_time") or row.get("failed_at")),
    )


def _line(row: dict[str, Any]) -> LogLine:
    return LogLine(
        text=row["message"],
        kind=row["record_type"],
        level=row["level"],
        exception_type=row["exception_type"],
        exception_message=row["exception_message"],
        locator=Locator(
            "log_event",
            log_group=row["log_group"],
            log_stream=row["log_stream"],
            event_id=row["event_id"],
            timestamp=iso(row["timestamp"]),
        ),
    )


def _edge(row: dict[str, Any]) -> Edge:
    return Edge(
        caller=row["caller"],
        callee=row["callee"],
        kind=row["kind"],
        evidence=row["evidence"],
        confidence=row["confidence"],
        candidates=row["candidates"],
        call=None if row["span_id"] is None else Locator(
            "segment_document", trace_id=row["trace_id"], segment_id=row["segment_id"]),
        call_span_id=row["span_id"],
        operation=row["operation"],
        call_failed=row["is_failed"],
        call_open=row["in_progress"],
        started_us=micros(row["started_at"]),
        ended_us=micros(row["ended_at"]),
        http_status=row["http_status"],
        exception_type=row["exception_type"],
        exception_message=row["exception_message"],
    )  # fmt: skip
