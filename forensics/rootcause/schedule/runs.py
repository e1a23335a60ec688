"""What ran by the clock, how it is configured, and for which stretches the case is whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from forensics.lake import Lake
from forensics.model import Node
from forensics.rootcause.schedule.expression import Cron, Rate, parse

__all__ = ["Clock", "Course", "courses"]

# Later lines may still be on their way, and a later run is told by what it started.
_SETTLES = timedelta(minutes=1)
# A run that CloudWatch counted, or one that was refused, was asked for.
_COUNTED = """
    select m.node, m.starts_at, m.starts_at + to_seconds(m.period_s) as ends_at from lake.metric as m
    where m.namespace = 'AWS/Lambda' and m.metric in ('Invocations', 'Throttles') and m.stat = 'Sum'
        and m.value > 0 and list_contains($nodes, m.node)
    order by all
"""
_GAPS = """
    select kind, what, starts_at, ends_at from lake.gap
    where starts_at is not null and ends_at is not null and kind not in ('parent_span', 'linked_trace')
    order by all
"""
_WINDOWS = """
    select account, region, log_group, starts_at, ends_at from evidence.read_window
    where not is_open order by all
"""
# Minutes in which nobody ran: of an imported case nothing else tells that it was quiet and not cut out.
_QUIET = """
    select minute + interval 1 minute as starts_at, lead(minute) over (order by minute) as ends_at
    from (select distinct time_bucket(interval 1 minute, started_at) as minute from lake.invocation
        where started_at is not null)
    qualify ends_at > starts_at
    order by all
"""
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Clock:
    """A schedule as it is configured now."""

    node: Node
    name: str
    expression: str
    when: Rate | Cron
    is_enabled: bool
    window: timedelta
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True)
class Course:
    """The runs of a node in order of time. `read` are the stretches in which its log group was read, none
    where files were imported or it writes none; `holes` what is known to be missing; `counted` the
    stretches in which a metric counted a run, `quiet` those in which nothing in the case ran."""

    node: Node
    runs: tuple[tuple[datetime, str], ...]
    clocks: tuple[Clock, ...]
    read: tuple[Span, ...]
    holes: tuple[Span, ...]
    counted: tuple[Span, ...]
    quiet: tuple[Span, ...]
    ends_at: datetime

    def is_whole(self, since: datetime, until: datetime, pause: timedelta) -> bool:
        """Whether a run in this stretch would show: of what was not pulled, only as long as somebody else
        ran, give or take a `pause`."""
        if any(low < until and since < high for low, high in self.holes) or any(
            since < low and high <= until for low, high in self.counted
        ):
            return False
        if self.read:
            return any(low <= since and until <= high for low, high in self.read)
        return not any(min(high, until) - max(low, since) >= pause for low, high in self.quiet)

    @property
    def watched_until(self) -> datetime:
        """Up to when a run would show, as far as anything tells."""
        last = self.runs[-1][0]
        ends = [high for low, high in self.read if low <= last <= high] or [self.ends_at]
        return min(*ends, self.ends_at) - _SETTLES


def courses(lake: Lake) -> Iterator[Course]:
    """In order of name."""
    rows = lake.rows("select * from chains.clockwork order by node, started_at, invocation")
    if not rows:
        return
    ends_at = lake.rows("select max(started_at) as at from lake.invocation")[0]["at"]
    clocks, windows = _clocks(lake), _windows(lake)
    nodes = sorted({row["node"] for row in rows})
    gaps, counted = lake.rows(_GAPS), _spans(lake.rows(_COUNTED, {"nodes": nodes}), "node")
    quiet = tuple((row["starts_at"], row["ends_at"]) for row in lake.rows(_QUIET))
    of_node: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        of_node[row["node"]].append(row)
    for name, mine in of_node.items():
        group = next((r["log_group"] for r in reversed(mine) if r["log_group"]), None)
        where = mine[-1]["account"], mine[-1]["region"], group
        yield Course(
            Node(name, mine[-1]["kind"]),
            tuple((row["started_at"], row["invocation"]) for row in mine),
            tuple(clocks.get(name, ())),
            tuple(windows.get(where, ())),
            tuple((g["starts_at"], g["ends_at"]) for g in gaps if _concerns(g, name, group)),
            tuple(counted.get(name, ())),
            quiet,
            ends_at,
        )


def _concerns(gap: dict[str, Any], node: str, group: str | None) -> bool:
    """A gap of one log group is none of another's."""
    if gap["kind"] in ("log_group", "log_hour"):
        return gap["what"] == group or node in (gap["what"] or "")
    return True


def _clocks(lake: Lake) -> dict[str, list[Clock]]:
    found: dict[str, list[Clock]] = defaultdict(list)
    for row in lake.rows("select * from links.schedule order by all"):
        when = parse(row["expression"], row["timezone"])
        if when is not None and row["target"]:
            found[row["target"]].append(
                Clock(
                    Node(row["node"], row["kind"]), row["name"], row["expression"], when, row["is_enabled"],
                    timedelta(seconds=row["window_s"]), row["starts_at"], row["ends_at"],
                )
            )  # fmt: skip
    return found


def _windows(lake: Lake) -> dict[tuple[str | None, ...], list[Span]]:
    """What was read, stretches that touch as one."""
    found: dict[tuple[str | None, ...], list[Span]] = defaultdict(list)
    for row in lake.rows(_WINDOWS):
        mine = found[row["account"], row["region"], row["log_group"]]
        if mine and row["starts_at"] <= mine[-1][1]:
            mine[-1] = mine[-1][0], max(mine[-1][1], row["ends_at"])
        else:
            mine.append((row["starts_at"], row["ends_at"]))
    return found


def _spans(rows: list[dict[str, Any]], key: str) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for row in rows:
        found[row[key]].append((row["starts_at"], row["ends_at"]))
    return found
