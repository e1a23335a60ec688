"""What failing, slow or later chains have in common and the others have not, ranked by lift.

Populations of chains are counted by their traits (`chains.trait`) in SQL; the lift of a trait is its share
among the one over its share among the other. It is ranked by what it is at least, at one in twenty by
chance: a customer who occurs once in each population says nothing, whatever the ratio.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forensics.lake import Lake
from forensics.model import Contrast
from forensics.rootcause.suspects.periods import Period, periods_given

__all__ = ["contrast_of_issues", "contrast_of_periods", "lift", "populations", "split_by"]

_MOST = 5
_LEAST = 1.2  # a trait must be at least this much more frequent to be worth a line
_ONE_SIDED = 1.64
_FEW = 3  # chains, below which a population is none, and a trait an accident
_LOOKED_AT = 10_000  # chains of a population, chosen by their hash: a share of theirs is exact to a hundredth
_SHARE = 0.1  # of the bad chains that a trait must have: of many values one always stands out

# An environment lives for hours: who lived when the failures came is no trait of theirs, unless others
# lived at the same time and fared well.
_COUNTED = """,
    size as (
        select about, count(*) filter (where is_bad) as bad_total,
            count(*) filter (where not is_bad) as good_total,
            count(*) filter (where not is_bad and is_concurrent) as concurrent_total
        from population group by about
    ),
    counted as (
        select p.about, t.dimension, t.value, starts_with(t.dimension, 'environment of ') as is_environment,
            count(*) filter (where p.is_bad) as bad,
            count(*) filter (where not p.is_bad and (is_concurrent or not is_environment)) as good
        from population as p join chains.trait as t using (chain)
        group by all
    )
    select * from (
        select about, dimension, value, bad, good, bad_total,
            case when is_environment then concurrent_total else good_total end as good_total
        from counted join size using (about)
    )
    where bad_total >= $few and good_total >= $few
    order by about, dimension, value
"""
_OF_ISSUES = f"""
    with wanted as (select unnest($issues) as issue),
    bad as (
        select distinct f.issue as about, f.chain, f.origin_node
        from failures.failure as f semi join wanted using (issue)
    ),
    course as (
        select b.about, min(c.started_at) as first_at, max(c.started_at) as last_at
        from bad as b join chains.chain as c using (chain) group by b.about
    ),
    reached as (
        select about, chain, true as is_bad, true as is_concurrent from bad
        union
        select b.about, c.chain, false, coalesce(c.started_at between o.first_at and o.last_at, false)
        from (select distinct about, origin_node from bad) as b
        join course as o using (about)
        join lake.invocation as i on i.node = b.origin_node
        join chains.member as m using (invocation)
        join chains.chain as c using (chain)
        where c.status = 'ok'
    ),
    population as (
        select about, chain, is_bad, is_concurrent from reached
        qualify row_number() over (partition by about, is_bad order by md5(chain), chain) <= $most
    ){_COUNTED}
"""
_OF_PERIODS = f"""
    with population as (
        select '' as about, c.chain, p.period = 'window' as is_bad, p.period = 'window' as is_concurrent
        from chains.chain as c
        join period as p on c.started_at >= p.starts_at and c.started_at < p.ends_at
        qualify row_number() over (partition by p.period order by md5(c.chain), c.chain) <= $most
    ){_COUNTED}
"""
_POPULATIONS = """
    select p.period, count(*) as chains, count(*) filter (where c.status = 'failed') as failed,
        quantile_disc(c.duration_ms, 0.5) as p50_ms, quantile_disc(c.duration_ms, 0.99) as p99_ms
    from chains.chain as c
    join period as p on c.started_at >= p.starts_at and c.started_at < p.ends_at
    group by p.period
"""
_SPLIT = """
    select t.dimension, t.value, count(*) as chains, count(*) filter (where c.status = 'failed') as failed,
        quantile_disc(c.duration_ms, 0.5) as p50_ms, quantile_disc(c.duration_ms, 0.99) as p99_ms
    from chains.trait as t join chains.chain as c using (chain)
    where starts_with(t.dimension, $prefix)
    group by all
    order by t.dimension, chains desc, t.value
"""
# Of a dimension of one node: what its invocations took themselves, and which are of the slowest tenth.
_OWN = """
    with spent as (
        select distinct t.dimension, t.value, w.invocation, coalesce(w.own_us, w.duration_us) as us
        from chains.trait as t
        join chains.member as m using (chain)
        join chains.worked as w on w.invocation = m.invocation and t.dimension = $prefix || w.node
        where us is not null and not w.is_failed
    ),
    tenth as (select dimension, quantile_disc(us, 0.9) as us from spent group by dimension)
    select s.dimension, s.value, count(*) as ran, quantile_disc(s.us, 0.5) / 1000.0 as own_p50_ms,
        count(*) filter (where s.us > t.us) as slow
    from spent as s join tenth as t using (dimension)
    group by s.dimension, s.value
"""


def contrast_of_issues(lake: Lake, issues: Sequence[str]) -> dict[str, tuple[Contrast, ...]]:
    """Per issue: its failing chains against the healthy ones that reached the same node."""
    wanted = {"issues": list(issues), "few": _FEW, "most": _LOOKED_AT}
    return _ranked(lake.rows(_OF_ISSUES, wanted)) if issues else {}


def contrast_of_periods(lake: Lake, bad: Period, good: Period) -> tuple[Contrast, ...]:
    """The chains that began in the bad stretch against those of the good one."""
    with periods_given(lake, bad, good):
        return _ranked(lake.rows(_OF_PERIODS, {"few": _FEW, "most": _LOOKED_AT})).get("", ())


def populations(lake: Lake, bad: Period, good: Period) -> dict[str, dict[str, Any]]:
    """Chains, failures and durations of the `window` (bad) and the `baseline` (good)."""
    with periods_given(lake, bad, good):
        return {row["period"]: row for row in lake.rows(_POPULATIONS)}


def split_by(lake: Lake, prefix: str) -> list[dict[str, Any]]:
    """Chains by the values of every dimension that begins so (`version of `), with failures, durations, and
    the lift of failing there, or of being slow, against everywhere else in the dimension; the worst first."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in lake.rows(_SPLIT, {"prefix": prefix}):
        groups[row["dimension"]].append(row)
    is_of_node = prefix.endswith(" of ")
    own: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in lake.rows(_OWN, {"prefix": prefix}) if is_of_node else ():
        own[row["dimension"]][row["value"]] = row
    split = (_lifts(rows, own[dimension]) for dimension, rows in groups.items() if len(rows) > 1)
    found = [row for rows in split for row in rows]
    return sorted(found, key=lambda r: (-_worst(r), -r["chains"], r["dimension"], r["value"]))


def _lifts(rows: list[dict[str, Any]], own: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows of one dimension; `own` by value, where it is one of a node."""
    fails = _whole(rows, "failed", "chains")
    slow = _whole(own.values(), "slow", "ran")
    for row in rows:
        ratio, low = _against_others((row["failed"], row["chains"]), fails)
        found = {"lift": ratio, "lift_low": low, "own_p50_ms": None, "slow_lift": None, "slow_low": None}
        mine = own.get(row["value"])
        if mine is not None and len(own) > 1:
            ratio, low = _against_others((mine["slow"], mine["ran"]), slow)
            found |= {"own_p50_ms": mine["own_p50_ms"], "slow_lift": ratio, "slow_low": low}
        yield row | found


def _whole(rows: Iterable[dict[str, Any]], some: str, all_: str) -> tuple[int, int]:
    counts = [(row[some], row[all_]) for row in rows]
    return sum(n for n, _ in counts), sum(n for _, n in counts)


def _against_others(mine: tuple[int, int], whole: tuple[int, int]) -> tuple[float, float]:
    ratio, low = lift(*mine, whole[0] - mine[0], whole[1] - mine[1])
    return round(ratio, 3), round(low, 3)


def _worst(row: dict[str, Any]) -> float:
    """Nothing that failed is no lift, however few chains there were."""
    return max(row["lift_low"] if row["failed"] else 0.0, row["slow_low"] or 0.0)


def _ranked(rows: Sequence[dict[str, Any]]) -> dict[str, tuple[Contrast, ...]]:
    found: dict[str, list[tuple[float, Contrast]]] = defaultdict(list)
    for row in rows:
        ratio, low = lift(row["bad"], row["bad_total"], row["good"], row["good_total"])
        if low >= _LEAST and row["bad"] >= max(_FEW, _SHARE * row["bad_total"]):
            found[row["about"]].append(
                (low, Contrast(row["dimension"], row["value"], round(ratio, 3), row["bad"], row["good"]))
            )
    return {
        about: tuple(c for _, c in sorted(pairs, key=lambda p: (-p[0], p[1].dimension, p[1].value))[:_MOST])
        for about, pairs in found.items()
    }


def lift(bad: int, bad_total: int, good: int, good_total: int) -> tuple[float, float]:
    """How much more frequent among the bad, and what that is at least (log ratio, half a count added)."""
    a, n, b, m = bad + 0.5, bad_total + 1.0, good + 0.5, good_total + 1.0
    ratio = (a / n) / (b / m)
    error = math.sqrt(max(0.0, 1 / a - 1 / n + 1 / b - 1 / m))
    return ratio, math.exp(math.log(ratio) - _ONE_SIDED * error)
