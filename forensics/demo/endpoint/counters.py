"""What the endpoint has done so far, for tests and for the curious."""

from __future__ import annotations

from collections import Counter
from time import monotonic, process_time
from typing import Any

__all__ = ["Counters"]


class Counters:
    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()  # by operation
        self.pages: Counter[str] = Counter()  # answered with what was asked for, undamaged
        self.errors: Counter[str] = Counter()  # by code
        self.throttled: Counter[str] = Counter()  # by operation, by quota or hazard
        self.hazards: Counter[str] = Counter()  # by kind
        self.bytes = 0
        self._times: dict[str, tuple[float, float]] = {}

    def request(self, operation: str) -> None:
        now = monotonic()
        self.requests[operation] += 1
        self._times[operation] = (self._times.get(operation, (now, now))[0], now)

    def report(self) -> dict[str, Any]:
        """`seconds`: from the first request of an operation to its last; `cpu_seconds`: of the process."""
        return {
            # Unary plus leaves out what was counted as zero.
            "requests": dict(+self.requests),
            "pages": dict(+self.pages),
            "errors": dict(+self.errors),
            "throttled": dict(+self.throttled),
            "hazards": dict(+self.hazards),
            "bytes": self.bytes,
            "cpu_seconds": process_time(),
            "seconds": {name: last - first for name, (first, last) in self._times.items()},
        }
