"""Lambda's metrics (Lambda developer guide, "Using CloudWatch metrics with Lambda").

An invocation counts in the minute in which it began, errors and durations too. Throttled requests are
neither invocations nor errors. What a function answers without throwing is no error.
"""

from __future__ import annotations

from collections.abc import Callable

from forensics.demo.scenario import STREAM, TABLE, Node, Scenario
from forensics.demo.story import Call, Happening, Invocation, Micros
from forensics.demo.telemetry.metrics.collector import Collector
from forensics.demo.telemetry.metrics.sheet import MINUTE, Dimensions, Sheet

LAMBDA = "AWS/Lambda"
_NO_ERRORS = frozenset({"answered", "partial", "lost", "slow"})
# Answers of a function's URL come from the gateway in front of it.
Arrived = Callable[[Micros], None]


class Minute:
    """What began in one minute; all times in microseconds."""

    __slots__ = (
        "ages",
        "dropped",
        "durations",
        "ends",
        "errors",
        "iterator",
        "looped",
        "received",
        "starts",
        "throttles",
    )

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.durations: list[int] = []
        self.errors = self.throttles = self.received = self.dropped = self.looped = 0
        self.ages: list[int] = []  # of asynchronous events when they are taken
        self.iterator: list[int] = []  # of the last record of a batch


class Running:
    """How many run at the same time, minute after minute."""

    def __init__(self) -> None:
        self._ends: list[int] = []

    def at_each(self, starts: list[int], ends: list[int]) -> list[int]:
        """How many ran when each of them began, itself included; sorts `starts`."""
        starts.sort()
        number, self._ends = len(self._ends), [*self._ends, *ends]
        ends = self._ends
        ends.sort()
        counts, gone, last = [], 0, len(ends)
        for start in starts:
            number += 1
            while gone < last and ends[gone] <= start:
                gone += 1
            counts.append(number - gone)
        del ends[:gone]
        return counts


class FunctionMetrics(Collector[Minute]):
    """Of one function, or of one version of it: whatever has these dimensions."""

    def __init__(self, node: Node, dimensions: Dimensions, last_resort: Arrived | None = None) -> None:
        super().__init__(Minute)
        self._node = node
        self._dimensions = dimensions
        self._last_resort = last_resort
        self._running = Running()
        # The last minute as it was written, for the sums of the whole account.
        self.last: Minute | None = None

    def invoked(self, made: Invocation) -> None:
        begun = made.started - made.init
        # `at`, written out: this is where the time goes.
        minute = begun // MINUTE
        bucket = self._open.get(minute)
        if bucket is None:
            bucket = self._open[minute] = Minute()
        bucket.starts.append(begun)
        bucket.ends.append(made.released)
        bucket.durations.append(made.duration)
        if made.failure is not None:
            self._failed(bucket, made)
        if made.asynchronous:
            bucket.ages.append(begun - made.accepted)
        elif made.messages:
            last = made.messages[-1].message
            if last.source.kind in (STREAM, TABLE):
                bucket.iterator.append(begun - last.sent)

    def _failed(self, bucket: Minute, made: Invocation) -> None:
        assert made.failure is not None
        if made.failure.kind not in _NO_ERRORS:
            bucket.errors += 1
        if made.asynchronous and made.attempt > self._node.event_retries:
            self.at(made.released).dropped += 1
            if self._last_resort:
                self._last_resort(made.released)

    def called(self, caller: Invocation, call: Call) -> None:
        if call.spec.asynchronous and call.failure is None:
            self.at(call.ended or call.started).received += 1

    def arrived(self, at: Micros) -> None:
        self.at(at).received += 1

    def looped(self, at: Micros) -> None:
        self.at(at).looped += 1

    def happened(self, happening: Happening) -> None:
        """Without a reason it was not a limit that stopped it."""
        if happening.kind == "throttled" and happening.details.get("reason"):
            self.at(happening.at).throttles += 1

    def write(self, sheet: Sheet) -> None:
        self.last = bucket = self.over(sheet.number)
        if bucket is None:
            return
        number, about = len(bucket.starts), self._dimensions
        if number:
            sheet.count(LAMBDA, "Invocations", about, number)
            sheet.hits(LAMBDA, "Errors", about, bucket.errors, number)
            sheet.times(LAMBDA, "Duration", about, bucket.durations)
            concurrent = self._running.at_each(bucket.starts, bucket.ends)
            sheet.gauges(LAMBDA, "ConcurrentExecutions", about, concurrent)
        if number or bucket.throttles:
            tried = number + bucket.throttles
            sheet.hits(LAMBDA, "Throttles", about, bucket.throttles, tried)
        self._write_events(sheet, bucket)

    def _write_events(self, sheet: Sheet, bucket: Minute) -> None:
        about = self._dimensions
        if bucket.received:
            sheet.count(LAMBDA, "AsyncEventsReceived", about, bucket.received)
        if bucket.ages:
            sheet.times(LAMBDA, "AsyncEventAge", about, bucket.ages)
        if bucket.dropped:
            sheet.count(LAMBDA, "AsyncEventsDropped", about, bucket.dropped)
        if bucket.iterator:
            sheet.times(LAMBDA, "IteratorAge", about, bucket.iterator)
        if bucket.looped:
            sheet.count(LAMBDA, "RecursiveInvocationsDropped", about, bucket.looped)


class VersionedMetrics(FunctionMetrics):
    """Behind an alias: once more for the alias, and for each version that it leads to.

    Without an alias callers name the version itself, and it is the resource.
    """

    def __init__(self, node: Node, dimensions: Dimensions, last_resort: Arrived | None = None) -> None:
        super().__init__(node, dimensions, last_resort)
        resource = f"{node.name}:{node.alias}"
        self._alias = FunctionMetrics(node, dimensions | {"Resource": resource}) if node.alias else None
        self._versions: dict[str, FunctionMetrics] = {}

    def invoked(self, made: Invocation) -> None:
        super().invoked(made)
        if self._alias:
            self._alias.invoked(made)
        self._version(made.version).invoked(made)

    def _version(self, version: str) -> FunctionMetrics:
        if version not in self._versions:
            name, alias = self._node.name, self._node.alias
            resource = f"{name}:{alias or version}"
            about = self._dimensions | {"Resource": resource}
            self._versions[version] = FunctionMetrics(
                self._node, about | {"ExecutedVersion": version} if alias else about
            )
        return self._versions[version]

    def write(self, sheet: Sheet) -> None:
        super().write(sheet)
        parts = [part for _, part in sorted(self._versions.items())]
        for part in [self._alias, *parts] if self._alias else parts:
            part.write(sheet)


class AccountMetrics(Collector[Minute]):
    """The same without dimensions, of all functions; to be written after them."""

    def __init__(self, account: Scenario, functions: dict[str, FunctionMetrics]) -> None:
        super().__init__(Minute)
        reserved = {node.name: node.reserved_concurrency for node in account.nodes}
        self._all = list(functions.values())
        self._free = [made for name, made in functions.items() if reserved[name] is None]
        self._reserved = sum(reserved[name] or 0 for name in functions)
        self._running, self._running_free = Running(), Running()

    def write(self, sheet: Sheet) -> None:
        minutes = [made.last for made in self._all if made.last]
        number = sum(len(minute.starts) for minute in minutes)
        throttles = sum(minute.throttles for minute in minutes)
        if number:
            sheet.count(LAMBDA, "Invocations", {}, number)
            sheet.hits(LAMBDA, "Errors", {}, sum(minute.errors for minute in minutes), number)
            sheet.gauges(LAMBDA, "ConcurrentExecutions", {}, _together(self._running, minutes))
        if number or throttles:
            sheet.hits(LAMBDA, "Throttles", {}, throttles, number + throttles)
        self._write_free(sheet)

    def _write_free(self, sheet: Sheet) -> None:
        """What is left for functions without a share of their own."""
        counts = _together(self._running_free, [made.last for made in self._free if made.last])
        if counts:
            sheet.gauges(LAMBDA, "UnreservedConcurrentExecutions", {}, counts)
            claimed = [count + self._reserved for count in counts]
            sheet.gauges(LAMBDA, "ClaimedAccountConcurrency", {}, claimed)


def _together(running: Running, minutes: list[Minute]) -> list[int]:
    starts = [start for minute in minutes for start in minute.starts]
    return running.at_each(starts, [end for minute in minutes for end in minute.ends])
