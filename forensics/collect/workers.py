"""Threads that read windows, and the queues between them and the writer.

Windows wait by priority of their source and then in order of time over all sources, so that parts
written one after another hold neighbouring times. One finished unit at most waits for the writer, then
workers wait too: memory is bounded by workers times unit, however much there is to pull.
"""

from __future__ import annotations

import heapq
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from forensics.collect.aws import Refused, Stopped
from forensics.collect.outcome import Finished, More, Source
from forensics.collect.windows import Window
from forensics.errors import TemporaryError

__all__ = ["Failed", "Fatal", "Read", "Workers"]


@dataclass(frozen=True, slots=True)
class Read:
    """A window that was read, and where the spool keeps it."""

    source: Source
    window: Window
    finished: Finished
    path: Path


@dataclass(frozen=True, slots=True)
class Failed:
    """A window that cannot be had."""

    source: Source
    window: Window
    error: Refused | TemporaryError


@dataclass(frozen=True, slots=True)
class Fatal:
    """What ends the run: credentials, a full disk, a defect."""

    error: BaseException


class Workers:
    """`count` threads over a heap of windows. `results` yields until all is read or `stop` is set."""

    def __init__(self, count: int, stop: threading.Event, keep: Callable[[Finished], Path]) -> None:
        self._stop = stop
        self._keep = keep
        self._ready = threading.Condition()
        self._heap: list[tuple[int, int, int, Source, Window]] = []
        self._number = 0
        self._open = 0
        self._dead: set[int] = set()
        self._results: queue.Queue[Read | Failed | Fatal] = queue.Queue(maxsize=1)
        self._threads = [
            threading.Thread(target=self._run, name=f"pull-{n}", daemon=True) for n in range(count)
        ]

    def add(self, source: Source, window: Window) -> None:
        with self._ready:
            self._push(source, window)
            self._ready.notify()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def drop(self, source: Source | None = None) -> list[tuple[Source, Window]]:
        """Take back what is still to be read, of one source or of all; returns it."""
        with self._ready:
            dropped = [(s, window) for *_, s, window in self._heap if source is None or s is source]
            self._heap = [entry for entry in self._heap if source is not None and entry[3] is not source]
            heapq.heapify(self._heap)
            self._open -= len(dropped)
            self._ready.notify_all()
            return dropped

    def next(self, timeout: float) -> Read | Failed | Fatal | None:
        """The next result; None where none came in time."""
        try:
            return self._results.get(timeout=timeout)
        except queue.Empty:
            return None

    @property
    def is_through(self) -> bool:
        """Nothing is left to read and every result was taken."""
        with self._ready:
            idle = self._open == 0 or (self._stop.is_set() and not any(t.is_alive() for t in self._threads))
            return idle and self._results.empty()

    def end(self) -> Iterator[Read | Failed | Fatal]:
        """Let the threads go, each after its page; yields what they still had to hand over."""
        if not self.is_through:  # else they go by themselves, and another step may follow
            self._stop.set()
        with self._ready:
            self._ready.notify_all()
        while any(thread.is_alive() for thread in self._threads) or not self._results.empty():
            if (result := self.next(0.02)) is not None:
                yield result

    def _push(self, source: Source, window: Window) -> None:
        self._number += 1
        self._open += 1
        heapq.heappush(self._heap, (source.priority, window.start, self._number, source, window))

    def _run(self) -> None:
        while (task := self._take()) is not None:
            source, window = task
            try:
                self._settle(self._read(source, window))
            except Stopped:
                return

    def _take(self) -> tuple[Source, Window] | None:
        with self._ready:
            while not self._heap:
                if self._stop.is_set() or self._open == 0:
                    return None
                self._ready.wait(0.5)
            if self._stop.is_set():
                return None
            *_, source, window = heapq.heappop(self._heap)
            return source, window

    def _read(self, source: Source, window: Window) -> Read | Failed | Fatal | None:
        try:
            outcome = source.read(window)
            if isinstance(outcome, Finished):
                return Read(source, window, outcome, self._keep(outcome))
        except Stopped:
            raise
        except (Refused, TemporaryError) as error:
            return Failed(source, window, error)
        except BaseException as error:  # it must reach the caller's thread, whatever it is
            return Fatal(error)
        more = outcome.tasks if isinstance(outcome, More) else [(source, p) for p in outcome.pieces]
        with self._ready:
            for task in more:
                self._push(*task)
            self._open -= 1
            self._ready.notify_all()
        return None

    def _settle(self, result: Read | Failed | Fatal | None) -> None:
        if result is None:
            return
        self._results.put(result)
        with self._ready:
            self._open -= 1
            self._ready.notify_all()
