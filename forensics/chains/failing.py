"""The failing chains of a case, each as one frozen `Chain`, streamed in order of chain and failure id."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from forensics.chains.times import iso, micros
from forensics.lake import Lake
from forensics.model import Before, Chain, Edge, Invocation, Locator, LogLine, Node, Omitted

__all__ = ["failing_chains"]

# Chains are read in batches, so that a case of a million failures fits.
_BATCH = 4_000
# Events of an execution's history have no id of their own: its ARN finds them.
_EXECUTION = re.compile(r"arn:[\w-]+:states:")

_SYMPTOMS = "select failure, chain, invocation, message from failures.symptom order by chain, failure"
# What lies in order of chain is read from its first to its last of a batch, not whole.
_MEMBERS = """
    select s.failure, s.invocation as symptom, s.message as given_up, i.*
    from chosen as s
    join failures.invocation as i using (chain)
    where i.chain between $first and $last
    order by s.chain, s.failure, i.hop, i.started_at nulls last, i.invocation
"""
_EDGES = """
    select s.failure, e.*
    from chosen as s
    join failures.edge as e using (chain)
    where e.chain between $first and $last
    order by all
"""
_LINES = """
    select distinct l.*
    from chosen as s
    join failures.invocation as m using (chain)
    join failures.line as l on l.invocation = m.invocation
    where m.chain between $first and $last
    order by l.invocation, l.timestamp, l.event_id
"""
_GIVEN_UP = """
    select s.failure, 'partial' as record_type, l.*
    from chosen as s
    join failures.given_up as l
        on l.chain = s.chain and l.invocation = s.invocation and l.given_up = s.message
    where l.chain between $first and $last
    order by s.failure, l.timestamp, l.log_stream
"""
_OMITTED = """
    select s.failure, o.*, c.action, c.node as changed, c.actor, c.occurred_at, c.log_group,
        coalesce(c.log_event_id, c.event_id) as event_id
    from chosen as s
    join failures.omitted as o
        on o.invocation = s.invocation
        and s.failure = 'f-' || left(md5(s.chain || ' ' || o.invocation || ' without ' || o.step), 12)
    left join lake.change as c using (change)
    order by s.failure
"""
_BEFORE = """
    select distinct e.invocation, e.before, e.before_reason, e.between as time_outs, e.trace_id, e.segment_id,
        e.log_group, e.log_stream, e.event_id, e.event_time
    from chosen as s
    join failures.invocation as m using (chain)
    join failures.environment as e on e.invocation = m.invocation
    where m.chain between $first and $last
    order by e.invocation, e.before
"""


def failing_chains(lake: Lake) -> Iterator[Chain]:
    """One Chain per row of `failures.symptom` by chain, with the log lines that tell how members ended."""
    symptoms = lake.arrow(_SYMPTOMS)
    for start in range(0, symptoms.num_rows, _BATCH):
        yield from _batch(lake, symptoms.slice(start, _BATCH))


def _batch(lake: Lake, chosen: pa.Table) -> Iterator[Chain]:
    stretch = {"first": chosen["chain"][0].as_py(), "last": chosen["chain"][-1].as_py()}
    with lake.given("chosen", chosen):
        members = _grouped(lake.rows(_MEMBERS, stretch), "failure")
        edges = _grouped(lake.rows(_EDGES, stretch), "failure")
        lines = _grouped(lake.rows(_LINES, stretch), "invocation")
        given_up = {row["failure"]: _line(row) for row in lake.rows(_GIVEN_UP, stretch)}
        omitted = {row["failure"]: _omitted(row) for row in lake.rows(_OMITTED)}
        before = {row["invocation"]: _before(row) for row in lake.rows(_BEFORE, stretch)}
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
            given_up=given_up.get(failure),
            omitted=omitted.get(failure),
        )


def _grouped(rows: list[dict[str, Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def _before(row: dict[str, Any]) -> Before:
    where = invocation_locator(row)
    return Before(row["before"], row["before_reason"], row["time_outs"], where)


def _omitted(row: dict[str, Any]) -> Omitted:
    by = f" by {row['actor']}" if row["actor"] else ""
    return Omitted(
        step=row["step"],
        callee=Node(row["callee_node"], row["callee_kind"] or ""),
        is_sent=row["is_sent"],
        before=row["before"],
        missing=row["missing"],
        of_asked=row["of_asked"],
        first_us=micros(row["first_at"]) or 0,
        carrier=Node(row["carrier"], row["carrier_kind"] or "") if row["carrier"] else None,
        change=f"{row['action']} of {row['changed']}{by}" if row["change"] else None,
        changed=row["changed"],
        change_at=change_locator(row) if row["change"] else None,
    )


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
        code=row["code"],
        cause_type=row["cause_type"],
        cause_message=row["cause_message"],
    )


def invocation_locator(row: dict[str, Any]) -> Locator:
    """The record that tells of an invocation: its segment document, else its log event, or its history."""
    if row["trace_id"] is not None and row["segment_id"] is not None:
        return Locator("segment_document", trace_id=row["trace_id"], segment_id=row["segment_id"])
    at = iso(row.get("event_time") or row.get("failed_at"))
    if row["event_id"] is None and _EXECUTION.match(row["invocation"]):
        return Locator("execution_event", event_id=row["invocation"].partition("#")[0], timestamp=at)
    return Locator(
        "log_event",
        log_group=row["log_group"],
        log_stream=row["log_stream"],
        event_id=row["event_id"],
        timestamp=at,
    )


def change_locator(row: dict[str, Any]) -> Locator:
    """The record of a change; `event_id` is that of the log event where it was read from a log group."""
    source = "log_event" if row["log_group"] else "change"
    return Locator(
        source, log_group=row["log_group"], event_id=row["event_id"], timestamp=iso(row["occurred_at"])
    )


def _line(row: dict[str, Any]) -> LogLine:
    return LogLine(
        text=row["message"],
        kind=row["record_type"],
        level=row["level"],
        exception_type=row["exception_type"],
        exception_message=row["exception_message"],
        locator=Locator(
            "execution_event" if row["log_group"] is None else "log_event",
            log_group=row["log_group"],
            log_stream=row["log_stream"],
            event_id=row["event_id"],
            timestamp=iso(row["timestamp"]),
        ),
        code=row.get("code"),
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
