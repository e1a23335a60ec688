"""How an issue went on after its first failure: over, going on, or nobody knows.

An issue is over where something says so: the node where it showed ended well after the last failure, and
more often than chance allows for if it still failed as it did before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import Locator

__all__ = ["Course", "courses"]

# Of failures with share p, this many / p good ends in a row leave one chance in twenty (rule of three).
_SURE = 3
# By minutes, so that an issue costs as many rows as it has minutes, and not those of its node.
_COURSE = """
    with symptom as (
        select c.issue, c.onset, c.last_seen, s.node, s.node_kind as kind, c.failures
        from chosen as c join shown as s on s.failure = c.example
    ),
    shape as (
        select c.issue, s.node, s.node_kind as kind, count(*) as failures
        from chosen as c join shown as s using (issue) group by all
    ),
    well as (
        select i.node, i.kind, time_bucket(interval 1 minute, i.started_at) as minute, count(*) as n,
            min({'at': i.started_at, 'trace_id': i.trace_id, 'segment_id': i.segment_id,
                'log_group': i.log_group, 'log_stream': i.log_stream, 'event_id': i.event_id}) as first
        from lake.invocation as i
        semi join symptom as s on s.node = i.node and s.kind = i.kind
        where i.status = 'ok' and i.started_at is not null
        group by all
    ),
    counted as (
        select s.issue,
            coalesce(sum(w.n) filter (
                where w.minute between time_bucket(interval 1 minute, s.onset) and s.last_seen
            ), 0)::bigint as between_,
            coalesce(sum(w.n) filter (where w.minute > s.last_seen), 0)::bigint as after_,
            min(w.first) filter (where w.minute > s.last_seen) as first_well
        from symptom as s
        left join well as w on w.node = s.node and w.kind = s.kind
        group by s.issue
    ),
    ended as (select max(ended_at) as at from lake.invocation)
    select s.issue, c.between_, c.after_, c.first_well, h.failures,
        s.last_seen > s.onset and s.failures = 1 as is_lasting,
        (s.failures > 1 or s.last_seen > s.onset) and ended.at <= s.last_seen + interval 5 minutes as is_end
    from symptom as s
    join counted as c using (issue)
    join shape as h on h.issue = s.issue and h.node = s.node and h.kind = s.kind
    cross join ended
"""


@dataclass(frozen=True, slots=True)
class Course:
    """`recovered_at` and `record`: the first good end that followed, where the issue is over."""

    is_ongoing: bool
    recovered_at: datetime | None = None
    record: Locator | None = None

    @property
    def words(self) -> str:
        if self.recovered_at is not None:
            return "over since: the same node ended well afterwards"
        if self.is_ongoing:
            return "and still going on where the evidence ends"
        return "and nothing later shows whether it is over"


def courses(lake: Lake) -> dict[str, Course]:
    """By issue, for the issues of `chosen` and their failures in `shown`."""
    return {row["issue"]: _course(row) for row in lake.rows(_COURSE)}


def _course(row: dict[str, Any]) -> Course:
    failures, well, after = row["failures"], row["between_"], row["after_"]
    first = row["first_well"]
    if row["is_lasting"] and not row["is_end"] and first is not None:
        return Course(False, first["at"], _locator(first))
    if row["is_lasting"] or first is None or after * failures < _SURE * (failures + well):
        return Course(bool(row["is_end"]))
    return Course(False, first["at"], _locator(first))


def _locator(row: dict[str, Any]) -> Locator:
    if row["trace_id"] and row["segment_id"]:
        return Locator("segment_document", trace_id=row["trace_id"], segment_id=row["segment_id"])
    return Locator(
        "log_event", log_group=row["log_group"], log_stream=row["log_stream"], event_id=row["event_id"],
        timestamp=iso(row["at"]),
    )  # fmt: skip
