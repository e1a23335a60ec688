"""A call: the subsegment that its caller recorded, and the segment that X-Ray infers from it."""

from __future__ import annotations

from forensics.demo.scenario import DATABASE, FUNCTION, QUEUE, REMOTE, Node, Scenario
from forensics.demo.story import Call, Failure, Invocation
from forensics.demo.telemetry.xray import causes
from forensics.demo.telemetry.xray.causes import answered, is_function_error, threw
from forensics.demo.telemetry.xray.parents import inferred_id
from forensics.demo.telemetry.xray.resources import SERVICE, aws, origin, sql
from forensics.demo.telemetry.xray.values import Document, by_clock, derived, language, length_of

# Where the code of a function and that of a container lives.
_DIRECTORY = {FUNCTION: "/var/task"}
_SILENT: Document = {"fault": True}
_THROTTLED: Document = {"error": True, "throttle": True}


def subsegment(account: Scenario, caller: Invocation, call: Call) -> Document:
    """The call as its caller recorded it, by the caller's clock."""
    node, target = caller.node, call.target
    has_answer = answered(call)
    document: Document = {
        "id": call.id,
        "name": name_of(target),
        "start_time": by_clock(node, call.started),
    }
    if call.ended is None:
        document["in_progress"] = True
    else:
        document["end_time"] = by_clock(node, call.ended)
        document.update(_flags(call, has_answer))
    _say_whom(account, caller, call, has_answer, document)
    if call.failure and threw(call):
        document["cause"] = _cause(node, call, call.failure)
    return document


def inferred(trace_id: str, call: Call, copied: Document) -> Document:
    """X-Ray's copy, standing in for a service that sends no segments of its own."""
    left_out = ("namespace", "cause", "type", "subsegments", "annotations", "metadata", "parent_id")
    document = {key: value for key, value in copied.items() if key not in left_out}
    document["id"] = inferred_id(call)
    document["trace_id"] = trace_id
    document["parent_id"] = call.id
    document["inferred"] = True
    if "type" in copied:
        document["aws"] = {key: value for key, value in copied["aws"].items() if key != "xray"}
        if not document["aws"]:
            del document["aws"]
    if call.failure and "cause" in copied:
        document["cause"] = {"message": call.failure.message}
    if call.target.kind in SERVICE:
        document["origin"] = origin(call.target)
    elif call.target.kind == DATABASE:
        document["origin"] = "Database::SQL"
    if call.target.kind == QUEUE and call.ended is not None:
        document["subsegments"] = [_queue_time(document)]
    return document


def name_of(target: Node) -> str:
    """The service for AWS's own, else the host."""
    return SERVICE.get(target.kind) or (target.host or target.name).partition(":")[0]


def url_of(call: Call) -> str:
    host = call.target.host or call.target.name
    is_inside = call.target.kind != REMOTE and not host.endswith(".amazonaws.com")
    return f"{'http' if is_inside else 'https'}://{host}{call.spec.path}"


def status_of(call: Call) -> int:
    """Of the answer: an asynchronous invocation is only accepted, a function's error is a 200."""
    if call.target.kind != FUNCTION:
        if call.failure and call.status < 400:
            return call.failure.status or call.status
        return call.status
    if call.failure is None:
        return 202 if call.spec.asynchronous else 200
    return 200 if is_function_error(call) else call.status


def _say_whom(
    account: Scenario, caller: Invocation, call: Call, has_answer: bool, document: Document
) -> None:
    target = call.target
    if target.kind == DATABASE:
        document["namespace"] = "remote"
        document["sql"] = sql(caller, call)
    elif target.kind in SERVICE:
        document["namespace"] = "aws"
        if has_answer and (status := status_of(call)):
            document["http"] = {"response": {"status": status}}
        document["aws"] = block = aws(account, caller, call, has_answer)
        if target.kind == FUNCTION and is_function_error(call):
            block["function_error"] = "Unhandled"
    else:
        document["namespace"] = "remote"
        document["http"] = _http(call, has_answer)


def _http(call: Call, has_answer: bool) -> Document:
    http: Document = {"request": {"url": url_of(call), "method": call.spec.operation}}
    if has_answer and (status := status_of(call)):
        http["response"] = {"status": status, "content_length": length_of(call.id)}
    return http


def _flags(call: Call, has_answer: bool) -> Document:
    failure = call.failure
    if failure is None or failure.kind == "slow":
        return {}
    if not has_answer or call.target.kind == DATABASE:
        return _SILENT
    status = status_of(call)
    if failure.kind == "throttle":
        # S3 slows its clients down with a 503, which makes it a fault as well.
        return _THROTTLED | _SILENT if status >= 500 else _THROTTLED
    return causes.of_status(status)


def _cause(node: Node, call: Call, failure: Failure) -> Document:
    """What an AWS SDK throws came from the service (`remote`), what a driver or socket throws did not."""
    if node.sdk == "otel":
        return causes.from_opentelemetry(failure, call.id, True)
    is_remote = call.target.kind in SERVICE and answered(call)
    cause = causes.from_sdk(failure, call.id, is_remote, _DIRECTORY.get(node.kind, "/app"))
    if is_remote and language(node.runtime) == "java":
        cause["message"] = failure.message
    return cause


def _queue_time(document: Document) -> Document:
    """As recorded on real accounts, it spans the sending; the wait itself is in the links."""
    start, end = document["start_time"], document["end_time"]
    return {"id": derived(document["id"], 2), "name": "QueueTime", "start_time": start, "end_time": end}
