"""Workers by lane, on a clock that the test moves: as many as a quota is worth, whatever the delay."""

import heapq
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from forensics.collect.lanes import ENTRY_S, Lanes
from forensics.collect.outcome import SourceKey
from forensics.collect.pacing import Bucket
from forensics.collect.windows import Window

STEP_S = 0.03  # how often a worker that found no open lane looks again
PAGES = 12


@dataclass(eq=False)
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(eq=False)
class Queue:
    """A source of endless windows of twelve pages."""

    key: SourceKey
    priority: int = 9


def simulated(
    rate: float, delay: float, workers: int, seconds: float, windows: int = 10**6
) -> dict[str, Any]:
    """Workers that read one lane: calls answered a second after the first two, and most workers at once."""
    clock = Clock()
    bucket = Bucket(rate, clock=clock)
    lanes, source = Lanes(lambda _: (bucket,), clock), Queue(SourceKey("1", "r", "FilterLogEvents", "g", ""))
    for number in range(int(min(windows, rate * seconds / PAGES + workers + 1))):
        lanes.push(source, Window(number, number + 1))  # type: ignore[arg-type]
    turn, busy, most, answers = count(), 0, 0, []
    events: list[tuple[float, int, int]] = [(0.0, next(turn), 0) for _ in range(workers)]
    heapq.heapify(events)
    while events and events[0][0] < seconds:
        clock.now, _, pages = heapq.heappop(events)
        if pages == 0 and lanes.pop() is None:
            heapq.heappush(events, (clock.now + STEP_S, next(turn), 0))
            continue
        busy += pages == 0
        most = max(most, busy)
        answered = clock.now + bucket.reserve() + delay
        answers.append(answered)
        if pages + 1 == PAGES:
            busy -= 1
            lanes.leave(source)  # type: ignore[arg-type]
        heapq.heappush(events, (answered, next(turn), (pages + 1) % PAGES))
    steady = [t for t in answers if 2 + delay <= t < seconds]
    return {"rate": len(steady) / (seconds - 2 - delay), "workers": most}


@pytest.mark.parametrize("delay", [0.02, 0.4, 2.0])
@pytest.mark.parametrize("rate", [2.5, 5.0, 12.5])
def test_a_share_is_used_whatever_the_delay(rate: float, delay: float) -> None:
    found = simulated(rate, delay, workers=32, seconds=120)
    assert 0.95 * rate <= found["rate"] <= 1.02 * rate
    assert found["workers"] <= rate * (1 + delay) + 3  # what is saved up is used at once, and no more


def test_a_small_quota_does_not_hold_all_workers() -> None:
    clock = Clock()
    slow, fast = Bucket(1.0, clock=clock), Bucket(10.0, clock=clock)
    lanes = Lanes(lambda source: (slow,) if source.key.operation == "LookupEvents" else (fast,), clock)
    first = Queue(SourceKey("1", "r", "LookupEvents", "", ""), priority=1)
    later = Queue(SourceKey("1", "r", "FilterLogEvents", "g", ""))
    for number in range(50):
        lanes.push(first, Window(number, number + 1))  # type: ignore[arg-type]
        lanes.push(later, Window(number, number + 1))  # type: ignore[arg-type]
    taken = []
    while (popped := lanes.pop()) is not None:
        (slow if popped[0] is first else fast).reserve()
        taken.append(popped[0])
        clock.now += 2 * ENTRY_S
    assert taken[0] is first
    assert 2 <= taken.count(first) <= 3  # type: ignore[arg-type]
    assert taken.count(later) > 9  # type: ignore[arg-type]


def test_no_worker_enters_for_a_quota_that_is_free_while_the_other_is_waited_for() -> None:
    """Summaries of traces are few calls, the traces themselves many."""
    clock = Clock()
    summaries, traces = Bucket(5.0, clock=clock), Bucket(2.0, clock=clock)
    lanes, source = Lanes(lambda _: (summaries, traces), clock), Queue(SourceKey("1", "r", "x", "", ""))
    for number in range(50):
        lanes.push(source, Window(number, number + 1))  # type: ignore[arg-type]
    entered = 0
    while lanes.pop() is not None:
        entered += 1
        traces.reserve()
        clock.now += 2 * ENTRY_S
    assert 3 <= entered <= 4


def test_what_is_dropped_is_not_read() -> None:
    bucket, source = Bucket(1.0), Queue(SourceKey("1", "r", "FilterLogEvents", "g", ""))
    lanes = Lanes(lambda _: (bucket,))
    lanes.push(source, Window(0, 1))  # type: ignore[arg-type]
    assert lanes.drop(source) == [(source, Window(0, 1))]  # type: ignore[arg-type]
    assert not len(lanes)
    assert lanes.pop() is None
