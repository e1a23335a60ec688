"""The stretch in which an element was slower than before, if there is one that chance does not explain.

Ranks and not times: no distribution is assumed, and an outlier counts once. The stretch with the highest z
of all is held against what the highest of so many comparisons reaches by chance; then the slices have to
agree with each other, since times of one moment resemble each other and many of them prove little.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from forensics.rootcause.regression.pace import Course, Element, quantile_us

__all__ = ["Slower", "slower", "slower_since"]

_ENOUGH = 10  # times before and since, below which nothing is said
_SLICES = 3
_AGREE = 0.75  # of the slices since lie above all before taken together
_CHANCE = 0.05  # of one false alarm in a case
_MEDIAN, _TAIL = (
    1.25,
    1.6,
)  # times as long, at least, to be worth a verdict: the median, or the 95th percentile
_NOTICED = 0.02  # of what a typical chain takes, which the added time has to reach
_LEAST_US = 1000.0


@dataclass(frozen=True, slots=True)
class Slower:
    """`since` is the start of its first slice, `until` the end of its last; `added_us` is what the median or
    the tail grew by, whichever more."""

    element: Element
    since: datetime
    until: datetime
    z: float
    added_us: float
    lasts: bool


def slower(found: Mapping[Element, Course], typical_us: float) -> list[Slower]:
    """Every element that became slower; `typical_us` is how long a chain takes."""
    pieces = _pieces(found)
    compared = sum(len(course.slices) ** 2 / 2 for piece in pieces for course in piece.values())
    bar = math.sqrt(2 * math.log(max(math.e, compared / _CHANCE)))
    least = max(_LEAST_US, _NOTICED * typical_us)
    return [hit for piece in pieces for hit in _slower_in(piece, bar, least)]


def slower_since(found: Mapping[Element, Course], typical_us: float, since: datetime) -> list[Slower]:
    """Every element that is slower in the slices from a moment on than in those before, which somebody named:
    one comparison per element, and no hole between the two counts."""
    bar = math.sqrt(2 * math.log(max(math.e, len(found) / _CHANCE)))
    stretches = {element: _since(course, since) for element, course in found.items()}
    return _beyond(found, stretches, bar, max(_LEAST_US, _NOTICED * typical_us))


def _pieces(found: Mapping[Element, Course]) -> list[dict[Element, Course]]:
    """The courses between the holes of the case: what is slower behind a time of which nothing is known need
    not have become so. One slice without a record of anything may be chance, two are a hole."""
    slices = sorted({part for course in found.values() for part in course.slices})
    ends = [a[1] for a, b in pairwise(slices) if b[0] - a[1] >= 2 * (a[1] - a[0])]
    bounds = [datetime.min, *ends, datetime.max]  # noqa: DTZ901
    return [
        {element: part for element, course in found.items() if (part := course.within(low, high)).slices}
        for low, high in pairwise(bounds)
    ]


def _slower_in(found: Mapping[Element, Course], bar: float, least: float) -> list[Slower]:
    return _beyond(found, {element: _stretch(course) for element, course in found.items()}, bar, least)


Stretch = tuple[int, int, float]


def _beyond(
    found: Mapping[Element, Course], stretches: Mapping[Element, Stretch | None], bar: float, least: float
) -> list[Slower]:
    hits = []
    for element, stretch in stretches.items():
        if stretch is None or stretch[2] < bar:
            continue
        hit = _judged(element, found[element], stretch, least)
        if hit is not None and _drift(found, element, hit) < _AGREE / 2:
            hits.append(hit)
    return hits


def _since(course: Course, since: datetime) -> Stretch | None:
    """All slices from a moment on, where there are enough on both sides."""
    first, end = sum(at < since for at, _ in course.slices), len(course.slices)
    before, after = course.between(0, first).total(), course.between(first, end).total()
    if min(before, after) < _ENOUGH or min(first, end - first) < _SLICES:
        return None
    whole = course.between(0, end)
    variance = sum(course.scores[o] ** 2 * n for o, n in whole.items()) / whole.total()
    if variance <= 0:
        return None
    ranks = sum(course.scores[o] * n for o, n in course.between(first, end).items())
    return first, end, ranks / math.sqrt(variance * after * (1 - after / (whole.total() + 1)))


def _stretch(course: Course) -> Stretch | None:
    """The slices [first, end) with the highest z against all others, with enough before them."""
    sizes = [sum(counts.values()) for counts in course.counts]
    sums = [sum(course.scores[o] * n for o, n in counts.items()) for counts in course.counts]
    total = sum(sizes)
    if total < 2 * _ENOUGH or len(sizes) < 2 * _SLICES:
        return None
    variance = sum(course.scores[o] ** 2 * n for counts in course.counts for o, n in counts.items()) / total
    if variance <= 0:
        return None
    best: Stretch | None = None
    before = 0
    for first in range(len(sizes)):
        number, ranks = 0, 0.0
        for end in range(first + 1, len(sizes) + 1):
            number, ranks = number + sizes[end - 1], ranks + sums[end - 1]
            if before < _ENOUGH or first < _SLICES or number < _ENOUGH or end - first < _SLICES:
                continue
            z = ranks / math.sqrt(variance * number * (1 - number / (total + 1)))
            if best is None or z > best[2]:
                best = (first, end, z)
        before += sizes[first]
    return best


def _judged(element: Element, course: Course, stretch: Stretch, least_us: float) -> Slower | None:
    """Whether somebody would notice, and whether the slices agree."""
    first, end, z = stretch
    before, since = course.between(0, first), course.between(first, end)
    grown = {share: (quantile_us(before, share), quantile_us(since, share)) for share in (0.5, 0.95)}
    median, tail = (new / old for old, new in grown.values())
    added = max(new - old for old, new in grown.values())
    if (median < _MEDIAN and tail < _TAIL) or added < least_us:
        return None
    level = _mean(course, 0, first)
    above = sum(_mean(course, n, n + 1) > level for n in range(first, end))
    if above < _AGREE * (end - first):
        return None
    return Slower(
        element,
        course.slices[first][0],
        course.slices[end - 1][1],
        z,
        added,
        end > len(course.slices) - _SLICES,
    )


def _mean(course: Course, first: int, end: int) -> float:
    counts = course.between(first, end)
    return sum(course.scores[o] * n for o, n in counts.items()) / counts.total()


def _drift(found: Mapping[Element, Course], element: Element, hit: Slower) -> float:
    """Which share of the other elements rose at that time too: what slows all began at none of them."""
    rose = total = 0
    for other, course in found.items():
        inside = [n for n, (at, _) in enumerate(course.slices) if hit.since <= at < hit.until]
        if other.node == element.node or not inside or inside[0] < _SLICES or len(inside) < _SLICES:
            continue
        total += 1
        before, since = course.between(0, inside[0]), course.between(inside[0], inside[-1] + 1)
        rose += quantile_us(since, 0.5) >= _MEDIAN * quantile_us(before, 0.5)
    return rose / total if total >= 2 * _SLICES else 0.0
