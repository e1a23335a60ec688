"""What a chain's records lack: lines and traces that its invocations should have left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa

from forensics.chains.among import among
from forensics.chains.times import iso
from forensics.lake import Lake

__all__ = ["missing_of"]

_NODES = 5
# A function always writes its START, END and REPORT; of others a line is missed where the node writes any. In
# a case without any line none is missed: that is said of the case.
_MISSING = """
    with member as (
        select distinct chain, invocation, node, kind, request_id, attempt, log_group, segment_key, started_at
        from told where not is_virtual
    ),
    known as (
        select
            node, sum(logged)::bigint as logged, sum(traced)::bigint as traced
        from lake.node_record where {is_node} group by node
    ),
    lost as (
        select distinct request_id, attempt from lake.lambda_log where {is_asked} and trace_key is not null
    ),
    lacking as (
        select
            m.chain, m.node, m.invocation, m.started_at,
            m.log_group is null and (k.logged > 0 or m.kind = 'AWS::Lambda::Function' and a.has_lines)
                as has_no_line,
            m.segment_key is null as has_no_trace, l.request_id is not null as is_lost,
            k.logged, k.traced, r.logged as logged_then, lines.days, lines.seen_at,
            coalesce(m.started_at < lines.since, false) as is_old,
            traces.seen_at as traces_seen_at, coalesce(m.started_at < traces.since, false) as is_trace_old
        from member as m
        cross join (select coalesce(sum(logged), 0) > 0 as has_lines from lake.node_record) as a
        left join known as k on k.node = m.node
        left join lost as l on l.request_id = m.request_id and l.attempt = m.attempt
        left join (from lake.node_record where {is_node}) as r
            on r.node = m.node and r.kind = m.kind and r.minute = date_trunc('minute', m.started_at)
        left join lake.kept as lines on lines.what = 'lines' and lines.node = m.node
        left join lake.kept as traces on traces.what = 'traces'
    )
    select
        chain, node, count(*) as invocations, max(logged) as logged, max(traced) as traced,
        count(*) filter (where has_no_line) as lineless,
        count(*) filter (where has_no_line and logged_then = 0) as lineless_then,
        count(*) filter (where has_no_line and coalesce(logged_then, 0) = 0 and is_old) as expired,
        max(days) as days, max(seen_at) as seen_at,
        min(started_at) filter (where has_no_line) as lineless_at,
        count(*) filter (where has_no_trace and not is_lost) as untraced,
        count(*) filter (where has_no_trace and is_lost) as lost,
        count(*) filter (where has_no_trace and is_lost and is_trace_old) as lost_for_age,
        max(traces_seen_at) as traces_seen_at
    from lacking group by chain, node order by chain, node
"""


def missing_of(lake: Lake, members: pa.Table) -> dict[str, tuple[str, ...]]:
    """A sentence for each thing that is missing, by chain. `members` are rows of `members_of`."""
    is_node, nodes = among("node", members["node"].to_pylist())
    is_asked, requests = among("request_id", members["request_id"].to_pylist())
    with lake.given("told", members):
        rows = lake.rows(_MISSING.format(is_node=is_node, is_asked=is_asked), nodes | requests)
    of_chain: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        of_chain.setdefault(row["chain"], []).append(row)
    return {chain: (*_lines(found), *_traces(found)) for chain, found in of_chain.items()}


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        of = f"{_count(row['lineless'])} of {row['node']}"
        if row["lineless"] and row["expired"] == row["lineless"]:
            yield f"{of} left no line that could still be read: {_expired(row['days'], row['seen_at'])}"
        elif row["lineless"] and not row["logged"]:
            yield f"{of} left no line, nor did any other: its log was not collected, or it may not write"
        elif row["lineless_then"]:
            at = (iso(row["lineless_at"]) or "")[:16]
            yield f"{of} left no line, nor did others of it at {at}: a stretch of its log is missing"
        elif row["lineless"]:
            yield f"{of} left no line, though others did then: it was not collected, or never written"


def _traces(rows: list[dict[str, Any]]) -> Iterator[str]:
    total = sum(row["invocations"] for row in rows)
    lost = [row for row in rows if row["lost"]]
    if lost:
        number = sum(row["lost"] for row in lost)
        is_expired = all(row["lost"] == row["lost_for_age"] for row in lost)
        why = "not collected, or expired after X-Ray's 30 days"
        yield (
            f"{_count(number)} ({_names(lost)}) say that they were traced, and the trace is not here: "
            f"{_expired(30, lost[0]['traces_seen_at'], 'X-Ray') if is_expired else why}"
        )
    untraced = [row for row in rows if row["untraced"]]
    if untraced and any(row["traced"] for row in untraced):
        number = sum(row["untraced"] for row in untraced)
        yield (
            f"{number:,} of {total:,} invocations ({_names(untraced)}) left no trace: not sampled, or not "
            "collected; whom they called is known where lines tell"
        )


def _expired(days: int, seen_at: datetime, what: str = "its log") -> str:
    kept = f"{days} day{'s' * (days != 1)}"
    return f"expired, {what} keeps {kept}, over when the account was looked at on {seen_at:%Y-%m-%d}"


def _count(number: int) -> str:
    return f"{number:,} invocation{'s' * (number != 1)}"


def _names(rows: list[dict[str, Any]]) -> str:
    return ", ".join(row["node"] for row in rows[:_NODES]) + (", …" if len(rows) > _NODES else "")
