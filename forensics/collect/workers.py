"""Threads that read windows, and the queues between them and the writer.

Windows wait in lanes by quota (`lanes`), by priority of their source and then in order of time, so that
parts written one after another hold neighbouring times. One finished unit at most waits for the writer, then
workers wait too: memory is bounded by workers times unit, however much there is to pull.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from forensics.collect.aws import Refused, Stopped
from forensics.collect.lanes import Lanes
from forensics.collect.outcome import Finished, More, Source
from forensics.collect.pacing import Pacer
from forensics.collect.windows import Window
from forensics.errors import TemporaryError

__all__ = ["Failed", "Fatal", "Read", "Workers"]

_LOOK_S = 0.03


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
    """At most `count` threads that read windows, as many as the quotas of these call for."""

    def __init__(
        self, count: int, stop: threading.Event, keep: Callable[[Finished], Path], lanes: Lanes, pacer: Pacer
    ) -> None:
        self._stop = stop
        self._pacer = pacer
        self._keep = keep
        self._ready = threading.Condition()
        self._lanes = lanes
        self._open = 0
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
            dropped = self._lanes.drop(source)
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
        self._open += 1
        self._lanes.push(source, window)

    def _run(self) -> None:
        while (task := self._take()) is not None:
            source, window = task
            try:
                self._settle(self._read(source, window))
            except Stopped:
                return

    def _take(self) -> tuple[Source, Window] | None:
        with self._ready:
            while not self._stop.is_set() and self._open:
                if (task := self._lanes.pop()) is not None:
                    return task
                # Whether a lane is open depends on the clock, where anything waits in it.
                self._pacer.idle += 1
                self._ready.wait(_LOOK_S if len(self._lanes) else 0.5)
                self._pacer.idle -= 1
            return None

    def _read(self, source: Source, window: Window) -> Read | Failed | Fatal | None:
        try:
            return self._outcome(source, window)
        finally:
            with self._ready:
                self._lanes.leave(source)
                self._ready.notify()

    def _outcome(self, source: Source, window: Window) -> Read | Failed | Fatal | None:
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
