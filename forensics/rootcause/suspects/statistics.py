"""The statistics of small samples that the comparison needs; plain functions of counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

__all__ = [
    "best_of",
    "change_of_shares",
    "median_by_weight",
    "upper_decile",
    "with_drift",
]

_NOTHING = 1e-9  # of a count
# So many traces count half: those of one stretch of time are alike, and three of three is no proof.
_ALIKE = 4


def change_of_shares(
    before: Mapping[str, float],
    total_before: float,
    after: Mapping[str, float],
    total_after: float,
) -> tuple[float, float]:
    """How far two distributions over the same outcomes lie apart: (z, share that moved, 0 to 1).

    z is the likelihood-ratio statistic G as a standard normal (Wilson and Hilferty's cube
    root), 0 where there is one outcome only. Half a count is spread over the outcomes, and G is less by
    n / (n + 4) of the smaller sample, since few samples that are alike say little.
    """
    ratio, freedom, moved = _ratio(before, total_before, after, total_after)
    if not freedom:
        return 0.0, 0.0
    fewer = min(total_before, total_after)
    part = max(ratio, 0.0) * fewer / (fewer + _ALIKE) / freedom
    z = (part ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))
    return z, moved


def with_drift(z: float, size: float, drift: float) -> float:
    """z of an effect of that size where healthy effects scatter by `drift` besides: many samples make sure
    of an effect, and not of its being a fault. Never below 0."""
    return 1 / math.hypot(1 / z, drift / size) if z > 0 and size > 0 else 0.0


def best_of(z: float, number: int) -> float:
    """The largest of so many z as that of one comparison: nearly Bonferroni's by the tail of the normal,
    sqrt(z² - 2 ln number), where z is large, and in the same order where it is small."""
    return z * z / math.sqrt(z * z + 2 * math.log(max(1, number))) if z > 0 else 0.0


def _ratio(
    before: Mapping[str, float], total_before: float, after: Mapping[str, float], total_after: float
) -> tuple[float, int, float]:
    """G, its degrees of freedom, and the share that moved; nothing where a side or all choice is missing."""
    outcomes = sorted({*before, *after})
    if len(outcomes) < 2 or min(total_before, total_after) < _NOTHING:
        return 0.0, 0, 0.0
    ratio = moved = 0.0
    for outcome in outcomes:
        was, now = before.get(outcome, 0.0), after.get(outcome, 0.0)
        expected = (was + now + 0.5 / len(outcomes)) / (total_before + total_after + 0.5)
        ratio += 2 * (_surprise(was, total_before * expected) + _surprise(now, total_after * expected))
        moved += abs(was / total_before - now / total_after) / 2
    return ratio, len(outcomes) - 1, moved


def _surprise(observed: float, expected: float) -> float:
    return observed * math.log(observed / expected) if observed > _NOTHING else 0.0


def median_by_weight(values: Sequence[tuple[float, float]]) -> float:
    """The value at which half of the weight is reached; 0 of nothing."""
    half = sum(weight for _, weight in values) / 2
    reached = 0.0
    for value, weight in sorted(values):
        reached += weight
        if reached >= half:
            return value
    return 0.0


def upper_decile(values: Sequence[float]) -> float:
    """What nine of ten stay below; 0 of nothing."""
    ordered = sorted(values)
    return ordered[int(0.9 * (len(ordered) - 1))] if ordered else 0.0
