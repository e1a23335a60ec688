"""What waits to be read, in a lane for each quota: how many workers a lane gets follows from its tokens.

A lane gets another worker as long as its quota has calls to spare, and none while one already waits for
a token. So a slow service takes as many workers as its quota is worth, however long its answers take,
and a small quota (two calls a second) never holds them all.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from forensics.collect.outcome import Source
from forensics.collect.pacing import DATAPOINTS, Bucket
from forensics.collect.windows import Window

__all__ = ["ALSO_ASKED", "ENTRY_S", "Lanes"]

# What reading a source of the one operation asks besides: traces by id are where the time goes.
ALSO_ASKED = {
    "GetTraceSummaries": ("BatchGetTraces",),
    "GetMetricData": (DATAPOINTS,),
    "stepfunctions.GetExecutionHistory": ("stepfunctions.ListExecutions",),
}

# Of these AWS does one at a time for an account: another worker would only wait.
_ONE_AT_A_TIME = {"CreateExportTask"}

# Until a worker has asked for its first page, its tokens still look unused.
ENTRY_S = 0.02


@dataclass(slots=True)
class _Lane:
    buckets: tuple[Bucket, ...]
    is_single: bool = False
    heap: list[tuple[int, int, int, Source, Window]] = field(default_factory=list)
    busy: int = 0
    entered_at: float = float("-inf")

    def is_open(self, now: float) -> bool:
        if not self.busy:
            return True
        return (
            not self.is_single
            and now - self.entered_at >= ENTRY_S
            and all(bucket.spare() > -1.0 for bucket in self.buckets)
        )


class Lanes:
    """Windows by priority of their source and then in order of time, of the lanes that are open.

    Not safe to share between threads: `Workers` has the lock.
    """

    def __init__(
        self,
        buckets_of: Callable[[Source], tuple[Bucket, ...]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._buckets_of = buckets_of
        self._clock = clock
        self._lanes: dict[tuple[Bucket, ...], _Lane] = {}
        self._number = 0

    def __len__(self) -> int:
        return sum(len(lane.heap) for lane in self._lanes.values())

    def push(self, source: Source, window: Window) -> None:
        self._number += 1
        heapq.heappush(self._lane(source).heap, (source.priority, window.start, self._number, source, window))

    def pop(self) -> tuple[Source, Window] | None:
        """The next window of an open lane, until `leave` by one worker more; None where none is open."""
        now = self._clock()
        waiting = [lane for lane in self._lanes.values() if lane.heap and lane.is_open(now)]
        if not waiting:
            return None
        lane = min(waiting, key=lambda lane: lane.heap[0][:3])
        lane.busy, lane.entered_at = lane.busy + 1, now
        *_, source, window = heapq.heappop(lane.heap)
        return source, window

    def leave(self, source: Source) -> None:
        """A worker is through with what it popped."""
        self._lane(source).busy -= 1

    def drop(self, source: Source | None = None) -> list[tuple[Source, Window]]:
        """Take back what is still to be read, of one source or of all; returns it."""
        dropped: list[tuple[Source, Window]] = []
        for lane in self._lanes.values():
            dropped += [entry[3:] for entry in lane.heap if source in (None, entry[3])]
            lane.heap = [entry for entry in lane.heap if source not in (None, entry[3])]
            heapq.heapify(lane.heap)
        return dropped

    def _lane(self, source: Source) -> _Lane:
        buckets = self._buckets_of(source)
        if buckets not in self._lanes:
            self._lanes[buckets] = _Lane(buckets, source.key.operation in _ONE_AT_A_TIME)
        return self._lanes[buckets]
