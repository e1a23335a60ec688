"""How an invocation went, in the terms of the platform: initialisations, the START, status and error type."""

from __future__ import annotations

from typing import Literal, NamedTuple

from forensics.demo.story import Failure, Invocation, Micros
from forensics.demo.telemetry.functions.errors import reported_type
from forensics.demo.telemetry.functions.family import family_of
from forensics.demo.telemetry.line import billed_ms

# What the platform reports as a failed invocation; an answer with a status of 500 is a success to it.
_FAILED = frozenset({"exception", "timeout", "out_of_memory", "crash", "init"})
_TIMED_OUT = "Sandbox.Timedout"
# Failures of an initialisation of which the program itself writes nothing.
_WORDLESS = ("Sandbox.", "Extension.", "Runtime.Exit", "Runtime.Invalid", "Runtime.OutOfMemory")


class Outcome(NamedTuple):
    """`error_type` is empty for a time-out: text lines name none."""

    status: Literal["error", "timeout"]
    error_type: str = ""


class Initialisation(NamedTuple):
    """One start of an environment; `outcome` is None where it went well."""

    phase: Literal["init", "invoke"]
    begins: Micros
    ends: Micros
    outcome: Outcome | None = None
    failure: Failure | None = None


def handler_starts(invocation: Invocation) -> Micros:
    """The time of START: a suppressed initialisation before it counts in the duration all the same."""
    return min(invocation.started + invocation.suppressed_init, invocation.ended)


def outcome(invocation: Invocation) -> Outcome | None:
    failure = invocation.failure
    if failure is None or failure.kind not in _FAILED:
        return None
    if timed_out(invocation):
        return Outcome("timeout")
    return Outcome("error", _error_type(invocation, failure))


def timed_out(invocation: Invocation) -> bool:
    """Also where an environment was still starting when the time was up."""
    failure = invocation.failure
    if failure is None:
        return False
    return failure.kind == "timeout" or (failure.kind == "init" and failure.type == _TIMED_OUT)


def _error_type(invocation: Invocation, failure: Failure) -> str:
    if failure.kind == "out_of_memory":
        # The older platform only saw that the process was killed.
        return "Runtime.ExitError" if invocation.node.platform == "older" else "Runtime.OutOfMemory"
    if failure.kind == "crash":
        return "Runtime.ExitError"
    return reported_type(family_of(invocation.node.runtime), failure)


def initialisations(invocation: Invocation) -> list[Initialisation]:
    """At most two: a failed initialisation is repeated inside the invocation."""
    init, suppressed, started = invocation.init, invocation.suppressed_init, invocation.started
    failure = _failed_to_start(invocation)
    badly = outcome(invocation) if failure else None
    found = []
    if init:
        first = _as_init(badly) if suppressed else None
        found.append(Initialisation("init", started - init, started, first, failure))
    if suppressed:
        ends = handler_starts(invocation)
        found.append(Initialisation("invoke", started, ends, badly, failure))
    return found


def _as_init(badly: Outcome | None) -> Outcome:
    """What ended the first try; where the second one got through, the first took too long."""
    return badly or Outcome("timeout")


def _failed_to_start(invocation: Invocation) -> Failure | None:
    """`init` itself, or a time-out that struck before START."""
    failure = invocation.failure
    if failure is None or not invocation.suppressed_init:
        return None
    if failure.kind == "init":
        return failure
    still_starting = invocation.started + invocation.suppressed_init >= invocation.ended
    return failure if failure.kind == "timeout" and still_starting else None


def words_of_init(initialisation: Initialisation) -> Failure | None:
    """The failure, where the program or its runtime writes something about it."""
    failure = initialisation.failure
    if failure is None or initialisation.outcome is None or failure.kind != "init":
        return None
    return None if failure.type.startswith(_WORDLESS) else failure


def duration_ms(invocation: Invocation) -> float:
    """A time-out is reported as the limit itself."""
    return float(invocation.node.timeout_ms) if timed_out(invocation) else invocation.duration / 1000


def billed(invocation: Invocation) -> int:
    if not timed_out(invocation):
        return billed_ms(invocation)
    init = invocation.init if invocation.node.platform == "newer" else 0
    return invocation.node.timeout_ms - (-init // 1000)


def used_mb(invocation: Invocation) -> int:
    """What ran out of memory has used all of it."""
    failure = invocation.failure
    if failure is not None and failure.kind == "out_of_memory":
        return invocation.node.memory_mb
    return invocation.memory_mb


def is_traced(invocation: Invocation) -> bool:
    """Only then a line of the platform names the trace."""
    return invocation.trace.sampled and invocation.node.tracing == "active"
