"""Lambda's JSON log format at the default level INFO, and the program's own objects between the events.

An event of the platform is `{"time", "type", "record"}` as in the schema reference of the Telemetry
API; what went well in between (`initReport`, `runtimeDone`) has the level DEBUG and stays unwritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from forensics.demo.scenario import Scenario
from forensics.demo.story import Invocation, Micros, Remark
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
from forensics.demo.telemetry.functions.voice import Voice, voice_of
from forensics.demo.telemetry.line import iso, parent_header, runtime_arn, runtime_version

Event = tuple[Micros, str]
Record = dict[str, Any]

_encode = msgspec.json.Encoder().encode


def json_events(account: Scenario, invocation: Invocation, offset: Micros) -> Iterator[Event]:
    """Times are by the node's clock, which is `offset` ahead."""
    request, start, ended = invocation.request_id, invocation.started, invocation.ended + offset
    if invocation.init or invocation.suppressed_init:
        yield from _starts(account, invocation, offset)
        start = handler_starts(invocation)
    tracing = _tracing(invocation)
    begun = {"requestId": request, "version": invocation.version} | tracing
    yield _platform(start + offset, "start", begun)
    if invocation.remarks or invocation.failure or invocation.node.log_dialect == "chatty":
        yield from _program(account, invocation, offset)
    badly = outcome(invocation)
    status = {"requestId": request} | _status(badly, invocation.node.platform)
    if badly:
        # A DEBUG event where it went well; a failure makes it a WARN.
        metrics = {"durationMs": invocation.duration / 1000, "producedBytes": 0}
        yield _platform(ended, "runtimeDone", status | {"metrics": metrics} | tracing)
    yield _platform(ended, "report", status | {"metrics": _metrics(invocation)} | tracing)


def _platform(at: Micros, kind: str, record: Record) -> Event:
    return at, _text({"time": iso(at), "type": f"platform.{kind}", "record": record})


def _text(record: Record) -> str:
    return _encode(record).decode() + "\n"


def _starts(account: Scenario, invocation: Invocation, offset: Micros) -> Iterator[Event]:
    for started in initialisations(invocation):
        yield _platform(started.begins + offset, "initStart", _init_start(account, invocation, started))
        ends, failure = started.ends + offset, words_of_init(started)
        if failure:
            voice = voice_of(account, invocation)
            for said in PROGRAMS[voice.family].uncaught_record(voice, ends, failure, "init"):
                yield ends, said if isinstance(said, str) else _text(said)
        if started.outcome:
            status = _status(started.outcome, invocation.node.platform)
            yield from _init_failed(started, status, ends)


def _init_start(account: Scenario, invocation: Invocation, started: Initialisation) -> Record:
    node, environment = invocation.node, invocation.environment
    version = runtime_version(node.runtime)
    return {
        "initializationType": "on-demand",
        "phase": started.phase,
        "runtimeVersion": version,
        "runtimeVersionArn": runtime_arn(account.region, version),
        "functionName": node.name,
        "functionVersion": invocation.version,
        "instanceId": environment.id if environment else "",
        "instanceMaxMemory": node.memory_mb * 1024 * 1024,
    }


def _init_failed(started: Initialisation, status: Record, at: Micros) -> Iterator[Event]:
    record = {"initializationType": "on-demand", "phase": started.phase} | status
    yield _platform(at, "initRuntimeDone", record)
    metrics = {"durationMs": (started.ends - started.begins) / 1000}
    yield _platform(at, "initReport", record | {"metrics": metrics})


def _program(account: Scenario, invocation: Invocation, offset: Micros) -> Iterator[Event]:
    voice = voice_of(account, invocation)
    for remark in spoken(invocation):
        at = remark.at + offset
        for said in _said(voice, at, remark):
            yield at, said if isinstance(said, str) else _text(said)


def _said(voice: Voice, at: Micros, remark: Remark) -> list[Record | str]:
    program, failure = PROGRAMS[voice.family], remark.failure
    if not remark.text:
        how: How = "crash" if failure and failure.kind == "crash" else "invoke"
        return program.uncaught_record(voice, at, failure, how) if failure else []
    if remark.level != "ERROR":
        failure = None
    if not voice.node.logger:
        return [program.record(voice, at, remark.level, remark.text, failure)]
    text = logged(voice, at, remark.level, remark.text, failure)
    if not program.wraps:
        return [text + "\n"]
    # To the runtime, an object that the program made itself is a message like any other.
    return [program.record(voice.plain(), at, remark.level, text, None)]


def _status(badly: Outcome | None, platform: str) -> Record:
    """The older platform names no type for a time-out."""
    if badly is None:
        return {"status": "success"}
    error_type = badly.error_type or ("Sandbox.Timedout" if platform == "newer" else "")
    return {"status": badly.status, "errorType": error_type} if error_type else {"status": badly.status}


def _metrics(invocation: Invocation) -> Record:
    metrics: Record = {
        "durationMs": duration_ms(invocation),
        "billedDurationMs": billed(invocation),
        "memorySizeMB": invocation.node.memory_mb,
        "maxMemoryUsedMB": used_mb(invocation),
    }
    if invocation.init and not invocation.suppressed_init:
        metrics["initDurationMs"] = invocation.init / 1000
    return metrics


def _tracing(invocation: Invocation) -> Record:
    if not is_traced(invocation):
        return {}
    header = parent_header(invocation)
    return {"tracing": {"spanId": invocation.code_id, "type": "X-Amzn-Trace-Id", "value": header}}
