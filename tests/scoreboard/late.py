"""Faults of time, put into healthy traces: what a node does takes longer, or comes later.

Time is added where it is spent, and everything that comes after it in the trace comes later; every caller
that waits takes longer, and its own time stays what it was. Nothing here knows a system: nodes, operations
and lines are taken as they come.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from told import Row, Stretch, Trace, work_of

Fault = Callable[[Stretch, str, Random], bool]
_MS = 1_000


def wait(trace: Trace, of: str, at: int, us: int) -> None:
    """Let `us` pass at `at`, within the invocation or on the way to it: what comes later comes later, and
    who waits for it waits longer."""
    waiting = set(trace.above(of)) | {of}
    for name, row in trace.invocations.items():
        if row["started_at"] >= at:
            row["started_at"] += us
        elif name in waiting:
            row["duration_us"] = max(0, row["duration_us"] + us) if row["duration_us"] is not None else None
    for step in trace.steps:
        if step["occurred_at"] >= at:
            step["occurred_at"] += us


def stall(trace: Trace, row: Row, us: int, chance: Random) -> None:
    """A pause in an invocation's own work."""
    steps = trace.steps_of(row)
    at = chance.choice([s["occurred_at"] for s in steps if s["sort"] != "call"] or [row["started_at"]])
    wait(trace, row["invocation"], max(at, row["started_at"] + 1), us)
    row["own_us"] += us


def delay(trace: Trace, row: Row, us: int) -> None:
    """Time on the way to an invocation."""
    if row["gap_us"] is not None and row["caller"] in trace.invocations:
        wait(trace, row["caller"], row["started_at"], us)
        row["gap_us"] += us


def delayed(ms: float) -> Fault:
    """Every request to the node comes later, by 10 % more or less."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = [(t, row) for t, row in work_of(traces, node) if row["gap_us"] is not None]
        for trace, row in places:
            delay(trace, row, _about(ms, chance))
        return bool(places)

    return fault


def cut_off(ms: float, *, with_stores: bool = False) -> Fault:
    """Whatever the node sends comes later: its answers, its own calls, and what it asks of stores that
    record nothing, once or several times in an invocation."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        asks = chance.choice((1, 2, 3)) if with_stores else 0
        for trace, row in _exchanges(traces, node):
            delay(trace, row, _about(ms, chance))
        for trace, row in work_of(traces, node):
            for _ in range(asks):
                stall(trace, row, _about(ms, chance), chance)
        return bool(work_of(traces, node))

    return fault


def lossy(share: float, again_ms: float = 200) -> Fault:
    """Packets from and to the node are lost: each is sent again when its time is out, which doubles."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = _exchanges(traces, node)
        for trace, row in places:
            times = 0
            while chance.random() < share:
                times += 1
            delay(trace, row, round(again_ms * _MS * (2**times - 1)))
        return any(row["node"] == node for _, row in places)

    return fault


def _exchanges(traces: Stretch, node: str) -> list[tuple[Trace, Row]]:
    """Calls to the node and of the node."""
    return [
        (trace, row)
        for trace in traces
        for row in list(trace.invocations.values())
        if row["gap_us"] is not None and node in (row["node"], row["caller_node"])
    ]


def _about(ms: float, chance: Random) -> int:
    return round(ms * _MS * chance.uniform(0.9, 1.1))


def stalled(share: float, ms: float, spread: float = 0.8) -> Fault:
    """A share of invocations pause, lognormal in length; one pause in four falls before the work begins."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        hit = False
        for trace, row in work_of(traces, node):
            if chance.random() < share:
                us = round(ms * _MS * math.exp(chance.gauss(0, spread)))
                if chance.random() < 0.25 and row["gap_us"] is not None:
                    delay(trace, row, us)
                else:
                    stall(trace, row, us, chance)
                hit = True
        return hit

    return fault


def throttled(quota: float, period_ms: float = 100) -> Fault:
    """As a limit on CPU that neighbours use up does it: work stands still until the next period begins.

    Of each period the share `quota` is left to work in; work that does not fit waits for the next.
    """

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = work_of(traces, node)
        for trace, row in places:
            left = row["own_us"] / _MS
            at = chance.random() * period_ms
            while left > 0:
                if at < quota * period_ms:
                    took = min(left, quota * period_ms - at)
                    left, at = left - took, at + took
                else:
                    stall(trace, row, round((period_ms - at) * _MS), chance)
                    at = 0.0
        return bool(places)

    return fault


def slowed(factor: float) -> Fault:
    """Own work takes so many times as long."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = work_of(traces, node)
        for trace, row in places:
            more = round(row["own_us"] * (factor * math.exp(chance.gauss(0, 0.1)) - 1))
            pieces = 3
            for _ in range(pieces):
                stall(trace, row, max(0, more // pieces), chance)
        return bool(places)

    return fault


def contended(wait_ms: float, *, share: float = 0.5, factor: float = 1.3) -> Fault:
    """As neighbours on the same processors do it: own work takes longer, and who wakes up may have to wait
    in the queue: when a request arrives, when an answer is there, and in between."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        def queued() -> int:
            return round(chance.expovariate(1 / (wait_ms * _MS))) if chance.random() < share else 0

        for trace, row in _exchanges(traces, node):
            delay(trace, row, queued())
        places = work_of(traces, node)
        for trace, row in places:
            more = round(row["own_us"] * (factor * math.exp(chance.gauss(0, 0.2)) - 1))
            for us in (max(0, more), *(queued() for _ in range(1 + len(trace.steps_of(row)) // 6))):
                stall(trace, row, us, chance)
        return bool(places)

    return fault


def pausing(every_s: float, ms: float) -> Fault:
    """As a collector of garbage does that finds too little: now and then everything stands still, and whoever
    is there or arrives waits until it is over."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = work_of(traces, node)
        if not places:
            return False
        at, last = min(r["started_at"] for _, r in places), max(r["started_at"] for _, r in places)
        pauses = []
        while at < last:
            at += round(chance.expovariate(1 / every_s) * 1_000_000)
            pauses.append((at, at + round(ms * _MS * chance.uniform(0.5, 1.5))))
        for trace, row in places:
            _paused(trace, row, pauses, chance)
        return True

    return fault


def _paused(trace: Trace, row: Row, pauses: list[tuple[int, int]], chance: Random) -> None:
    starts_at, ends_at = row["started_at"], row["started_at"] + (row["duration_us"] or 0)
    for begins, over in pauses:
        if begins <= starts_at < over and row["gap_us"] is not None:
            delay(trace, row, over - starts_at)
        elif starts_at < over and begins < ends_at:
            stall(trace, row, over - max(begins, starts_at), chance)
