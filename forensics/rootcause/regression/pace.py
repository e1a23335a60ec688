"""How long each element of the account took, slice by slice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

import pyarrow as pa

from forensics.lake import Lake
from forensics.model import Node
from forensics.rootcause.suspects.periods import Period

__all__ = ["Course", "Element", "courses", "courses_of"]

_EIGHTHS = 8  # of an octave: the steps in which times are counted
_PARTS = 6  # slices of a window that somebody names, and of its baseline
_OF_PARTS = """
    select
        s.element, s.node, s.kind, s.operation, s.caller_node, p.starts_at, p.ends_at,
        floor(8 * log2(greatest(s.us, 1)))::integer as octave, count(*) as times
    from chains.spent as s join part as p on s.started_at >= p.starts_at and s.started_at < p.ends_at
    group by all order by all
"""


@dataclass(frozen=True, slots=True, order=True)
class Element:
    """Own time of an operation, the way from a caller, or the start of an environment (`chains.pace`)."""

    element: str
    node: str
    kind: str
    operation: str
    caller_node: str

    @property
    def of(self) -> Node:
        return Node(self.node, self.kind)


@dataclass(frozen=True)
class Course:
    """Counts of times by eighths of an octave of microseconds, in order of slice."""

    slices: tuple[tuple[datetime, datetime], ...]
    counts: tuple[Mapping[int, int], ...]

    @cached_property
    def scores(self) -> dict[int, float]:
        """Of each octave its middle rank among all, from -0.5 to 0.5: no tail weighs more than its rank."""
        whole = self.between(0, len(self.counts))
        total, below, found = whole.total(), 0, {}
        for octave in sorted(whole):
            found[octave] = (below + whole[octave] / 2) / total - 0.5
            below += whole[octave]
        return found

    def within(self, low: datetime, high: datetime) -> Course:
        """The slices that begin from one moment on and before another."""
        kept = [n for n, (starts_at, _) in enumerate(self.slices) if low <= starts_at < high]
        return Course(tuple(self.slices[n] for n in kept), tuple(self.counts[n] for n in kept))

    def between(self, first: int, end: int) -> Counter[int]:
        found: Counter[int] = Counter()
        for counts in self.counts[first:end]:
            found.update(counts)
        return found


def courses(lake: Lake) -> dict[Element, Course]:
    """Over the whole case."""
    return _courses(lake.rows("select * from chains.pace order by all"))


def courses_of(lake: Lake, periods: Iterable[Period]) -> dict[Element, Course]:
    """Over these stretches alone, each in as many slices."""
    parts = [part for period in periods for part in _parts(period)]
    with lake.given("part", pa.table({"starts_at": [a for a, _ in parts], "ends_at": [b for _, b in parts]})):
        return _courses(lake.rows(_OF_PARTS))


def _parts(period: Period) -> list[tuple[datetime, datetime]]:
    step = (period.ends_at - period.starts_at) / _PARTS
    bounds = [period.starts_at + n * step for n in range(_PARTS)] + [period.ends_at]
    return list(pairwise(bounds))


def _courses(found: Iterable[dict[str, Any]]) -> dict[Element, Course]:
    rows: dict[Element, dict[tuple[datetime, datetime], dict[int, int]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for row in found:
        key = Element(row["element"], row["node"], row["kind"] or "", row["operation"], row["caller_node"])
        rows[key][row["starts_at"], row["ends_at"]][row["octave"]] = row["times"]
    return {key: Course(tuple(sorted(of)), tuple(of[at] for at in sorted(of))) for key, of in rows.items()}


def quantile_us(counts: Mapping[int, int], share: float) -> float:
    """The middle of the eighth in which a quantile lies, microseconds."""
    reached, wanted = 0, share * sum(counts.values())
    for octave in sorted(counts):
        reached += counts[octave]
        if reached >= wanted:
            break
    return float(2.0 ** ((octave + 0.5) / _EIGHTHS))
