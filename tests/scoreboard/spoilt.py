"""Faults that are put into healthy traces: what happens in one node, and what follows from it above.

Time is added where it is spent, and everything that comes after it in the trace comes later; every caller
that waits takes longer, and its own time stays what it was. Nothing here knows a system: nodes, operations
and lines are taken as they come.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

from told import Row, Stretch, Trace

Fault = Callable[[Stretch, str, Random], bool]
_MS = 1_000


def wait(trace: Trace, of: str, at: int, us: int) -> None:
    """Let `us` pass at `at`, within the invocation or on the way to it: what comes later comes later, and
    who waits for it waits longer."""
    waiting = set(_above(trace, of)) | {of}
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
    steps = _steps(trace, row)
    at = chance.choice([s["occurred_at"] for s in steps if s["sort"] != "call"] or [row["started_at"]])
    wait(trace, row["invocation"], max(at, row["started_at"] + 1), us)
    row["own_us"] += us


def delay(trace: Trace, row: Row, us: int) -> None:
    """Time on the way to an invocation."""
    if row["gap_us"] is not None and row["caller"] in trace.invocations:
        wait(trace, row["caller"], row["started_at"], us)
        row["gap_us"] += us


def _above(trace: Trace, name: str) -> Iterator[str]:
    seen = {name}
    caller = trace.invocations[name]["caller"]
    while caller in trace.invocations and caller not in seen:
        seen.add(caller)
        yield caller
        caller = trace.invocations[caller]["caller"]


def _steps(trace: Trace, row: Row) -> list[Row]:
    return [step for step in trace.steps if step["invocation"] == row["invocation"]]


def _of(traces: Stretch, node: str) -> list[tuple[Trace, Row]]:
    return [
        (trace, row)
        for trace in traces
        for row in list(trace.invocations.values())
        if row["node"] == node and row["own_us"] is not None
    ]


# ---------------------------------------------------------------- time


def delayed(ms: float) -> Fault:
    """Every request to the node comes later, by 10 % more or less."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = [(t, row) for t, row in _of(traces, node) if row["gap_us"] is not None]
        for trace, row in places:
            delay(trace, row, round(ms * _MS * chance.uniform(0.9, 1.1)))
        return bool(places)

    return fault


def cut_off(ms: float) -> Fault:
    """Whatever the node sends comes later: its answers, and its own calls."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = [
            (trace, row)
            for trace in traces
            for row in list(trace.invocations.values())
            if row["gap_us"] is not None and node in (row["node"], row["caller_node"])
        ]
        for trace, row in places:
            delay(trace, row, round(ms * _MS * chance.uniform(0.9, 1.1)))
        return any(row["node"] == node for _, row in places)

    return fault


def stalled(share: float, ms: float, spread: float = 0.8) -> Fault:
    """A share of invocations pause, lognormal in length; one pause in four falls before the work begins."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        hit = False
        for trace, row in _of(traces, node):
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
        places = _of(traces, node)
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
        places = _of(traces, node)
        for trace, row in places:
            more = round(row["own_us"] * (factor * math.exp(chance.gauss(0, 0.1)) - 1))
            pieces = 3
            for _ in range(pieces):
                stall(trace, row, max(0, more // pieces), chance)
        return bool(places)

    return fault


# ---------------------------------------------------------------- behaviour


def _operation(traces: Stretch, node: str, chance: Random) -> list[tuple[Trace, Row]]:
    """The healthy invocations of one of the node's operations, the more frequent the likelier."""
    healthy = [(trace, row) for trace, row in _of(traces, node) if not row["is_failed"]]
    if not healthy:
        return []
    name = chance.choice([row["operation"] for _, row in healthy])
    return [(trace, row) for trace, row in healthy if row["operation"] == name]


def _usual_line(places: list[tuple[Trace, Row]], chance: Random) -> str | None:
    """A line that most invocations of the operation log."""
    counts = Counter(
        s for t, row in places for s in {x["step"] for x in _steps(t, row) if x["sort"] == "line"}
    )
    usual = sorted(step for step, n in counts.items() if n >= 0.6 * len(places))
    return chance.choice(usual) if usual else None


def silent(share: float = 1.0) -> Fault:
    """A line that an operation usually logs is missing."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = _operation(traces, node, chance)
        line = _usual_line(places, chance)
        for trace, row in places if line else ():
            if chance.random() < share:
                trace.steps = [
                    s for s in trace.steps if s["invocation"] != row["invocation"] or s["step"] != line
                ]
        return line is not None

    return fault


def complaining(share: float) -> Fault:
    """An operation logs an error that nobody has seen before, and goes on."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = _operation(traces, node, chance)
        hit = [place for place in places if chance.random() < share]
        for trace, row in hit:
            _say(trace, row, "ERROR <*> could not be read: <*>", chance)
        return bool(hit)

    return fault


def failing(share: float) -> Fault:
    """An operation ends half-way with an error, and so does everyone above."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        hit = [place for place in _operation(traces, node, chance) if chance.random() < share]
        for trace, row in hit:
            if row["invocation"] not in trace.invocations or row["is_failed"]:
                continue
            _break_off(trace, row, chance)
            for name in _above(trace, row["invocation"]):
                _give_up(trace, trace.invocations[name], row["started_at"] + row["duration_us"])
        return bool(hit)

    return fault


def swallowing(share: float) -> Fault:
    """An operation ends half-way, logs an error and answers nothing: its caller does not do what it does
    with an answer, and nobody fails."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        hit = [place for place in _operation(traces, node, chance) if chance.random() < share]
        for trace, row in hit:
            if row["invocation"] in trace.invocations:
                _break_off(trace, row, chance)
                row["is_failed"] = False
                _go_without(trace, row)
        return bool(hit)

    return fault


def returning(share: float) -> Fault:
    """An operation answers something else: one of its usual lines reads otherwise, and its caller goes on
    without what it does with a right answer."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = _operation(traces, node, chance)
        line = _usual_line(places, chance)
        for trace, row in places if line else ():
            if row["invocation"] in trace.invocations and chance.random() < share:
                for step in _steps(trace, row):
                    if step["step"] == line:
                        step["step"] = "INFO <*> nothing found for <*>"
                _go_without(trace, row)
        return line is not None

    return fault


def forgetful(share: float = 1.0) -> Fault:
    """A call that an operation usually makes is not made, and nobody says so."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = _operation(traces, node, chance)
        counts = Counter(
            s for t, row in places for s in {x["step"] for x in _steps(t, row) if x["sort"] == "call"}
        )
        usual = sorted(step for step, n in counts.items() if n >= 0.6 * len(places))
        call = chance.choice(usual) if usual else None
        for trace, row in places if call else ():
            for step in _steps(trace, row) if row["invocation"] in trace.invocations else ():
                if step["step"] == call and chance.random() < share and step in trace.steps:
                    _leave_out(trace, step)
        return call is not None

    return fault


def _say(trace: Trace, row: Row, line: str, chance: Random) -> None:
    steps = _steps(trace, row)
    at = chance.choice([s["occurred_at"] for s in steps] or [row["started_at"]]) + 1
    locator = f"{row['invocation']}-{len(steps)}"
    trace.steps.append(
        {"invocation": row["invocation"], "sort": "line", "step": line, "callee": None, "occurred_at": at,
         "locator": locator}
    )  # fmt: skip


def _break_off(trace: Trace, row: Row, chance: Random) -> None:
    """From some step on nothing more is done but an error logged."""
    steps = sorted(_steps(trace, row), key=lambda s: s["occurred_at"])
    cut = steps[len(steps) // 2]["occurred_at"] if len(steps) > 1 else row["started_at"] + 1
    _give_up(trace, row, cut - 1)
    row["is_failed"], row["is_passed_on"] = True, False
    trace.steps.append(
        {"invocation": row["invocation"], "sort": "line", "step": "ERROR <*> unexpected: <*>", "callee": None,
         "occurred_at": cut, "locator": f"{row['invocation']}-broken"}
    )  # fmt: skip


def _give_up(trace: Trace, row: Row, at: int) -> None:
    """What an invocation would have done after `at` it does not do."""
    row["is_failed"] = row["is_passed_on"] = True
    for step in _steps(trace, row):
        if step["occurred_at"] > at:
            _leave_out(trace, step)
    end = max([at, *(s["occurred_at"] for s in _steps(trace, row))])
    less = max(0, row["started_at"] + row["duration_us"] - end)
    row["duration_us"] -= less
    row["own_us"] = max(0, min(row["own_us"], row["duration_us"])) if row["own_us"] is not None else None


def _go_without(trace: Trace, row: Row) -> None:
    """The caller leaves out the step that it takes after the call, and what that step called."""
    caller = trace.invocations.get(row["caller"] or "")
    if caller is None:
        return
    end = row["started_at"] + row["duration_us"]
    later = sorted(
        (s for s in _steps(trace, caller) if s["occurred_at"] > end), key=lambda s: s["occurred_at"]
    )
    for step in later[:2]:
        _leave_out(trace, step)


def _leave_out(trace: Trace, step: Row) -> None:
    trace.steps.remove(step)
    if step["callee"] in trace.invocations:
        gone = {step["callee"]}
        for name in trace.invocations:
            if gone & set(_above(trace, name)):
                gone.add(name)
        for name in gone:
            del trace.invocations[name]
        trace.steps = [s for s in trace.steps if s["invocation"] not in gone]


FAULTS: dict[str, Fault] = {
    "delay 30 ms": delayed(30),
    "delay 200 ms": delayed(200),
    "sends 100 ms late": cut_off(100),
    "stall 15 %, 100 ms": stalled(0.15, 100),
    "stall 50 %, 30 ms": stalled(0.5, 30),
    "stall 50 %, 100 ms": stalled(0.5, 100),
    "throttled to 30 %": throttled(0.3),
    "throttled to 70 %": throttled(0.7),
    "slower 1.5 times": slowed(1.5),
    "slower 3 times": slowed(3),
    "a line lost": silent(),
    "a call lost": forgetful(),
    "new error line 30 %": complaining(0.3),
    "new error line 100 %": complaining(1.0),
    "fails 20 %": failing(0.2),
    "fails 60 %": failing(0.6),
    "swallows errors": swallowing(0.7),
    "returns otherwise": returning(1.0),
}
