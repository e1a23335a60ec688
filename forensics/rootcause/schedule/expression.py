"""When a schedule of EventBridge runs: `rate(5 minutes)`, `cron(0/10 8-17 ? * MON-FRI *)`, `at(…)`.

The grammar is that of "Cron expressions reference" and "Rate expressions reference" of the EventBridge
user guide, and of "Schedule types in EventBridge Scheduler": six fields, the day of the month or of the
week is `?`, a week begins with Sunday as 1.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["Cron", "Rate", "parse"]

_RATE = re.compile(r"rate\((\d{1,18}) +(minute|hour|day)s?\)")
_CRON = re.compile(r"cron\(([^()]+)\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_MONTHS = {name.upper(): n for n, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: n for n, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_LONGEST = 100 * 366 * 86_400  # seconds; what runs less often than that is no schedule
_RANGES = {"minute": (0, 59), "hour": (0, 23), "month": (1, 12), "year": (1970, 2199)}
_MOST = 100_000  # times that are counted: a schedule runs once a minute at most


@dataclass(frozen=True, slots=True)
class Rate:
    """Counted from when it was made, which only its runs tell."""

    every: timedelta

    def times(self, after: datetime, before: datetime) -> Iterator[datetime]:
        """Its times between two moments, the first of which is a run's. Both are UTC."""
        for n in range(1, min(-(-(before - after) // self.every), _MOST)):
            yield after + n * self.every


@dataclass(frozen=True, slots=True)
class Cron:
    """Local times of a zone, on the days that both kinds of days allow."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: str
    months: frozenset[int]
    weekdays: str
    years: frozenset[int]
    zone: ZoneInfo

    def times(self, after: datetime, before: datetime) -> Iterator[datetime]:
        """Its times between two moments, in UTC, both excluded."""
        last = self._local(before).date()
        day, found = self._local(after).date(), 0
        while day <= last and found < _MOST:
            for at in self._of(day) if self._has(day) else ():
                if after < at < before:
                    found += 1
                    yield at
            day += timedelta(days=1)

    def _local(self, at: datetime) -> datetime:
        return at.replace(tzinfo=UTC).astimezone(self.zone)

    def _of(self, day: date) -> Iterator[datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                local = datetime.combine(day, time(hour, minute), self.zone)
                yield local.astimezone(UTC).replace(tzinfo=None)

    def _has(self, day: date) -> bool:
        return (
            day.month in self.months
            and day.year in self.years
            and (self.days == "?" or any(_is_day(part, day) for part in self.days.split(",")))
            and (self.weekdays == "?" or any(_is_weekday(part, day) for part in self.weekdays.split(",")))
        )


def parse(expression: str, zone: str = "UTC") -> Rate | Cron | None:
    """None for what runs once (`at`), and for what nobody can read."""
    rate = _RATE.fullmatch(expression.strip())
    if rate:
        seconds = int(rate[1]) * _SECONDS[rate[2]]
        return Rate(timedelta(seconds=seconds)) if 0 < seconds < _LONGEST else None
    cron = _CRON.fullmatch(expression.strip())
    fields = cron[1].upper().split() if cron else []
    if len(fields) != 6:
        return None
    try:
        minutes, hours, days, months, weekdays, years = fields
        found = Cron(
            tuple(sorted(_values(minutes, "minute"))),
            tuple(sorted(_values(hours, "hour"))),
            days,
            frozenset(_values(months, "month", _MONTHS)),
            weekdays,
            frozenset(_values(years, "year")),
            ZoneInfo(zone),
        )
        _ = [found._has(date(2026, 1, day)) for day in range(1, 32)]  # a day that cannot be read
    except (ValueError, KeyError, OSError):
        return None
    return found


def _values(field: str, of: str, names: dict[str, int] | None = None) -> set[int]:
    low, high = _RANGES[of]
    return {n for part in field.split(",") for n in _part(part, low, high, names or {})}


def _part(part: str, low: int, high: int, names: dict[str, int]) -> Iterator[int]:
    """`*`, `7`, `7-9`, `*/5`, `7/5`, `7-30/5`; a range may go round, as NOV-FEB does."""
    span, _, step = part.partition("/")
    first, _, last = span.partition("-")
    start = low if first in ("*", "?") else _number(first, names)
    end = _number(last, names) if last else high if step or first in ("*", "?") else start
    if not (low <= start <= high and low <= end <= high) or (step and int(step) < 1):
        raise ValueError(part)
    size = (end - start) % (high - low + 1)
    for n in range(0, size + 1, int(step or 1)):
        yield low + (start - low + n) % (high - low + 1)


def _number(text: str, names: dict[str, int]) -> int:
    return names[text] if text in names else int(text)


def _is_day(part: str, day: date) -> bool:
    """`*`, `15`, `1-7`, `1/2`, `L` the last, `LW` the last and `3W` the nearest day of Monday to Friday."""
    length = calendar.monthrange(day.year, day.month)[1]
    if part == "L":
        return day.day == length
    if part.endswith("W"):
        return day == _working_day(day.replace(day=length if part == "LW" else min(int(part[:-1]), length)))
    return day.day in _part(part, 1, 31, {})


def _working_day(day: date) -> date:
    """The nearest one of the same month."""
    step = {5: -1, 6: 1}.get(day.weekday(), 0)
    near = day + timedelta(days=step)
    return near if near.month == day.month else day - timedelta(days=step * 2)


def _is_weekday(part: str, day: date) -> bool:
    """`*`, `2`, `MON-FRI`, `3#2` the second Tuesday, `6L` the last Friday, `L` Saturday."""
    own = day.isoweekday() % 7 + 1
    if "#" in part:
        which, _, nth = part.partition("#")
        return own == _number(which, _DAYS) and (day.day - 1) // 7 + 1 == int(nth)
    if part == "L":
        return own == 7
    if part.endswith("L"):
        last = calendar.monthrange(day.year, day.month)[1]
        return own == _number(part[:-1], _DAYS) and day.day > last - 7
    return own in _part(part, 1, 7, _DAYS)
