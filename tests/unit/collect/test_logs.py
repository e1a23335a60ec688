"""Reading windows of a log group, against an account that lives in a list."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from forensics.collect.aws import Api
from forensics.collect.logs import LogGroup, LogSource
from forensics.collect.outcome import DONE, OPEN, Finished, Split, parse_name
from forensics.collect.pacing import Pacer
from forensics.collect.pages import LogEvent, Page
from forensics.collect.session import Meter
from forensics.collect.windows import Window

GROUP = LogGroup("/aws/lambda/pay/../../etc", "1", "STANDARD")
NOW = datetime(2026, 10, 5, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


class Clock(Meter):
    def now(self) -> datetime:
        return NOW


class Account:
    """FilterLogEvents over (time, id) pairs: inclusive ends, pages of `size`, an empty one now and then."""

    def __init__(self, events: list[int], size: int) -> None:
        self.events, self.size, self.calls = sorted(events), size, 0
        self.meter = Clock()

    def ask(self, service: str, operation: str, region: str, params: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        inside = [(n, t) for n, t in enumerate(self.events) if params["startTime"] <= t <= params["endTime"]]
        at, empty = map(int, params.get("nextToken", "0 0").split())
        taken = [] if at % 3 == 1 and not empty else inside[at : at + self.size]
        more = at + len(taken) < len(inside)
        token = {"nextToken": f"{at + len(taken)} {0 if taken else 1}"} if more else {}
        events = [LogEvent("s", t, f"m{n}", t, f"id-{n}") for n, t in taken]
        page = Page(None, 100 * len(events))
        return {"events": events, **token, "Page": page, "ResponseMetadata": {"RequestId": "r"}}


def source_of(account: Any, pattern: str = "", settle: timedelta = timedelta(0), idle: int = 0) -> LogSource:
    pacer = Pacer(1e9)
    pacer.idle = idle
    return LogSource(Api(account, "eu-west-1", "1", pacer, threading.Event()), GROUP, pattern, settle)


def read_all(source: LogSource, window: Window) -> list[Finished]:
    outcome = source.read(window)
    if isinstance(outcome, Split):
        assert [outcome.pieces[0].start, outcome.pieces[-1].end] == [*window]
        return [finished for piece in outcome.pieces for finished in read_all(source, piece)]
    return [outcome]


def ids(units: list[Finished]) -> list[str]:
    return [event for unit in units for event in unit.tables["log_event"]["event_id"].to_pylist()]


times = st.lists(st.integers(NOW_MS - 50_000, NOW_MS - 10_000), max_size=300)


@given(times, st.integers(1, 7), st.lists(st.integers(1, 40_000), max_size=4), st.integers(0, 1))
def test_any_split_of_a_window_gives_the_same_events(
    events: list[int], size: int, marks: list[int], idle: int
) -> None:
    """Also while workers stand idle, which windows are then shared with."""
    source = source_of(Account(events, size), idle=idle)
    start, end = NOW_MS - 50_000, NOW_MS - 9_000
    edges = sorted({start, *(start + mark for mark in marks), end})
    units = [u for a, b in pairwise(edges) for u in read_all(source, Window(a, b))]
    assert sorted(ids(units)) == sorted(f"id-{n}" for n in range(len(events)))
    assert all(unit.unit.rows <= 32 * size or _is_one_ms(unit) for unit in units)


def _is_one_ms(finished: Finished) -> bool:
    return parse_name(finished.unit.what)[1].length == 1


def test_a_unit_is_named_for_what_was_asked() -> None:
    source = source_of(Account([], 1), "ERROR")
    (unit,) = read_all(source, Window(5, 9))
    key, window = parse_name(unit.unit.what)
    assert window == (5, 9)
    assert key == ("1", "eu-west-1", "FilterLogEvents", "/aws/lambda/pay/../../etc", "ERROR")


def test_what_is_recent_is_not_final() -> None:
    source = source_of(Account([], 1), settle=timedelta(minutes=15))
    minute = 60_000
    (old,) = read_all(source, Window(NOW_MS - 30 * minute, NOW_MS - 15 * minute))
    (young,) = read_all(source, Window(NOW_MS - 15 * minute, NOW_MS))
    assert (old.unit.state, young.unit.state) == (DONE, OPEN)


def test_a_long_window_is_given_up_after_a_few_pages() -> None:
    account = Account(list(range(NOW_MS - 10_000, NOW_MS)), 10)
    units = read_all(source_of(account), Window(NOW_MS - 10_000, NOW_MS))
    assert len(ids(units)) == 10_000
    assert account.calls < 1_000 * 1.6  # every third page is an empty one


def test_a_page_that_one_moment_filled_says_nothing_of_the_rest() -> None:
    """Cut up for those who stand idle, an hour of bursts would be a thousand windows without events."""
    hour, bursts = 3_600_000, range(9)
    account = Account([NOW_MS - hour + n * hour // 9 for n in bursts for _ in range(12)], 10)
    units = read_all(source_of(account, idle=11), Window(NOW_MS - hour, NOW_MS))
    assert len(ids(units)) == 9 * 12
    assert account.calls < 4 * 9
