"""A call in X-Ray: the caller's subsegment, and the copy of it that X-Ray infers."""

from __future__ import annotations

from typing import Any

from forensics.demo.scenario import (
    CONTAINER,
    FUNCTION,
    QUEUE,
    REMOTE,
    TABLE,
    Scenario,
)
from forensics.demo.story import Call, Failure, Invocation, Micros

Document = dict[str, Any]

# What the SDKs call the service of a node; calls over plain HTTP carry the host instead.
_SERVICE = {TABLE: "DynamoDB", QUEUE: "SQS", FUNCTION: "Lambda"}


def subsegment(account: Scenario, call: Call) -> Document:
    """The call as its caller recorded it."""
    over_http = call.target.kind in (REMOTE, CONTAINER)
    document: Document = {
        "id": call.id,
        "name": _host(call) if over_http else _SERVICE[call.target.kind],
        "start_time": seconds(call.started),
        **_end(call),
        **_flags(call),
        "http": _http(call) if over_http else _answer(call),
        "namespace": "remote" if over_http else "aws",
    }
    if not over_http:
        document["aws"] = _aws(account, call)
    if call.failure and call.failure.kind == "throttle":
        document["cause"] = _cause_of_sdk(call.failure)
    return document


def integration(account: Scenario, stage: Invocation, call: Call) -> Document:
    """A stage's call of its function: no flags and no answer there, also where it failed."""
    name = call.target.name
    path = f"2015-03-31/functions/{function_arn(account, name)}/invocations"
    request = {
        "url": f"https://lambda.{account.region}.amazonaws.com/{path}",
        "method": stage.route.method if stage.route else "POST",
    }
    return {
        "id": call.id,
        "name": "Lambda",
        "start_time": seconds(call.started),
        **_end(call),
        "http": {"request": request} | ({} if call.failure else _answer(call)),
        "aws": {
            "function_name": name,
            "region": account.region,
            "operation": "Invoke",
            "resource_names": [name],
        },
        "namespace": "aws",
    }


def inferred(account: Scenario, caller: Invocation, call: Call) -> Document:
    """X-Ray's copy, standing in for a service that sends no segments of its own."""
    document = subsegment(account, call) | {
        "id": call.inferred_id,
        "trace_id": caller.trace.id,
        "parent_id": call.id,
        "inferred": True,
    }
    del document["namespace"]
    if call.failure and "cause" in document:
        document["cause"] = {"message": call.failure.message}
    if call.target.kind != REMOTE:
        document["origin"] = call.target.kind
    if call.target.kind == QUEUE:
        # As recorded on real accounts, it spans the sending; the wait itself is in the links.
        queued = {"id": derived(call.inferred_id, 1), "name": "QueueTime"}
        document["subsegments"] = [queued | {"start_time": seconds(call.started), **_end(call)}]
    return document


def _host(call: Call) -> str:
    return (call.target.host or call.target.name).partition(":")[0]


def _url(call: Call) -> str:
    scheme = "https" if call.target.kind == REMOTE else "http"
    return f"{scheme}://{call.target.host or call.target.name}{call.spec.path}"


def _end(call: Call) -> Document:
    if call.ended is None:
        return {"in_progress": True}
    return {"end_time": seconds(call.ended)}


def _flags(call: Call) -> Document:
    if call.failure is None:
        return {}
    if call.failure.kind == "throttle":
        return {"error": True, "throttle": True}
    return {"fault": True} if call.status >= 500 else {"error": True}


def _answer(call: Call) -> Document:
    return {} if call.ended is None else {"response": {"status": call.status}}


def _http(call: Call) -> Document:
    return {"request": {"url": _url(call), "method": call.spec.operation}, **_answer(call)}


def _aws(account: Scenario, call: Call) -> Document:
    name = call.target.name
    aws: Document = {"operation": call.spec.operation, "region": account.region}
    if call.target.kind == TABLE:
        throttled = call.failure is not None
        aws |= {"retries": 3 if throttled else 0, "request_id": call.request_id, "table_name": name}
        aws["resource_names"] = [name]
    elif call.target.kind == QUEUE:
        queue = _queue_url(account, name)
        aws |= {"retries": 0, "request_id": call.request_id, "message_id": call.message_id}
        aws |= {"queue_url": queue, "resource_names": [queue]}
    else:
        aws |= {"function_name": name, "resource_names": [name]}
        if call.callee and call.ended is not None:
            aws["request_id"] = call.request_id
    return aws


def _cause_of_sdk(failure: Failure) -> Document:
    """As the X-Ray SDKs send it: the exception has an id, and came from the other side."""
    frames = failure.exception.frames if failure.exception else ()
    return {
        "working_directory": "/app",
        "exceptions": [
            {
                "id": failure.id,
                "message": failure.message,
                "type": failure.type,
                "remote": True,
                "truncated": 0,
                "skipped": 0,
                "stack": [{"path": f.path, "line": f.line, "label": f.label} for f in frames],
            }
        ],
    }


def _queue_url(account: Scenario, name: str) -> str:
    return f"https://sqs.{account.region}.amazonaws.com/{account.account}/{name}"


def function_arn(account: Scenario, name: str) -> str:
    return f"arn:aws:lambda:{account.region}:{account.account}:function:{name}"


def derived(id: str, part: int) -> str:
    """The id of a part that no record refers to: so that writing needs no random numbers."""
    return f"{int(id, 16) ^ (part * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF):016x}"


def seconds(at: Micros) -> float:
    return at / 1_000_000


def millis(at: Micros) -> float:
    """Seconds as AWS's own segments have them: no finer than a millisecond."""
    return at // 1000 / 1000
