"""What every collector of metrics is: told of what happens to a node, asked for minutes that are over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from forensics.demo.story import Call, Deliver, Happening, Invocation, Micros
from forensics.demo.telemetry.metrics.sheet import MINUTE, Sheet

Bucket = TypeVar("Bucket")


class Collector(Generic[Bucket]):
    """Holds one bucket per minute that is not over yet."""

    def __init__(self, new: Callable[[], Bucket]) -> None:
        self._new = new
        self._open: dict[int, Bucket] = {}

    def at(self, moment: Micros) -> Bucket:
        """The bucket of the minute in which that moment lies."""
        minute = moment // MINUTE
        bucket = self._open.get(minute)
        if bucket is None:
            bucket = self._open[minute] = self._new()
        return bucket

    def over(self, minute: int) -> Bucket | None:
        """The bucket of a minute to which nothing will be added; None where nothing happened."""
        return self._open.pop(minute, None)

    def minutes(self) -> list[int]:
        """Those with something in them, in no order."""
        return list(self._open)

    # What may be told of a node: an invocation of it, a call to it, a delivery by it or to it, and
    # what happens to it by itself. A collector says what it wants to hear by overriding.

    def invoked(self, made: Invocation) -> None: ...

    def called(self, caller: Invocation, call: Call) -> None: ...

    def delivered(self, deliver: Deliver) -> None: ...

    def arrived(self, at: Micros) -> None:
        """A message that no call sent: a fan-out, a destination."""

    def happened(self, happening: Happening) -> None: ...

    def write(self, sheet: Sheet) -> None:
        raise NotImplementedError
