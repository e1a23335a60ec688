"""Time that no callee explains: a node's own, and the way between two nodes.

An element is the own time of an operation, or the gap between what a caller waited and what the callee
spent. Of each, the mean logarithm in the window is held against the baseline's: a mean, since contention
and packet loss hit some calls hard and most not at all, and of logarithms, since times are skewed. What
is left after the drift that all elements share, the sampling error, the scatter between healthy elements
and what the rest of the case already drifts by, is the element's excess. A node then owns the elements
that touch it: delay on all edges into a node speaks for the node, on all edges out of it for its way out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from forensics.lake import Lake
from forensics.rootcause.suspects.periods import BASELINE, REST, WINDOW
from forensics.rootcause.suspects.statistics import median_by_weight, spread

__all__ = ["Element", "Slowness", "elements", "slowness"]

_SCALE = 10_000  # logarithms are summed as integers, so that the order of rows does not matter
_ENOUGH = 3  # traces, below which the rest of the case stands in for the baseline
_PRIOR = 4  # degrees of freedom that the common variance counts for in an element's own
_ONE_SIDED = 1.64  # standard errors that an excess has to exceed: one in twenty by chance
_FLOOR = 0.02  # of a typical chain's duration: what is added, so that what nobody notices weighs nothing
_LEAST_MS = 0.05
# A slow callee looks like a slow way out of its only caller: the callee is the likelier.
_WAY_IN = 1.1

_DURATION = """
    select quantile_disc(duration_us, 0.5) as duration_us
    from (
        select o.trace,
            max(epoch_us(o.started_at) + o.duration_us) - min(epoch_us(o.started_at)) as duration_us
        from chains.own_time as o
        left join period as p on o.started_at >= p.starts_at and o.started_at < p.ends_at
        where coalesce(p.period, 'rest') <> 'window'
        group by o.trace
    )
"""
_ELEMENTS = """
    with spent as (
        select
            o.*, coalesce(p.period, 'rest') as period,
            unnest(['own', 'way']) as element, unnest([o.own_us, o.gap_us]) as us
        from chains.own_time as o
        left join period as p on o.started_at >= p.starts_at and o.started_at < p.ends_at
    ),
    by_trace as (
        select element, node, operation, period, trace,
            coalesce(case when element = 'way' then caller_node end, '') as caller_node,
            sum(round(ln(greatest(us, 0) / 1000.0 + $floor_ms) * $scale)::bigint) // count(*) as log_ms
        from spent
        where us is not null and (element = 'own' or caller_node is not null)
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
    """`excess` is in natural logarithms (0.7 = twice as long), for sure; `times` the plain estimate;
    `example` the trace in which it took longest."""

    element: str
    node: str
    operation: str
    caller_node: str
    traces: int
    excess: float
    times: float
    example: str

    def touches(self, node: str) -> bool:
        return node in (self.node, self.caller_node)


@dataclass(frozen=True, slots=True)
class Slowness:
    """A node's score, and the elements that make it, worst first."""

    score: float
    elements: tuple[Element, ...]


@dataclass(slots=True)
class _Sample:
    traces: int = 0
    mean: float = 0.0
    squares: float = 0.0  # sum of squared deviations from the mean
    example: str = ""


def elements(lake: Lake) -> list[Element]:
    """Every element of the window that the baseline or the rest knows. Needs `period`."""
    samples: dict[tuple[str, str, str, str], dict[str, _Sample]] = defaultdict(dict)
    parameters = {"floor_ms": _floor_ms(lake), "scale": _SCALE}
    for row in lake.rows(_ELEMENTS, parameters):
        key = (row["element"], row["node"], row["operation"], row["caller_node"])
        samples[key][row["period"]] = _sample(row)
    compared = {key: pair for key, found in samples.items() if (pair := _pair(found))}
    return _excesses(compared) if compared else []


def _floor_ms(lake: Lake) -> float:
    typical = lake.rows(_DURATION)[0]["duration_us"]
    return max(_LEAST_MS, _FLOOR * (typical or 0) / 1000)


def _sample(row: dict[str, Any]) -> _Sample:
    traces, mean = row["traces"], row["total"] / row["traces"]
    squares = max(0.0, int(row["squares"]) - traces * mean * mean)
    return _Sample(traces, mean / _SCALE, squares / _SCALE**2, row["example"])


def _pair(found: dict[str, _Sample]) -> tuple[_Sample, _Sample, float | None] | None:
    """Reference, window, and how far the rest lies from the reference; None where there is too little."""
    window, baseline, rest = found.get(WINDOW), found.get(BASELINE), found.get(REST)
    reference = baseline if baseline and baseline.traces >= _ENOUGH else rest or baseline
    if not window or not reference or min(window.traces, reference.traces) < 2:
        return None
    drift = rest.mean - reference.mean if rest and rest is not reference and rest.traces >= _ENOUGH else None
    return reference, window, drift


def _excesses(
    compared: dict[tuple[str, str, str, str], tuple[_Sample, _Sample, float | None]],
) -> list[Element]:
    freedom = sum(a.traces + b.traces - 2 for a, b, _ in compared.values())
    common = sum(a.squares + b.squares for a, b, _ in compared.values()) / freedom
    found = []
    for kind in sorted({key[0] for key in compared}):
        mine = {key: pair for key, pair in compared.items() if key[0] == kind}
        drift = median_by_weight([(b.mean - a.mean, min(a.traces, b.traces)) for a, b, _ in mine.values()])
        scatter = spread([b.mean - a.mean for a, b, _ in mine.values()], drift)
        before = median_by_weight(
            [(d, min(a.traces, b.traces)) for a, b, d in mine.values() if d is not None]
        )
        for key, (reference, window, moved) in mine.items():
            error = math.sqrt(
                _variance(reference, window, common)
                + (scatter / 2) ** 2
                + (0.0 if moved is None else ((moved - before) / 2) ** 2)
            )
            shift = window.mean - reference.mean - drift
            excess = max(0.0, shift - _ONE_SIDED * error)
            found.append(Element(*key, window.traces, excess, math.exp(shift), window.example))
    return found


def _variance(reference: _Sample, window: _Sample, common: float) -> float:
    """Of the difference of the means; small samples lean on the variance that all share."""
    freedom = reference.traces + window.traces - 2
    own = (reference.squares + window.squares + _PRIOR * common) / (freedom + _PRIOR)
    return own * (1 / reference.traces + 1 / window.traces)


def slowness(found: Iterable[Element]) -> dict[str, Slowness]:
    """Per node the best account of the excess: how large it is where the node is touched, and how much
    of all excess that explains."""
    all_elements = list(found)
    total = sum(element.excess * element.traces for element in all_elements)
    if not total:
        return {}
    nodes = sorted({name for e in all_elements for name in (e.node, e.caller_node) if name})
    return {node: _best([e for e in all_elements if e.touches(node)], node, total) for node in nodes}


def _best(touching: list[Element], node: str, total: float) -> Slowness:
    own = [e for e in touching if e.element == "own"]
    into = [e for e in touching if e.element == "way" and e.node == node]
    out = [e for e in touching if e.element == "way" and e.caller_node == node]
    accounts = [(_WAY_IN, own), (_WAY_IN, into), (_WAY_IN, own + into), (1.0, out), (1.0, into + out)]
    accounts.append((1.0, own + into + out))
    scored = [(weight * _account(part, total), part) for weight, part in accounts if part]
    score, best = max(scored, key=lambda pair: pair[0])
    worst = sorted((e for e in best if e.excess), key=lambda e: (-e.excess * e.traces, e.node, e.operation))
    return Slowness(score, tuple(worst))


def _account(part: list[Element], total: float) -> float:
    explained = sum(e.excess * e.traces for e in part)
    return explained / sum(e.traces for e in part) * math.sqrt(explained / total)
