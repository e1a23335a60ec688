"""Faults of behaviour, put into healthy traces, and the list of all faults.

What happens in one node, and what follows from it above. Nothing here knows a system: nodes, operations and
lines are taken as they come.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from late import Fault, contended, cut_off, delayed, lossy, pausing, slowed, stalled, throttled
from told import Row, Stretch, Trace, work_of


def _operation(traces: Stretch, node: str, chance: Random) -> list[tuple[Trace, Row]]:
    """The healthy invocations of one of the node's operations, the more frequent the likelier."""
    healthy = [(trace, row) for trace, row in work_of(traces, node) if not row["is_failed"]]
    if not healthy:
        return []
    name = chance.choice([row["operation"] for _, row in healthy])
    return [(trace, row) for trace, row in healthy if row["operation"] == name]


def _usual_line(places: list[tuple[Trace, Row]], chance: Random) -> str | None:
    """A line that most invocations of the operation log."""
    counts = Counter(
        s for t, row in places for s in {x["step"] for x in t.steps_of(row) if x["sort"] == "line"}
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
            for name in trace.above(row["invocation"]):
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


def returning(share: float, *, complains: bool = False) -> Fault:
    """An operation answers something else: one of its usual lines reads otherwise, and its caller goes on
    without what it does with a right answer, or says that it is wrong."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = _operation(traces, node, chance)
        line = _usual_line(places, chance)
        for trace, row in places if line else ():
            if row["invocation"] in trace.invocations and chance.random() < share:
                for step in trace.steps_of(row):
                    if step["step"] == line:
                        step["step"] = "INFO <*> nothing found for <*>"
                if complains and row["caller"] in trace.invocations:
                    _say(trace, trace.invocations[row["caller"]], "ERROR no <*> for <*>", chance)
                _go_without(trace, row)
        return line is not None

    return fault


def returning_early(share: float) -> Fault:
    """An operation ends half-way and says nothing, and its caller goes on without an answer."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        hit = [place for place in _operation(traces, node, chance) if chance.random() < share]
        for trace, row in hit:
            if row["invocation"] in trace.invocations and (at := _half_way(trace, row)):
                _give_up(trace, row, at - 1)
                row["is_failed"] = row["is_passed_on"] = False
                _go_without(trace, row)
        return bool(hit)

    return fault


def misleading(share: float) -> Fault:
    """An operation logs an error and answers nothing as if all were well; its caller fails over it."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        hit = [place for place in _operation(traces, node, chance) if chance.random() < share]
        for trace, row in hit:
            caller = trace.invocations.get(row["caller"] or "")
            if row["invocation"] not in trace.invocations or caller is None or caller["is_failed"]:
                continue
            _break_off(trace, row, chance)
            row["is_failed"] = False
            ended_at = row["started_at"] + row["duration_us"]
            for name in (caller["invocation"], *trace.above(caller["invocation"])):
                _give_up(trace, trace.invocations[name], ended_at)
            caller["is_passed_on"] = False
            _say(trace, caller, "ERROR <*> unexpected answer: <*>", chance)
        return any(row["caller"] for _, row in hit)

    return fault


def forgetful(share: float = 1.0) -> Fault:
    """A call that an operation usually makes is not made, and nobody says so."""

    def fault(traces: Stretch, node: str, chance: Random) -> bool:
        places = _operation(traces, node, chance)
        counts = Counter(
            s for t, row in places for s in {x["step"] for x in t.steps_of(row) if x["sort"] == "call"}
        )
        usual = sorted(step for step, n in counts.items() if n >= 0.6 * len(places))
        call = chance.choice(usual) if usual else None
        for trace, row in places if call else ():
            for step in trace.steps_of(row) if row["invocation"] in trace.invocations else ():
                if step["step"] == call and chance.random() < share and step in trace.steps:
                    _leave_out(trace, step)
        return call is not None

    return fault


def _say(trace: Trace, row: Row, line: str, chance: Random) -> None:
    steps = trace.steps_of(row)
    at = chance.choice([s["occurred_at"] for s in steps] or [row["started_at"]]) + 1
    locator = f"{row['invocation']}-{len(steps)}"
    trace.steps.append(
        {"invocation": row["invocation"], "sort": "line", "step": line, "callee": None, "occurred_at": at,
         "locator": locator}
    )  # fmt: skip


def _break_off(trace: Trace, row: Row, chance: Random) -> None:
    """From some step on nothing more is done but an error logged."""
    cut = _half_way(trace, row) or row["started_at"] + 1
    _give_up(trace, row, cut - 1)
    row["is_failed"], row["is_passed_on"] = True, False
    trace.steps.append(
        {"invocation": row["invocation"], "sort": "line", "step": "ERROR <*> unexpected: <*>", "callee": None,
         "occurred_at": cut, "locator": f"{row['invocation']}-broken"}
    )  # fmt: skip


def _half_way(trace: Trace, row: Row) -> int | None:
    """When the step in the middle occurred."""
    at = sorted(step["occurred_at"] for step in trace.steps_of(row))
    return at[len(at) // 2] if len(at) > 1 else None


def _give_up(trace: Trace, row: Row, at: int) -> None:
    """What an invocation would have done after `at` it does not do."""
    row["is_failed"] = row["is_passed_on"] = True
    for step in trace.steps_of(row):
        if step["occurred_at"] > at:
            _leave_out(trace, step)
    end = max([at, *(s["occurred_at"] for s in trace.steps_of(row))])
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
        (s for s in trace.steps_of(caller) if s["occurred_at"] > end), key=lambda s: s["occurred_at"]
    )
    for step in later[:2]:
        _leave_out(trace, step)


def _leave_out(trace: Trace, step: Row) -> None:
    trace.steps.remove(step)
    if step["callee"] in trace.invocations:
        gone = {step["callee"]}
        for name in trace.invocations:
            if gone & set(trace.above(name)):
                gone.add(name)
        for name in gone:
            del trace.invocations[name]
        trace.steps = [s for s in trace.steps if s["invocation"] not in gone]


FAULTS: dict[str, Fault] = {
    "delay 30 ms": delayed(30),
    "delay 200 ms": delayed(200),
    "sends 100 ms late": cut_off(100),
    "sends 30 ms late, also to stores": cut_off(30, with_stores=True),
    "loses 3 % of packets": lossy(0.03),
    "loses 20 % of packets": lossy(0.2),
    "stall 15 %, 100 ms": stalled(0.15, 100),
    "stall 50 %, 30 ms": stalled(0.5, 30),
    "stall 50 %, 100 ms": stalled(0.5, 100),
    "throttled to 30 %": throttled(0.3),
    "throttled to 70 %": throttled(0.7),
    "contended, 3 ms": contended(3),
    "contended, 15 ms": contended(15),
    "slower 1.5 times": slowed(1.5),
    "slower 3 times": slowed(3),
    "pauses every 5 s": pausing(5, 400),
    "a line lost": silent(),
    "a call lost": forgetful(),
    "new error line 30 %": complaining(0.3),
    "new error line 100 %": complaining(1.0),
    "fails 20 %": failing(0.2),
    "fails 60 %": failing(0.6),
    "swallows errors 30 %": swallowing(0.3),
    "swallows errors 70 %": swallowing(0.7),
    "its caller fails 30 %": misleading(0.3),
    "its caller fails 100 %": misleading(1.0),
    "returns otherwise": returning(1.0),
    "returns otherwise 40 %": returning(0.4),
    "returns otherwise, its caller complains": returning(1.0, complains=True),
    "returns early": returning_early(0.7),
}
