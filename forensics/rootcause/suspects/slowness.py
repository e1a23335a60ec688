"""Slowness, held against a baseline where it is spent: in a node, or on the way between two.

An element is the own time of (node, operation), or the way from a caller to (node, operation). Both are
compared as the difference of the mean logarithms of their times, one value per trace, since times are skewed;
what all elements share is taken off. A node then owns the elements that touch it: delay on all edges into a
node speaks for the node, on all edges out of it for its way out. The shift that its elements have in common,
each weighed by how well it is known, over the error of that: a z like those of habits and failures.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from forensics.lake import Lake
from forensics.rootcause.suspects.periods import WINDOW
from forensics.rootcause.suspects.statistics import median_by_weight

__all__ = ["Element", "Slowness", "elements", "slowness"]

_SCALE = 10_000  # logarithms are summed as integers, so that the order of rows does not matter
_PRIOR = 4  # degrees of freedom that the common variance counts for in an element's own
# By how much the times of an element lie higher or lower in one stretch of time than in another though
# nothing is wrong, in natural logarithms: many samples make sure of a shift, not of its being a fault.
_DRIFT = 0.1
_FLOOR = 0.02  # of a typical chain's duration: what is added, so that what nobody notices weighs nothing
_LEAST_MS = 0.05
# A slow callee looks like a slow way out of its only caller: the callee is the likelier.
_WAY_OUT = 0.9

_DURATION = """
    select quantile_disc(duration_us, 0.5) as duration_us
    from (
        select max(epoch_us(started_at) + duration_us) - min(epoch_us(started_at)) as duration_us
        from told where period <> 'window' group by trace
    )
"""
_ELEMENTS = """
    with spent as (
        select 'own' as element, *, own_us as us from told
        union all
        select 'way', *, gap_us from told where caller_node is not null
    ),
    by_trace as (
        select element, node, operation, period, trace,
            coalesce(case when element = 'way' then caller_node end, '') as caller_node,
            sum(round(ln(greatest(us, 0) / 1000.0 + $floor_ms) * $scale)::bigint) // count(*) as log_ms
        from spent
        where us is not null
        group by all
    )
    select element, node, operation, caller_node, period, count(*) as traces, sum(log_ms)::bigint as total,
        sum(log_ms * log_ms)::hugeint::varchar as squares,
        max({'log_ms': log_ms, 'trace': trace}).trace as example
    from by_trace
    group by all
    order by all
"""


@dataclass(frozen=True, slots=True)
class Element:
    """`shift` is in natural logarithms (0.7 = twice as long), `variance` what it may be off by; `example` the
    trace in which it took longest."""

    element: str
    node: str
    operation: str
    caller_node: str
    traces: int
    shift: float
    variance: float
    example: str


@dataclass(frozen=True, slots=True)
class Slowness:
    """How surely a node is slow, as a normal z, and the elements that say so, the surest first."""

    score: float
    elements: tuple[Element, ...]


@dataclass(slots=True)
class _Sample:
    traces: int
    mean: float
    squares: float  # sum of squared deviations from the mean
    example: str


def elements(lake: Lake) -> list[Element]:
    """Every element of the window that the baseline or the rest knows. Needs `told`."""
    samples: dict[tuple[str, str, str, str], dict[str, _Sample]] = defaultdict(dict)
    parameters = {"floor_ms": _floor_ms(lake), "scale": _SCALE}
    for row in lake.rows(_ELEMENTS, parameters):
        key = (row["element"], row["node"], row["operation"], row["caller_node"])
        samples[key][row["period"]] = _sample(row)
    compared = {key: found for key, found in samples.items() if _is_enough(found)}
    return [element for kind in ("own", "way") for element in _shifts(kind, compared)]


def _floor_ms(lake: Lake) -> float:
    typical = lake.rows(_DURATION)[0]["duration_us"]
    return max(_LEAST_MS, _FLOOR * (typical or 0) / 1000)


def _sample(row: dict[str, Any]) -> _Sample:
    traces, mean = row["traces"], row["total"] / row["traces"]
    squares = max(0.0, int(row["squares"]) - traces * mean * mean)
    return _Sample(traces, mean / _SCALE, squares / _SCALE**2, row["example"])


def _is_enough(found: dict[str, _Sample]) -> bool:
    known = sum(sample.traces for period, sample in found.items() if period != WINDOW)
    return WINDOW in found and min(found[WINDOW].traces, known) >= 2


def _shifts(kind: str, compared: dict[tuple[str, str, str, str], dict[str, _Sample]]) -> list[Element]:
    mine = {key: found for key, found in compared.items() if key[0] == kind}
    common = _common_variance([sample for found in mine.values() for sample in found.values()])
    shifts = {key: _shift(found, common) for key, found in mine.items()}
    shared = median_by_weight([(shift, mine[key][WINDOW].traces) for key, (shift, _) in shifts.items()])
    return [
        Element(*key, mine[key][WINDOW].traces, shift - shared, variance, mine[key][WINDOW].example)
        for key, (shift, variance) in shifts.items()
    ]


def _common_variance(samples: list[_Sample]) -> float:
    return median_by_weight([(s.squares / (s.traces - 1), 1) for s in samples if s.traces > 2])


def _shift(found: dict[str, _Sample], common: float) -> tuple[float, float]:
    """Of the window against what baseline and rest say together, and its variance; small samples lean on the
    variance that all share."""
    freedom = sum(sample.traces - 1 for sample in found.values())
    own = (sum(sample.squares for sample in found.values()) + _PRIOR * common) / (freedom + _PRIOR)
    weights = {p: 1 / (own / s.traces + _DRIFT**2) for p, s in found.items()}
    weight = sum(weights[period] for period in found if period != WINDOW)
    before = sum(weights[period] * s.mean for period, s in found.items() if period != WINDOW) / weight
    return found[WINDOW].mean - before, 1 / weight + 1 / weights[WINDOW]


def slowness(found: Iterable[Element]) -> dict[str, Slowness]:
    """Per node the best account: which of what touches it is slow, how surely."""
    touching: dict[str, list[Element]] = defaultdict(list)
    for element in found:
        for node in sorted({element.node, element.caller_node} - {""}):
            touching[node].append(element)
    return {node: _best(touching[node], node) for node in sorted(touching)}


def _best(touching: list[Element], node: str) -> Slowness:
    own = [e for e in touching if e.element == "own"]
    into = [e for e in touching if e.element == "way" and e.node == node]
    out = [e for e in touching if e.element == "way" and e.caller_node == node]
    accounts = [(1.0, own), (1.0, into), (1.0, own + into), (_WAY_OUT, out), (_WAY_OUT, into + out)]
    accounts.append((_WAY_OUT, own + into + out))
    scored = [(weight * _together(part), part) for weight, part in accounts if part]
    score, best = max(scored, key=lambda pair: pair[0])
    slow = [e for e in best if e.shift > 0]
    slow.sort(key=lambda e: (-e.shift / math.sqrt(e.variance), e.element, e.node, e.operation, e.caller_node))
    return Slowness(max(0.0, score), tuple(slow))


def _together(part: list[Element]) -> float:
    """The shift that elements have in common, over its error (Stouffer's sum, weighed by what is known)."""
    return sum(e.shift / e.variance for e in part) / math.sqrt(sum(1 / e.variance for e in part))
