"""Lambda's text log format. Shapes: the Lambda guide on log formats, and REPORT lines as they really are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from forensics.demo.scenario import Scenario
from forensics.demo.story import Failure, Invocation, Micros
from forensics.demo.telemetry.functions.course import (
    Initialisation,
    Outcome,
    billed,
    duration_ms,
    handler_starts,
    initialisations,
    is_traced,
    outcome,
    used_mb,
    words_of_init,
)
from forensics.demo.telemetry.functions.family import How
from forensics.demo.telemetry.functions.loggers import logged
from forensics.demo.telemetry.functions.programs import PROGRAMS
from forensics.demo.telemetry.functions.spoken import spoken
from forensics.demo.telemetry.functions.voice import voice_of
from forensics.demo.telemetry.line import iso, runtime_arn, runtime_version

Event = tuple[Micros, str]


def text_events(account: Scenario, invocation: Invocation, offset: Micros) -> Iterator[Event]:
    """Times are by the node's clock, which is `offset` ahead."""
    request, start, ended = invocation.request_id, invocation.started, invocation.ended + offset
    if invocation.init or invocation.suppressed_init:
        yield from _starts(account, invocation, offset)
        start = handler_starts(invocation)
    yield start + offset, f"START RequestId: {request} Version: {invocation.version}\n"
    if invocation.remarks or invocation.failure or invocation.node.log_dialect == "chatty":
        yield from _program(account, invocation, offset)
    badly = outcome(invocation) if invocation.failure else None
    if badly and invocation.node.platform == "older":
        yield from _older_words(invocation, badly, ended)
    yield ended, f"END RequestId: {request}\n"
    yield ended, _report(invocation, badly)


@lru_cache
def _init_start(region: str, runtime: str) -> str:
    version = runtime_version(runtime)
    arn = runtime_arn(region, version)
    return f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n"


def _starts(account: Scenario, invocation: Invocation, offset: Micros) -> Iterator[Event]:
    node = invocation.node
    for started in initialisations(invocation):
        yield started.begins + offset, _init_start(account.region, node.runtime)
        ends = started.ends + offset
        failure = words_of_init(started)
        if failure:
            voice = voice_of(account, invocation)
            for text in PROGRAMS[voice.family].uncaught(voice, ends, failure, "init"):
                yield ends, text
        if started.outcome:
            yield ends, _init_report(started, started.outcome)


def _init_report(started: Initialisation, badly: Outcome) -> str:
    """On demand there is one only for an initialisation that failed."""
    took = (started.ends - started.begins) / 1000
    return f"INIT_REPORT Init Duration: {took:.2f} ms\tPhase: {started.phase}\t{_status(badly)}\n"


def _program(account: Scenario, invocation: Invocation, offset: Micros) -> Iterator[Event]:
    voice = voice_of(account, invocation)
    program, node = PROGRAMS[voice.family], invocation.node
    for remark in spoken(invocation):
        at, failure = remark.at + offset, remark.failure
        if not remark.text:
            if failure:
                how: How = "crash" if failure.kind == "crash" else "invoke"
                for text in program.uncaught(voice, at, failure, how):
                    yield at, text
            continue
        if remark.level != "ERROR":
            # A warning has the error in its text; only errors print a stack.
            failure = None
        if node.logger:
            yield at, logged(voice, at, remark.level, remark.text, failure) + "\n"
        else:
            yield at, program.text(voice, at, remark.level, remark.text, failure)


def _older_words(invocation: Invocation, badly: Outcome, at: Micros) -> Iterator[Event]:
    """The older platform says in a line of its own what the newer one puts into REPORT."""
    failure, request = invocation.failure, invocation.request_id
    if badly.status == "timeout":
        limit = invocation.node.timeout_ms / 1000
        yield at, f"{iso(at)} {request} Task timed out after {limit:.2f} seconds\n\n"
    elif failure and badly.error_type == "Runtime.ExitError":
        yield at, f"RequestId: {request} Error: {_exit(failure)}\nRuntime.ExitError\n"


def _exit(failure: Failure) -> str:
    if failure.kind == "out_of_memory":
        return "Runtime exited with error: signal: killed"
    if failure.message.startswith("Runtime exited"):
        return failure.message
    return "Runtime exited with error: exit status 1"


def _report(invocation: Invocation, badly: Outcome | None) -> str:
    """Fields are separated by tabs; what follows XRAY is a second line of the same event."""
    node = invocation.node
    if badly is None:
        took, paid = invocation.duration / 1000, billed(invocation)
    else:
        took, paid = duration_ms(invocation), billed(invocation)
    text = (
        f"REPORT RequestId: {invocation.request_id}\tDuration: {took:.2f} ms\tBilled Duration: {paid} ms\t"
        f"Memory Size: {node.memory_mb} MB\tMax Memory Used: {used_mb(invocation)} MB\t"
    )
    if invocation.init and not invocation.suppressed_init:
        text += f"Init Duration: {invocation.init / 1000:.2f} ms\t"
    if badly and node.platform == "newer":
        text += f"{_status(badly)}\t"
    if is_traced(invocation):
        trace, segment = invocation.trace.id, invocation.code_id
        return f"{text}\nXRAY TraceId: {trace}\tSegmentId: {segment}\tSampled: true\t\n"
    return f"{text}\n"


def _status(badly: Outcome) -> str:
    if badly.status == "timeout":
        return "Status: timeout"
    return f"Status: error\tError Type: {badly.error_type}"
