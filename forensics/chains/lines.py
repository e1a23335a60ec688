"""The log lines of traces, each with the span in which it happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forensics.chains.among import among
from forensics.chains.ids import trace_keys
from forensics.chains.times import iso, micros
from forensics.lake import Lake
from forensics.model import Locator

__all__ = ["SaidLine", "lines_of"]

_TEXT = 4_000
_RAN = """
    select trace_id, span_id, node, request_id, started_at, ended_at from lake.invocation
    where {is_traced} and not is_virtual and span_id is not null
"""
# A line that names a span stands there; one of a function that names only its request, at the function's
# segment, where retries are told apart by time. What tells most comes first where there is too much.
_SAID = """
    with said as (
        select l.trace_id, l.span_id, l.* exclude (trace_id, span_id) from lake.log_record as l
        where {is_traced} and l.span_id is not null
            and (l.kind is distinct from 'AWS::Lambda::Function' or l.request_id is null)
        union all
        select r.trace_id, r.span_id, l.* exclude (trace_id, span_id)
        from ran as r join lake.log_record as l on l.request_id = r.request_id and l.node = r.node
        where {is_asked}
            and coalesce(l.timestamp >= r.started_at - interval 2 seconds, true)
            and coalesce(l.timestamp <= r.ended_at + interval 2 seconds, true)
    ),
    ranked as (
        select
            trace_id, span_id, timestamp, ordinal, level, left(message, $text) as message, log_group,
            log_stream, event_id, case
                when level in ('ERROR', 'FATAL') or record_type in ('error', 'timeout', 'exit') then 0
                when level = 'WARN' then 1 when record_type = 'log' then 2 else 3 end as rank
        from said
        qualify row_number() over (partition by log_group, event_id order by trace_id, span_id) = 1
    ),
    placed as (
        select *, count(*) over (partition by trace_id) as total, row_number() over (
            partition by trace_id order by rank, timestamp, ordinal, log_group, event_id) as place
        from ranked
    )
    select * exclude (place) from placed where place <= $most
    order by trace_id, timestamp, ordinal, log_group, event_id
"""


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A log line of a span. `rank`: 0 tells of a failure, 1 warns, 2 is any other, 3 the platform's own;
    `total` is how many lines the trace has."""

    trace_id: str
    span_id: str
    at_us: int
    level: str | None
    rank: int
    text: str
    locator: Locator
    total: int


def lines_of(lake: Lake, trace_ids: Sequence[str], most: int) -> list[SaidLine]:
    """The lines of each trace in order of time, the `most` telling ones where there are more."""
    is_traced, keys = among("trace_key", trace_keys(trace_ids))
    ran = lake.arrow(_RAN.format(is_traced=is_traced), keys)
    is_asked, requests = among("l.request_id", ran["request_id"].to_pylist())
    with lake.given("ran", ran):
        sql = _SAID.format(is_asked=is_asked, is_traced=is_traced)
        rows = lake.rows(sql, {"text": _TEXT, "most": most} | keys | requests)
    return [_line(row) for row in rows if row["trace_id"] in set(trace_ids)]


def _line(row: dict[str, Any]) -> SaidLine:
    where = {name: row[name] for name in ("log_group", "log_stream", "event_id")}
    return SaidLine(
        trace_id=row["trace_id"],
        span_id=row["span_id"],
        at_us=micros(row["timestamp"]) or 0,
        level=row["level"],
        rank=row["rank"],
        text=row["message"] or "",
        locator=Locator("log_event", timestamp=iso(row["timestamp"]), **where),
        total=row["total"],
    )
