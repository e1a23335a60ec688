"""Failures in the words of Step Functions: an `error` name and a `cause`, often JSON in a string."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from forensics.demo.scenario import BUCKET, BUS, FUNCTION, QUEUE, TABLE, TOPIC, Node
from forensics.demo.story import Call, Failure, Invocation

_encode = msgspec.json.Encoder().encode

# Prefixes of error names: the service as the SDK for Java 2 calls it.
_SERVICES = {
    TABLE: "DynamoDb",
    QUEUE: "Sqs",
    TOPIC: "Sns",
    BUS: "EventBridge",
    BUCKET: "S3",
    FUNCTION: "Lambda",
}


class Error(NamedTuple):
    error: str
    cause: str = ""


TIMED_OUT = Error("States.Timeout")


def error_of(failure: Failure, call: Call | None, callee: Invocation | None) -> Error:
    """What a Catch or a Retry compares with `ErrorEquals`."""
    if failure.kind == "throttle" and failure.node.kind == FUNCTION:
        request = f"Status Code: 429, Request ID: {call.request_id if call else ''}"
        return Error("Lambda.TooManyRequestsException", f"Rate Exceeded. (Service: Lambda, {request})")
    if failure.node.kind == FUNCTION and failure.kind in ("timeout", "out_of_memory", "crash", "init"):
        return _of_platform(failure, callee)
    if failure.kind == "workflow" or failure.exception or failure.node.kind in (FUNCTION, "remote"):
        return Error(failure.type or "States.TaskFailed", _cause(failure, callee))
    return _of_service(failure, call)


def _of_platform(failure: Failure, callee: Invocation | None) -> Error:
    """A runtime that was stopped; newer platforms name why, older ones only that it exited."""
    request, newer = callee.request_id if callee else "", failure.node.platform == "newer"
    if failure.kind == "timeout":
        kind, said = "Sandbox.Timedout", f"Task timed out after {failure.node.timeout_ms / 1000:.2f} seconds"
        told = {"errorType": kind, "errorMessage": f"RequestId: {request} Error: {said}"}
        return Error(kind if newer else "States.TaskFailed", _encode(told).decode())
    kinds = {"out_of_memory": "Runtime.OutOfMemory" if newer else "Runtime.ExitError"}
    kind = kinds.get(failure.kind, failure.type or "Runtime.ExitError")
    said = failure.message or "Runtime exited with error: signal: killed"
    told = {"errorType": kind, "errorMessage": f"RequestId: {request} Error: {said}"}
    return Error(kind, _encode(told).decode())


def _cause(failure: Failure, callee: Invocation | None) -> str:
    """The object that the function's runtime answered, stack trace in the runtime's own form."""
    if failure.node.kind != FUNCTION:
        return failure.message
    frames = failure.exception.frames if failure.exception else ()
    told: dict[str, object] = {"errorMessage": failure.message, "errorType": failure.type}
    if failure.node.runtime.startswith("nodejs"):
        trace = [f"    at {frame.label} ({frame.path}:{frame.line}:17)" for frame in frames]
        return _encode(told | {"trace": [f"{failure.type}: {failure.message}", *trace]}).decode()
    if failure.node.runtime.startswith("python"):
        told["requestId"] = callee.request_id if callee else ""
        lines = [f'  File "{f.path}", line {f.line}, in {f.label}\n    {f.code}\n' for f in frames]
    else:
        lines = [f"{frame.label}({frame.path}:{frame.line})" for frame in frames]
    return _encode(told | {"stackTrace": lines}).decode()


def _of_service(failure: Failure, call: Call | None) -> Error:
    """`DynamoDb.ConditionalCheckFailedException`: the service before the code it answered."""
    service = service_of(failure.node)
    if call is None or not failure.type or not service:
        return Error(failure.type or "States.TaskFailed", failure.message)
    where = (
        f"(Service: {service}, Status Code: {failure.status or call.status}, Request ID: {call.request_id})"
    )
    return Error(f"{service}.{failure.type}", f"{failure.message} {where}")


def service_of(node: Node) -> str:
    return _SERVICES.get(node.kind, "")
