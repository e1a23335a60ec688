"""How fast to ask: a token bucket per (account, region, quota).

A bucket starts at the quota times the share that was asked for: the account's own where Service Quotas
told it, else the published one. It goes down when the service throttles and slowly up again. Where AWS
publishes no figure it may also go above its start.
"""

from __future__ import annotations

import threading
import time
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

__all__ = ["DATAPOINTS", "Bucket", "Pacer", "quota_of", "start_rate"]

# A quota beside the one of calls, in `quotas.toml` as an operation's.
DATAPOINTS = "GetMetricData datapoints"

_UNPUBLISHED_HEADROOM = 8.0
_HELD_S = 0.9
_CUT = 0.7
_FLOOR = 0.1
_CUT_EVERY_S = 1.0
_RECOVERY_PER_S = 0.03  # of the ceiling: from the floor back to the top in half a minute


@cache
def _quotas() -> dict[str, dict[str, float]]:
    return tomllib.loads(resources.files("forensics.collect").joinpath("quotas.toml").read_text("utf-8"))


def quota_of(operation: str) -> str:
    """The quota that a call counts against: the operation's own, else the one that its service's share."""
    service = operation.partition(".")[0]
    return operation if operation in _quotas() or service not in _quotas() else service


def start_rate(operation: str, region: str) -> tuple[float, bool]:
    """Calls per second that AWS allows, and whether it publishes that figure (`quotas.toml`)."""
    quota = _quotas().get(quota_of(operation), {"default": 5.0, "published": False})
    return float(quota.get(region, quota["default"])), bool(quota.get("published", True))


class Bucket:
    """Tokens for one operation; `take` waits for one. Safe to share between threads.

    It holds at most nine tenths of a second's worth, so a pause does not end in a burst that is throttled:
    what the service's own bucket has left over then takes up how unevenly calls arrive there.
    """

    def __init__(
        self, rate: float, ceiling: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rate = rate
        self._start = rate
        self._ceiling = rate if ceiling is None else ceiling
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = self._most
        self._filled_at = self._cut_at = self._raised_at = clock()

    @property
    def _most(self) -> float:
        return max(1.0, self.rate * _HELD_S)

    def reserve(self, amount: float = 1.0) -> float:
        """Take tokens, from the future if need be; returns the seconds to wait for them."""
        with self._lock:
            now = self._clock()
            earned = (now - self._filled_at) * self.rate
            self._tokens = min(self._most, self._tokens + earned) - amount
            self._filled_at = now
            return max(0.0, -self._tokens / self.rate)

    def spare(self) -> float:
        """Tokens that nobody has taken; less than nothing by as many as are waited for."""
        with self._lock:
            earned = (self._clock() - self._filled_at) * self.rate
            return min(self._most, self._tokens + earned)

    def take(self, wait: Callable[[float], object], amount: float = 1.0) -> None:
        """Take tokens and wait for them with `wait(seconds)`."""
        delay = self.reserve(amount)
        if delay > 0:
            wait(delay)

    def throttled(self) -> None:
        """The service refused a call. Refusals of one moment count once: they have one cause."""
        with self._lock:
            now = self._clock()
            if now - self._cut_at >= _CUT_EVERY_S:
                self.rate = max(self._start * _FLOOR, self.rate * _CUT)
                self._cut_at = self._raised_at = now
                self._tokens = min(self._tokens, 0.0)

    def answered(self) -> None:
        """The service took a call: the rate creeps up, by time and not by the number of calls."""
        with self._lock:
            now = self._clock()
            if self.rate < self._ceiling:
                step = self._start * _RECOVERY_PER_S * (now - self._raised_at)
                self.rate = min(self._ceiling, self.rate + step)
            self._raised_at = now


class Pacer:
    """The buckets of one run. `share` is the part of each quota that may be used; more than 1 is
    for endpoints that have no quota. `idle`: workers that have nothing to read at this moment."""

    def __init__(self, share: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.idle = 0
        self._share = share
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self._told: dict[tuple[str, str, str], float] = {}

    def learn(self, account: str, region: str, quotas: Mapping[str, float]) -> None:
        """Quotas of this account, in calls per second by operation, for buckets that are still to be made."""
        with self._lock:
            self._told.update({(account, region, operation): rate for operation, rate in quotas.items()})

    def bucket(self, account: str, region: str, operation: str) -> Bucket:
        with self._lock:
            key = (account, region, quota_of(operation))
            if key not in self._buckets:
                told = self._told.get(key)
                quota, published = start_rate(operation, region) if told is None else (told, True)
                rate = quota * self._share
                ceiling = rate if published else rate * _UNPUBLISHED_HEADROOM
                self._buckets[key] = Bucket(rate, ceiling, self._clock)
            return self._buckets[key]
