"""What a node does, and in which order: against its habits.

Per operation and way of ending, three kinds of habit are counted over the steps of an invocation (its lines,
calls and parts): how many steps of a sort there are, how often each occurs, and which step follows which.
What follows depends far less on the mix of requests than what occurs at all. A trace counts once, however
often its invocations repeat themselves. An invocation that failed because a callee did is left out: it
differs because of that. Failures that no callee explains are a deviation of their own.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from forensics.lake import Lake
from forensics.rootcause.suspects.periods import BASELINE, REST, WINDOW
from forensics.rootcause.suspects.phrases import phrases
from forensics.rootcause.suspects.statistics import best_of, change_of_shares, with_drift

__all__ = ["Habit", "Outcome", "deviations"]

_MILLION = 1_000_000  # shares are summed as integers, so that the order of rows does not matter
# By how much the share of traces that do something moves though nothing is wrong: what is done half of the
# time drifts most, what is never or always done hardly.
_DRIFT, _LEAST_DRIFT = 0.2, 0.03
_ERRORS = ("ERROR ", "FATAL ")  # how such a line begins, see lake.log_record
_ENOUGH = 3  # traces, below which the rest of the case stands in for the baseline

_KEY = ("node", "operation", "is_failed", "sort", "habit", "about")

# Of each kind of invocation so many traces are looked at, by digest: what more of them would tell lies below
# the drift, and time and memory must not grow with the case.
_MOST = 2_000
_MINE = """
    with kind as materialized (
        select
            *, row_number() over (order by node, operation, is_failed, is_passed_on, period)::integer as kind
        from (select distinct node, operation, is_failed, is_passed_on, period from told)
    ),
    ran as (
        select t.invocation, t.trace, k.*
        from told as t join kind as k using (node, operation, is_failed, is_passed_on, period)
        where t.own_us is not null
    ),
    taken as (
        select kind, trace from (select distinct kind, trace from ran)
        qualify row_number() over (partition by kind order by md5_number_lower(trace), trace) <= $most
    )
    select *, row_number() over (order by invocation)::integer as run
    from ran join taken using (kind, trace)
"""
# What the steps are made of, cut to these invocations before it is joined.
_CUT = {
    "lake.segment_invocation": "invocation in (select invocation from mine)",
    "lake.lambda_attempt": "request_id || '#' || attempt in (select invocation from mine)",
}
_SAID = "select event_id from chains.spoken"
_CUT_LINES = {"lake.log_record": "event_id in (select event_id from said)"}
_DONE = """
    select m.run, m.kind, m.node, m.trace, m.is_passed_on, s.sort, s.step, s.occurred_at, s.locator,
        c.node || ' ' || c.operation as called
    from chains.step as s
    join mine as m using (invocation)
    left join told as c on c.invocation = s.callee
"""
_TEMPLATES = "select distinct node, step from done where sort = 'line' order by all"
_TOTALS = """
    select node, operation, is_failed, period, count(distinct trace) as traces
    from mine where not is_passed_on group by all order by all
"""
_ENDINGS = """
    with by_trace as (
        select node, operation, period, trace,
            count(*) filter (where is_failed) * $million // count(*) as failed
        from told where own_us is not null and not is_passed_on group by all
    )
    select node, operation, period, count(*) as traces, sum(failed)::bigint as failed,
        min(trace) filter (where failed > 0) as example
    from by_trace group by all order by all
"""
_SORT, _HABIT = "enum('line', 'call', 'part')", "enum('after', 'times', 'steps')"
# Numbers stand for texts until the end, which takes half the time and two thirds of the memory. A step is
# told by its number, that nothing follows or precedes by 0, and how many there are by a number below it.
_HABITS = f"""
    with traced as materialized (
        select trace, row_number() over (order by trace)::integer as number
        from (select distinct trace from mine where not is_passed_on)
    ),
    worded as materialized (
        select
            d.run, d.kind, r.number as trace, d.sort::{_SORT} as sort, d.occurred_at, d.locator,
            coalesce(d.called, f.phrase, d.step) as step
        from done as d
        join traced as r on r.trace = d.trace
        left join phrase as f on f.node = d.node and f.step = d.step and d.sort = 'line'
        where not d.is_passed_on
    ),
    word as materialized (
        select step, row_number() over (order by step)::integer as number
        from (select distinct step from worded)
    ),
    stepped as materialized (
        select w.run, w.kind, w.trace, w.sort, n.number as step,
            lag(n.number) over in_order as before, lead(n.number) over in_order is null as is_last
        from worded as w
        join word as n using (step)
        window in_order as (partition by w.run, w.sort order by w.occurred_at, w.locator, n.number)
    ),
    observed as (
        select kind, trace, sort, 'after'::{_HABIT} as habit, coalesce(before, 0) as about, step as outcome
        from stepped where before is distinct from step
        union all
        select kind, trace, sort, 'after'::{_HABIT}, step, 0 from stepped where is_last
        union all
        select m.kind, r.number, s.sort, 'after'::{_HABIT}, 0, 0
        from mine as m
        join traced as r on r.trace = m.trace and not m.is_passed_on
        cross join (select unnest(['line', 'call', 'part'])::{_SORT} as sort) as s
        anti join stepped as o on o.run = m.run and o.sort = s.sort
        union all
        select kind, trace, sort, 'times'::{_HABIT}, step, -least(count(*), 6)::integer
        from stepped group by run, kind, trace, sort, step
        union all
        select kind, trace, sort, 'steps'::{_HABIT}, 0, -least(count(*), 20)::integer
        from stepped group by run, kind, trace, sort
    ),
    counted as materialized (
        select *, count(*) as n from observed group by all
    ),
    whole as (
        select kind, trace, sort, habit, about, sum(n) as whole from counted group by all
    ),
    summed as (
        select c.kind, sort, habit, about, c.outcome, count(*) as traces,
            sum(c.n * $million // w.whole)::bigint as share, min(trace) as example
        from counted as c
        join whole as w using (kind, trace, sort, habit, about)
        group by c.kind, sort, habit, about, c.outcome
    )
    select k.node, k.operation, k.is_failed, s.sort::varchar as sort, s.habit::varchar as habit,
        coalesce(a.step, '') as about,
        case when s.outcome < 0 then (-s.outcome)::varchar else coalesce(o.step, '') end as outcome,
        k.period, s.traces, s.share, t.trace as example
    from summed as s
    join (select distinct kind, node, operation, is_failed, period from mine) as k using (kind)
    join traced as t on t.number = s.example
    left join word as a on a.number = s.about
    left join word as o on o.number = s.outcome
    order by all
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a habit, with its share of the traces before and now."""

    name: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Habit:
    """A habit that changed. `z` how surely, `moved` the share of traces that behave differently (0 to 1).

    `habit` is after (what follows `about`), times (how often `about` occurs), steps (how many there are of
    that sort) or fails (failures that begin here). `gained` and `lost` are the outcomes that gained and lost
    most, `example` a trace of the first; `compared` says of how many habits of the node this is one.
    """

    node: str
    operation: str
    sort: str
    habit: str
    about: str
    gained: Outcome
    lost: Outcome
    z: float
    moved: float
    traces: int
    example: str
    compared: int = 1

    @property
    def complains(self) -> bool:
        """An error is logged that was not."""
        return self.lost.name == "0" and _is_error(self.sort, self.habit, self.about)

    @property
    def strength(self) -> float:
        """How sure it is that this is no drift: z, of which many samples alone do not make much, nor a few
        traces that behave otherwise."""
        before = min(1.0, max(self.gained.before, 0.5 / max(1, self.traces)))
        drift = _DRIFT * math.sqrt(before * (1 - before)) + _LEAST_DRIFT
        sure = with_drift(best_of(self.z, self.compared), self.moved, drift)
        return sure if self.habit == "fails" else sure * self.moved**0.25


def deviations(lake: Lake) -> dict[str, list[Habit]]:
    """The changed habits of every node in the window, strongest first. Needs `told`."""
    found: dict[str, list[Habit]] = defaultdict(list)
    for habit in [*_failing(lake), *_doing(lake)]:
        if habit.strength > 0:
            found[habit.node].append(habit)
    for habits in found.values():
        habits.sort(key=lambda h: (-h.strength, h.operation, h.sort, h.habit, h.about))
    return dict(found)


def _failing(lake: Lake) -> list[Habit]:
    rows: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in lake.rows(_ENDINGS, {"million": _MILLION}):
        rows[row["node"], row["operation"]][row["period"]] = row
    found = [_fails_more(key, by_period) for key, by_period in rows.items()]
    return _counted([habit for habit in found if habit], Counter(node for node, _ in rows))


def _is_error(sort: str, habit: str, about: str) -> bool:
    return sort == "line" and habit == "times" and about.startswith(_ERRORS)


def _counted(found: list[Habit], compared: Mapping[str, int]) -> list[Habit]:
    return [replace(habit, compared=compared[habit.node]) for habit in found]


def _fails_more(key: tuple[str, str], by_period: dict[str, dict[str, Any]]) -> Habit | None:
    told = {
        period: {"failed": row["failed"] / _MILLION, "ok": row["traces"] - row["failed"] / _MILLION}
        for period, row in by_period.items()
    }
    now, references = by_period.get(WINDOW), _references(told.get(BASELINE, {}), told.get(REST, {}))
    if now is None or not references:
        return None
    before = references[0]
    total = sum(before.values())
    share, share_now = before["failed"] / total, told[WINDOW]["failed"] / now["traces"]
    if share_now <= share:
        return None  # fewer failures are no fault
    z, moved = change_of_shares(before, total, told[WINDOW], now["traces"])
    gained, lost = Outcome("failed", share, share_now), Outcome("ok", 1 - share, 1 - share_now)
    return Habit(*key, "", "fails", "", gained, lost, z, moved, now["traces"], now["example"])


def _doing(lake: Lake) -> list[Habit]:
    totals: dict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
    counts: dict[tuple[Any, ...], dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    examples: dict[tuple[Any, ...], dict[str, str]] = defaultdict(dict)
    with lake.computed("mine", _MINE, {"most": _MOST}):
        for row in lake.rows(_TOTALS):
            totals[row["node"], row["operation"], row["is_failed"]][row["period"]] = row["traces"]
        rows = _steps_counted(lake)
    for row in rows:
        key = tuple(row[name] for name in _KEY)
        counts[key][row["period"]][row["outcome"]] = row["share"] / _MILLION
        if row["period"] == WINDOW:
            examples[key][row["outcome"]] = row["example"]
    found = [_compared(key, by_period, totals[key[:3]], examples[key]) for key, by_period in counts.items()]
    return _among([habit for habit in found if habit], list(counts))


def _steps_counted(lake: Lake) -> list[dict[str, Any]]:
    with ExitStack() as stack:
        with lake.cut(_CUT), lake.computed("said", _SAID), lake.cut(_CUT_LINES):
            stack.enter_context(lake.computed("done", _DONE))
        stack.enter_context(lake.given("phrase", _phrases(lake)))
        return lake.rows(_HABITS, {"million": _MILLION})


def _among(found: list[Habit], keys: list[tuple[Any, ...]]) -> list[Habit]:
    """Errors are compared among errors: a node has few, and a new one tells more than any other line."""
    every = Counter(key[0] for key in keys)
    errors = Counter(key[0] for key in keys if _is_error(*key[3:]))
    return [replace(habit, compared=(errors if habit.complains else every)[habit.node]) for habit in found]


def _phrases(lake: Lake) -> pa.Table:
    templates: dict[str, list[str]] = defaultdict(list)
    for row in lake.rows(_TEMPLATES):
        templates[row["node"]].append(row["step"])
    rows = [
        {"node": node, "step": step, "phrase": phrase}
        for node, steps in templates.items()
        for step, phrase in phrases(steps).items()
    ]
    return pa.Table.from_pylist(
        rows, schema=pa.schema([(n, pa.string()) for n in ("node", "step", "phrase")])
    )


def _compared(
    key: tuple[Any, ...],
    by_period: dict[str, dict[str, float]],
    traces: dict[str, int],
    examples: dict[str, str],
) -> Habit | None:
    """The habit against the reference that it differs from most."""
    told = {period: dict(by_period.get(period, {})) for period in (BASELINE, REST, WINDOW)}
    if key[4] != "after":  # what does not occur, occurs no times
        for period, outcomes in told.items():
            _add_none(outcomes, traces.get(period, 0))
    now = told[WINDOW]
    found = [
        _changed(key, before, now, traces[WINDOW], examples)
        for before in _references(told[BASELINE], told[REST])
        if sum(now.values()) >= 1
    ]
    return max((habit for habit in found if habit), key=lambda habit: habit.strength, default=None)


def _changed(
    key: tuple[Any, ...],
    before: dict[str, float],
    now: dict[str, float],
    traces: int,
    examples: dict[str, str],
) -> Habit | None:
    node, operation, _, sort, habit, about = key
    total, total_now = sum(before.values()), sum(now.values())
    z, moved = change_of_shares(before, total, now, total_now)
    if z * moved <= 0:
        return None
    outcomes = [
        Outcome(name, before.get(name, 0.0) / total, now.get(name, 0.0) / total_now)
        for name in sorted({*before, *now})
    ]
    gained = max(outcomes, key=lambda o: o.now - o.before)
    lost = min(outcomes, key=lambda o: o.now - o.before)
    example = examples.get(gained.name, "")
    return Habit(node, operation, sort, habit, about, gained, lost, z, moved, traces, example)


def _references(baseline: dict[str, float], rest: dict[str, float]) -> list[dict[str, float]]:
    """What is known to be healthy, and that with the rest of the case: the one may be too little, the other
    disturbed already, since what is told as the beginning of a fault is not when it shows."""
    whole = {name: baseline.get(name, 0.0) + rest.get(name, 0.0) for name in sorted({*baseline, *rest})}
    return [part for part in (baseline, whole) if sum(part.values()) >= _ENOUGH]


def _add_none(outcomes: dict[str, float], traces: int) -> None:
    outcomes["0"] = outcomes.get("0", 0.0) + max(0.0, traces - sum(outcomes.values()))
