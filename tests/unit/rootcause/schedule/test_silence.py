"""Who should have run and did not: by the clock, by habit, and who only had nothing to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

import pytest

from forensics.model import Node
from forensics.rootcause.schedule.expression import parse
from forensics.rootcause.schedule.runs import Clock, Course, Span
from forensics.rootcause.schedule.silence import Silence, silences_in

MONDAY = datetime(2026, 10, 12, 8)


def minutes(*numbers: float) -> list[datetime]:
    return [MONDAY + timedelta(minutes=n) for n in numbers]


def clock(expression: str, zone: str = "UTC", **given: object) -> Clock:
    when = parse(expression, zone)
    assert when is not None
    known = {"is_enabled": True, "window": timedelta(0), "starts_at": None, "ends_at": None} | given
    return Clock(Node("s", "AWS::Scheduler::Schedule"), "s", expression, when, **known)  # type: ignore[arg-type]


def course(
    starts: Iterable[datetime],
    *clocks: Clock,
    until: datetime,
    read: tuple[Span, ...] = (),
    holes: tuple[Span, ...] = (),
    counted: tuple[Span, ...] = (),
    quiet: tuple[Span, ...] = (),
) -> Course:
    runs = tuple((at, f"i{n}") for n, at in enumerate(sorted(starts)))
    return Course(Node("fn", ""), runs, clocks, read, holes, counted, quiet, until)


def only(found: Course) -> Silence:
    (silence,) = silences_in(found)
    return silence


FIVE = clock("rate(5 minutes)")
STOPPED = minutes(0, 5, 10, 15.2, 20, 25)


def test_a_schedule_that_stops_is_found_with_what_it_missed() -> None:
    silence = only(course(STOPPED, FIVE, until=MONDAY + timedelta(minutes=46)))
    assert (silence.times, silence.before, silence.is_over) == (3, 6, False)
    assert silence.missed == tuple(minutes(30, 40))


def test_a_silence_in_the_middle_ends_with_the_next_run() -> None:
    silence = only(course([*STOPPED, *minutes(50, 55)], FIVE, until=MONDAY + timedelta(minutes=57)))
    assert (silence.times, silence.until, silence.is_over) == (4, MONDAY + timedelta(minutes=50), True)


def test_one_missed_run_may_have_been_lost_on_its_way() -> None:
    assert not [*silences_in(course([*STOPPED, *minutes(35, 40)], FIVE, until=minutes(44)[0]))]


@pytest.mark.parametrize("hole", [{"holes": ((minutes(32)[0], minutes(34)[0]),)},
    {"counted": ((minutes(31)[0], minutes(32)[0]),)},
    {"quiet": ((minutes(26)[0], minutes(45)[0]),)},
    {"read": ((MONDAY, minutes(31)[0]),)}])  # fmt: skip
def test_what_the_case_may_not_hold_is_not_missing(hole: dict[str, tuple[Span, ...]]) -> None:
    assert not [*silences_in(course(STOPPED, FIVE, until=minutes(46)[0], **hole))]


def test_a_pull_that_read_its_group_to_the_end_shows_it() -> None:
    read = ((MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=1)),)
    assert (
        only(course(STOPPED, FIVE, until=minutes(46)[0], read=read, quiet=((*minutes(26, 46),),))).times == 3
    )  # type: ignore[arg-type]


def test_runs_that_do_not_follow_the_schedule_say_nothing_about_it() -> None:
    """Every 7.5 minutes: of another target, or only some of the lines."""
    assert not [*silences_in(course(minutes(0, 7.5, 15, 22.5, 30), FIVE, until=minutes(70)[0]))]
    assert not [*silences_in(course(minutes(0, 15, 30, 45), FIVE, until=minutes(70)[0]))]


BUSINESS = clock("cron(0/10 8-17 ? * MON-FRI *)", "Europe/Berlin")


def business(days: int) -> list[datetime]:
    """Every ten minutes from 8 to 18 in Berlin, from Monday on, a few seconds late."""
    opens = [MONDAY.replace(hour=6) + timedelta(days=n) for n in range(days) if n % 7 < 5]
    return [at + timedelta(minutes=10 * n, seconds=3 + n % 20) for at in opens for n in range(60)]


def test_the_end_of_business_hours_is_no_silence() -> None:
    assert not [*silences_in(course(business(1), BUSINESS, until=MONDAY.replace(hour=23)))]


def test_weekends_of_a_schedule_of_weekdays_are_no_silence() -> None:
    assert not [*silences_in(course(business(9), BUSINESS, until=MONDAY + timedelta(days=8, hours=11)))]


def test_a_morning_that_does_not_begin_is_one() -> None:
    silence = only(course(business(2), BUSINESS, until=MONDAY + timedelta(days=2)))
    assert silence.missed[0] == MONDAY.replace(hour=6) + timedelta(days=2)
    assert not silence.is_over


def test_after_its_end_date_a_schedule_misses_nothing() -> None:
    ended = clock("rate(5 minutes)", ends_at=minutes(27)[0])
    assert not [*silences_in(course(STOPPED, ended, until=minutes(46)[0]))]


def test_a_flexible_window_lets_runs_be_late() -> None:
    loose = clock("cron(0/30 * * * ? *)", window=timedelta(minutes=15))
    late = [MONDAY + timedelta(minutes=30 * n + Random(n).uniform(0, 15)) for n in range(8)]
    assert not [*silences_in(course(late, loose, until=MONDAY + timedelta(minutes=30 * 8 + 15)))]
    assert only(course(late, loose, until=MONDAY + timedelta(minutes=30 * 10 + 20))).times == 3


def test_a_habit_needs_pauses_that_are_alike() -> None:
    habit = [MONDAY + timedelta(minutes=7 * n, seconds=n % 3) for n in range(12)]
    silence = only(course(habit, until=MONDAY + timedelta(minutes=120)))
    assert silence.clock is None
    assert (round(silence.every.total_seconds() / 60), silence.before) == (7, 12)
    assert not [*silences_in(course(habit[:8], until=MONDAY + timedelta(minutes=120)))]


def test_runs_of_one_moment_are_no_habit() -> None:
    """Nor are they counted to the end of the records, which may be years away."""
    moment = [MONDAY] * 40 + [MONDAY + timedelta(days=3650)]
    assert not list(silences_in(course(moment, until=MONDAY + timedelta(days=7300))))


def test_years_of_silence_are_counted_up_to_a_bound() -> None:
    silence = only(course(minutes(*range(60)), clock("rate(1 minute)"), until=MONDAY + timedelta(days=3650)))
    assert silence.times == 99_999


def test_requests_of_people_are_no_habit() -> None:
    """At random, and more evenly than people come: one in each pause of the mean length."""
    for seed in range(200):
        rng = Random(seed)
        spread = [MONDAY + timedelta(minutes=6 * (n + rng.random())) for n in range(20)]
        chance = [MONDAY + timedelta(minutes=rng.uniform(0, 120)) for n in range(20)]
        for starts in (spread, chance):
            assert not [*silences_in(course(starts, until=MONDAY + timedelta(hours=4)))]
