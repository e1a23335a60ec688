"""Flags and causes: what a segment says about how its work ended.

X-Ray's words: `error` is the client's fault (4xx), `throttle` comes with it for a 429, `fault` is the
server's (5xx).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from forensics.demo.scenario import DATABASE, FUNCTION
from forensics.demo.story import Call, Failure, Invocation
from forensics.demo.telemetry.xray.resources import SERVICE
from forensics.demo.telemetry.xray.values import Document, derived

_FAULT: Document = {"fault": True}
_ERROR: Document = {"error": True}
_THROTTLE: Document = {"error": True, "throttle": True}
_NOTHING: Document = {}
_NO_EXCEPTION = frozenset({"slow", "partial"})
_EXCEPTION = 40  # numbers of the ids that stand for exceptions


def of_function(failure: Failure | None) -> Document:
    """An exception of the program is an `error`; a runtime that was stopped is a `fault`."""
    if failure is None or failure.kind in ("partial", "slow", "answered"):
        return _NOTHING
    if failure.kind == "throttle":
        return _THROTTLE
    return _ERROR if failure.kind == "exception" else _FAULT


def of_status(status: int) -> Document:
    if status >= 500:
        return _FAULT
    if status == 429:
        return _THROTTLE
    return _ERROR if status >= 400 else _NOTHING


def of_server(invocation: Invocation) -> Document:
    """A container's segment: what it answered, or `fault` where it threw without an answer."""
    failure = invocation.failure
    if invocation.status >= 400:
        return of_status(invocation.status)
    if failure is None or failure.kind in ("partial", "slow", "answered"):
        return _NOTHING
    return _FAULT


def from_runtime(failure: Failure) -> Document:
    """As Lambda's runtimes send it: one exception, without an id."""
    stack = _stack(failure)
    return {
        "working_directory": "/var/task",
        "paths": list(dict.fromkeys(frame["path"] for frame in stack)),
        "exceptions": [{"message": failure.message, "type": failure.type, "stack": stack}],
    }


def from_sdk(
    failure: Failure, owner_id: str, is_remote: bool, directory: str = "/app", calls: Iterable[Call] = ()
) -> Document:
    """As the X-Ray SDKs send it: with ids, and with the exceptions that it wraps.

    One that a subsegment of `calls` holds already is referred to, not repeated.
    """
    known = {id(call.failure): _id(call.failure, call.id, 0) for call in calls if call.failure}
    exceptions: list[Document] = []
    for number, wrapped in enumerate(_wrapped(failure)):
        if number and (elsewhere := known.get(id(wrapped))):
            exceptions[-1]["cause"] = elsewhere
            break
        one = _exception(wrapped, _id(wrapped, owner_id, number), is_remote or number > 0)
        if exceptions:
            exceptions[-1]["cause"] = one["id"]
        exceptions.append(one)
    return {"working_directory": directory, "exceptions": exceptions}


def from_opentelemetry(failure: Failure, owner_id: str, is_remote: bool) -> Document:
    """As the collector's X-Ray exporter makes it of exception events: every span has its own copy,
    and there is no directory."""
    chain = enumerate(_wrapped(failure))
    exceptions = [
        _exception(wrapped, derived(owner_id, _EXCEPTION + number), is_remote) for number, wrapped in chain
    ]
    for outer, inner in pairwise(exceptions):
        outer["cause"] = inner["id"]
    return {"exceptions": exceptions}


def same_as_call(invocation: Invocation) -> str:
    """The id of the call's exception that it let through; SDKs refer to it instead of repeating it."""
    failure = invocation.failure
    if failure is None or (failure.exception and failure.exception.wraps):
        return ""
    for call in reversed(invocation.calls):
        got = call.failure
        if got and (got is failure or (got is failure.cause and got.message == failure.message)):
            return _id(got, call.id, 0) if threw(call) else ""
    return ""


def threw(call: Call) -> bool:
    """Whether its subsegment has an exception.

    A client that gets a bad answer over HTTP may leave it at that; SDKs and drivers throw, but for a
    function's own error, which Invoke only returns.
    """
    failure = call.failure
    if call.ended is None or failure is None or not failure.type or failure.kind in _NO_EXCEPTION:
        return False
    if is_function_error(call):
        return False
    return call.target.kind in SERVICE or call.target.kind == DATABASE or not answered(call)


def answered(call: Call) -> bool:
    """Whether any answer reached the caller, if only a bad one."""
    failure = call.failure
    if call.ended is None or failure is None:
        return call.ended is not None
    if failure.kind == "connection":
        return False
    return failure.kind != "timeout" or is_function_error(call)


def is_function_error(call: Call) -> bool:
    """Invoke answers 200 with a `FunctionError`, also where the function was stopped at its limit."""
    callee, failure = call.callee, call.failure
    if call.target.kind != FUNCTION or callee is None or callee.failure is None:
        return False
    if failure is None or failure.kind == "throttle" or call.ended is None:
        return False
    return call.ended >= callee.released


def _id(failure: Failure, owner_id: str, number: int) -> str:
    return failure.id or derived(owner_id, _EXCEPTION + number)


def _wrapped(failure: Failure) -> list[Failure]:
    """The failure, and for as long as each wraps its cause, the causes."""
    chain = [failure]
    while failure.exception and failure.exception.wraps and failure.cause and failure.cause.type:
        failure = failure.cause
        chain.append(failure)
    return chain


def _exception(failure: Failure, id: str, is_remote: bool) -> Document:
    return {
        "id": id,
        "message": failure.message,
        "type": failure.type,
        "remote": is_remote,
        "truncated": 0,
        "skipped": 0,
        "stack": _stack(failure),
    }


def _stack(failure: Failure) -> list[dict[str, Any]]:
    if failure.exception is None:
        return []
    return [{"path": f.path, "line": f.line, "label": f.label} for f in failure.exception.frames]
