"""The records behind a slow element: exactly when it began, how long it took before and since, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from forensics.lake import Lake
from forensics.rootcause.regression.scan import Slower
from forensics.rootcause.suspects.periods import Period, periods_given

__all__ = ["Times", "times_of"]

_SCHEMA = pa.schema(
    [
        ("number", pa.int64()), ("element", pa.string()), ("node", pa.string()), ("operation", pa.string()),
        ("caller_node", pa.string()),
    ]
)  # fmt: skip
_ALWAYS = Period(datetime.min, datetime.max)  # noqa: DTZ901
_EARLY = timedelta(minutes=3)  # how far before its first slow slice something can have begun
_TIMES = """
    select w.number, s.started_at, s.us, s.invocation, s.caller
    from chains.spent as s
    join wanted as w
        on w.element = s.element and w.node = s.node and w.operation = s.operation
        and w.caller_node = s.caller_node
    where list_contains($nodes, s.node)  -- which narrows what is read, as the join does not
        and exists (select 1 from period as p where s.started_at >= p.starts_at and s.started_at < p.ends_at)
    order by w.number, s.started_at, s.invocation
"""
_CHANGES = """
    select node, occurred_at from lake.change
    where error_code is null and source not in ('alarm', 'alarm_history')
        and node in (select node from wanted)
    order by all
"""


@dataclass(frozen=True)
class Times:
    """`before` and `since` in µs, sorted; `slowest` and `usual` are rows of own_time: who took how long."""

    began_at: datetime
    before: tuple[int, ...]
    since: tuple[int, ...]
    slowest: tuple[dict[str, Any], ...]
    usual: dict[str, Any]


def times_of(lake: Lake, hits: Sequence[Slower], asked: tuple[Period, Period] | None = None) -> list[Times]:
    """In the order of `hits`, of a baseline and a window alone where they are `asked`."""
    wanted = [
        {"number": n, "element": h.element.element, "node": h.element.node, "operation": h.element.operation,
         "caller_node": h.element.caller_node}
        for n, h in enumerate(hits)
    ]  # fmt: skip
    rows: list[list[dict[str, Any]]] = [[] for _ in hits]
    baseline, window = asked or (None, _ALWAYS)
    table = pa.Table.from_pylist(wanted, schema=_SCHEMA)
    with lake.given("wanted", table), periods_given(lake, window, baseline):
        for row in lake.rows(_TIMES, {"nodes": sorted({h.element.node for h in hits})}):
            rows[row["number"]].append(row)
        changes = lake.rows(_CHANGES)
    return [_times(hit, mine, changes) for hit, mine in zip(hits, rows, strict=True)]


def _times(hit: Slower, rows: list[dict[str, Any]], changes: list[dict[str, Any]]) -> Times:
    first = _began(hit, rows)
    began_at = rows[first]["started_at"]
    for (
        change
    ) in changes:  # chance alone moves the first by a few; a change in that minute is the better guess
        if change["node"] == hit.element.node and began_at < change["occurred_at"] <= began_at + _EARLY:
            first = next((n for n, r in enumerate(rows) if r["started_at"] >= change["occurred_at"]), first)
    before, since = rows[:first], [r for r in rows[first:] if r["started_at"] < hit.until]
    ranked = sorted(since, key=lambda r: (-r["us"], r["started_at"], r["invocation"]))
    middle = sorted(before, key=lambda r: (r["us"], r["invocation"]))[len(before) // 2]
    return Times(
        rows[first]["started_at"],
        tuple(sorted(r["us"] for r in before)),
        tuple(sorted(r["us"] for r in since)),
        tuple(ranked[:3]),
        middle,
    )


def _began(hit: Slower, rows: list[dict[str, Any]]) -> int:
    """The row from which on times are nearer to those since than to those before: the lowest point of the
    sum of what each lies above the middle between the two."""
    ordered = {us: n for n, us in enumerate(sorted({r["us"] for r in rows}))}
    start = [n for n, r in enumerate(rows) if r["started_at"] < hit.since]
    inside = [n for n, r in enumerate(rows) if hit.since <= r["started_at"] < hit.until]
    level = (_mean(rows, start, ordered) + _mean(rows, inside, ordered)) / 2
    lowest, sum_, best = 0.0, 0.0, inside[0]
    for n in [n for n in start if rows[n]["started_at"] >= hit.since - _EARLY] + inside:
        sum_ += ordered[rows[n]["us"]] - level
        if sum_ < lowest:
            lowest, best = sum_, min(n + 1, inside[-1])
    return best


def _mean(rows: list[dict[str, Any]], numbers: list[int], ordered: dict[int, int]) -> float:
    return sum(ordered[rows[n]["us"]] for n in numbers) / max(1, len(numbers))
