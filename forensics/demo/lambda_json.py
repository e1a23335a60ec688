"""Lambda's JSON log format at the default level: platform events, and the program's own objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from forensics.demo.lambda_text import node_stack
from forensics.demo.log_line import (
    Line,
    billed_ms,
    iso,
    parent_header,
    runtime_arn,
    runtime_version,
)
from forensics.demo.scenario import Scenario
from forensics.demo.story import Invocation, Micros, Remark

Record = dict[str, Any]


def json_lines(scenario: Scenario, invocation: Invocation) -> Iterator[Line]:
    started, ended = invocation.started, invocation.ended
    if invocation.init or invocation.suppressed_init:
        begins = started - invocation.init
        yield _platform(begins, "initStart", _init_start(scenario, invocation))
    request = {"requestId": invocation.request_id}
    start = request | {"version": "$LATEST"}
    yield _platform(started, "start", start | _tracing(invocation))
    for remark in invocation.remarks:
        if remark.failure and not remark.text:
            yield _uncaught(invocation, remark)
        elif invocation.node.log_dialect != "platform":
            yield _remark(invocation, remark)
    if invocation.failure and invocation.failure.kind != "exception":
        # On success this event is DEBUG and stays unwritten; a runtime that died makes it a WARN.
        yield _platform(ended, "runtimeDone", request | _runtime_done(invocation))
    yield _platform(ended, "report", request | _report(invocation))


def _platform(at: Micros, kind: str, record: Record) -> Line:
    return Line(at, _text({"time": iso(at), "type": f"platform.{kind}", "record": record}))


def _text(record: Record) -> str:
    return msgspec.json.encode(record).decode() + "\n"


def _init_start(scenario: Scenario, invocation: Invocation) -> Record:
    version = runtime_version(invocation.node.runtime)
    environment = invocation.environment
    return {
        "initializationType": "on-demand",
        "phase": "init" if invocation.init else "invoke",
        "runtimeVersion": version,
        "runtimeVersionArn": runtime_arn(scenario.region, version),
        "functionName": invocation.node.name,
        "functionVersion": "$LATEST",
        "instanceId": environment.log_stream.rsplit("]", 1)[-1] if environment else "",
        "instanceMaxMemory": invocation.node.memory_mb * 1024 * 1024,
    }


def _remark(invocation: Invocation, remark: Remark) -> Line:
    """The Node.js runtime puts what was logged under `message`, here an object."""
    message: Record = {"text": remark.text}
    if invocation.message:
        message["messageId"] = invocation.message.id
        message["receiveCount"] = invocation.message.received
    return Line(remark.at, _text(_head(invocation, remark) | {"message": message}))


def _uncaught(invocation: Invocation, remark: Remark) -> Line:
    failure = remark.failure
    assert failure is not None
    stack = node_stack(failure)
    error = {
        "message": "Invoke Error " + "\n".join(stack),
        "errorType": failure.type,
        "errorMessage": failure.message,
        "stackTrace": stack,
    }
    return Line(remark.at, _text(_head(invocation, remark) | error))


def _head(invocation: Invocation, remark: Remark) -> Record:
    return {
        "timestamp": iso(remark.at),
        "level": remark.level,
        "requestId": invocation.request_id,
    }


def _runtime_done(invocation: Invocation) -> Record:
    metrics = {"durationMs": invocation.duration / 1000, "producedBytes": 0}
    return _status(invocation) | {"metrics": metrics} | _tracing(invocation)


def _report(invocation: Invocation) -> Record:
    metrics: Record = {
        "durationMs": invocation.duration / 1000,
        "billedDurationMs": billed_ms(invocation),
        "memorySizeMB": invocation.node.memory_mb,
        "maxMemoryUsedMB": invocation.memory_mb,
    }
    if invocation.init:
        metrics["initDurationMs"] = invocation.init / 1000
    return _status(invocation) | {"metrics": metrics} | _tracing(invocation)


def _status(invocation: Invocation) -> Record:
    failure = invocation.failure
    if failure is None:
        return {"status": "success"}
    if failure.kind == "timeout":
        return {"status": "timeout"}
    return {"status": "error", "errorType": failure.type}


def _tracing(invocation: Invocation) -> Record:
    """Only where the trace is sampled; without it nothing in the log names the trace."""
    if not invocation.trace.sampled:
        return {}
    header = parent_header(invocation)
    tracing = {"spanId": invocation.code_id, "type": "X-Amzn-Trace-Id", "value": header}
    return {"tracing": tracing}
