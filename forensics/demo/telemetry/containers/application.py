"""The lines of programs on ECS and EKS, as the log driver delivers them.

awslogs and Fluent Bit make every line an event of its own, also every line of a stack trace.
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import Scenario
from forensics.demo.story import Call, Failure, Invocation, Remark
from forensics.demo.telemetry.containers.objects import structured
from forensics.demo.telemetry.containers.places import place_of, written
from forensics.demo.telemetry.containers.speaker import speaker_of
from forensics.demo.telemetry.containers.texts import TEXTS
from forensics.demo.telemetry.line import Line, by_its_clock

# Which levels a language's logging sends to stderr.
_STDERR = {
    "java": (),
    "python": ("DEBUG", "INFO", "WARN", "ERROR"),
    "node": ("WARN", "ERROR"),
    "go": ("DEBUG", "INFO", "WARN", "ERROR"),
    "dotnet": (),
}


def container_lines(account: Scenario, invocation: Invocation) -> Iterator[Line]:
    """What the program said while it served the request, in order of time."""
    node, environment = invocation.node, invocation.environment
    if environment is None:
        return
    remarks = _remarks(invocation)
    if not remarks:
        return
    place, who = place_of(account, environment), speaker_of(invocation)
    write = structured if node.logger else TEXTS[who.family]
    errors = () if node.logger else _STDERR[who.family]
    for remark in remarks:
        at, level = by_its_clock(node, remark.at), remark.level
        failure, call = _thrown(invocation, remark)
        source = "stderr" if level in errors else "stdout"
        for text in write(who, at, level, remark.text, failure, call):
            # CloudWatch takes no empty event, so awslogs leaves an empty line out.
            if text or place.after:
                yield written(place, at, text, source)


def _remarks(invocation: Invocation) -> list[Remark]:
    dialect = invocation.node.log_dialect
    if dialect == "platform":
        return [remark for remark in invocation.remarks if remark.failure and not remark.text]
    if dialect != "chatty":
        return invocation.remarks
    calls = [_of_call(call) for call in invocation.calls]
    return sorted([*invocation.remarks, *calls], key=lambda remark: remark.at)


def _of_call(call: Call) -> Remark:
    """A chatty program says of every call what came of it, and which request id it got."""
    what = f"{call.target.name} {call.spec.operation}"
    if call.ended is None:
        return Remark(call.started, "DEBUG", f"calling {what}")
    ms = (call.ended - call.started) // 1000
    if call.failure and call.failure.kind in ("connection", "timeout"):
        return Remark(call.ended, "WARN", f"{what} got no answer in {ms} ms, {call.attempts} attempts")
    said = f"{what} -> {call.status} in {ms} ms"
    if call.request_id:
        said += f", request id {call.request_id}"
    return Remark(call.ended, "WARN" if call.failure else "DEBUG", said)


def _thrown(invocation: Invocation, remark: Remark) -> tuple[Failure | None, Call | None]:
    """The exception to print in full: of errors only, a warning has it in its text."""
    failure = remark.failure
    if failure is None or (remark.text and remark.level != "ERROR"):
        return None, None
    if remark.call:
        return failure, remark.call
    path = list(failure.path())
    for call in invocation.calls:
        if call.failure is not None and any(call.failure is step for step in path):
            return failure, call
    return failure, None
