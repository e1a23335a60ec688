"""The stretch in which a node did not run, though by its schedule or its habit it should have.

A schedule is believed only as far as the runs before agree with it, since the case may hold the runs of
another target, or lines of some of them. Without a schedule pauses have to be alike to be a habit at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from forensics.rootcause.schedule.expression import Rate
from forensics.rootcause.schedule.runs import Clock, Course

__all__ = ["Silence", "silences_in"]

_LATE = timedelta(minutes=1)  # both services promise the minute, not the second
_EARLY = timedelta(seconds=5)  # clocks of records differ
_MISSED = 2  # in a row: one may have been lost on its way
_BEFORE = 3  # runs in a row that were as they should, right before
# By habit alone: pauses within a tenth of each other. Eight of so many by chance are one in a million, where
# requests come as evenly as they never do; one in 50 million where they come by chance.
_HABIT = 8
_ALIKE = 0.1


@dataclass(frozen=True, slots=True)
class Silence:
    """`since` is the last run before it, `until` the next one, or up to when one would show. `missed` are the
    first and the last time at which it should have run, `times` how many there are."""

    course: Course
    clock: Clock | None
    every: timedelta
    since: datetime
    until: datetime
    missed: tuple[datetime, datetime]
    times: int
    before: int
    is_over: bool

    @property
    def on_the_hour(self) -> bool:
        """Whether it may begin where hours of work do, in zones that are whole or half hours off."""
        half = timedelta(minutes=30)
        return (self.missed[0] - datetime.min) % half < self.every  # noqa: DTZ901


def silences_in(course: Course) -> Iterator[Silence]:
    """In order of time: by each schedule of the node, else by its habit."""
    if course.clocks:
        found = [silence for clock in course.clocks for silence in _by_clock(course, clock)]
    else:
        found = _by_habit(course)
    for silence in found if course.clocks or len(found) == 1 else ():
        if course.is_whole(silence.since, silence.until, silence.every):
            yield silence


def _by_clock(course: Course, clock: Clock) -> list[Silence]:
    slack = _LATE + clock.window
    early = timedelta(0) if isinstance(clock.when, Rate) else _EARLY
    missed = [
        [at for at in clock.when.times(low + early, high - slack) if _is_on(clock, at)]
        for low, high in _pauses(course)
    ]
    even = [not of for of in missed]
    if sum(even) < _BEFORE or sum(even) < 0.9 * sum(len(of) < _MISSED for of in missed):
        return []
    every = clock.when.every if isinstance(clock.when, Rate) else _usual(course)
    return _silent(course, clock, missed, every)


def _is_on(clock: Clock, at: datetime) -> bool:
    return (clock.starts_at is None or at >= clock.starts_at) and (
        clock.ends_at is None or at <= clock.ends_at
    )


def _by_habit(course: Course) -> list[Silence]:
    """Every pause but the one silence is like the others; the last ends with the records, not with a run."""
    every = _usual(course)
    if every < _LATE - _EARLY:
        return []  # no clock of AWS ticks faster than once a minute
    slack = min(max(every * _ALIKE, _EARLY), _LATE)
    *inner, last = _pauses(course)
    missed = [list(Rate(every).times(low, high - slack)) for low, high in (*inner, last)]
    odd = sum(abs(high - low - every) > slack for low, high in inner)
    silent = sum(len(of) >= _MISSED for of in missed[:-1])
    if len(inner) - odd < _HABIT or odd > silent:
        return []
    return _silent(course, None, missed, every)


def _silent(
    course: Course, clock: Clock | None, missed: list[list[datetime]], every: timedelta
) -> list[Silence]:
    pauses = _pauses(course)
    return [
        Silence(
            course, clock, every, *pauses[n], (of[0], of[-1]), len(of), _in_a_row(missed, n) + 1,
            n < len(course.runs) - 1,
        )
        for n, of in enumerate(missed)
        if len(of) >= _MISSED and _in_a_row(missed, n) >= _BEFORE
    ]  # fmt: skip


def _in_a_row(missed: list[list[datetime]], end: int) -> int:
    """How many pauses right before were as they should."""
    return next((n for n in range(end) if missed[end - 1 - n]), end)


def _pauses(course: Course) -> list[tuple[datetime, datetime]]:
    """Between two runs, and from the last one to where the next would show."""
    starts = [at for at, _ in course.runs]
    return [*pairwise(starts), (starts[-1], max(starts[-1], course.watched_until))]


def _usual(course: Course) -> timedelta:
    pauses = sorted(high - low for low, high in pairwise(at for at, _ in course.runs))
    return pauses[len(pauses) // 2]
