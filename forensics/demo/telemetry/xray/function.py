"""A function: the segment of the Lambda service, and the one of the function's own code.

AWS Lambda developer guide, "Visualize Lambda function invocations using AWS X-Ray". There are two
styles of the second: `Initialization`, `Invocation` and `Overhead` with the calls below `Invocation`;
newer ones have `Init` only, and the calls directly below the function.
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import FUNCTION, Scenario
from forensics.demo.story import Invocation, Micros
from forensics.demo.telemetry.line import by_its_clock, function_arn, log_group
from forensics.demo.telemetry.xray import causes, links
from forensics.demo.telemetry.xray.business import annotates, noted
from forensics.demo.telemetry.xray.values import (
    Document,
    Recorded,
    by_clock,
    derived,
    millis,
    seconds,
)

_WORK, _OVERHEAD, _INIT, _DWELL, _HANDLER, _AGAIN = 11, 12, 13, 14, 15, 16
# Failures after which nothing of the process was left to finish its subsegments.
_STOPPED = frozenset({"timeout", "out_of_memory", "crash"})
# How long it takes to hand a queued event to a warm environment.
_HANDING_OVER: Micros = 10_000


def segments(
    account: Scenario, invocation: Invocation, parent_id: str, recorded: Recorded
) -> Iterator[Document]:
    """The service's segment once per request id, the code's for each attempt that ran."""
    if not invocation.asynchronous:
        yield _service(account, invocation, parent_id)
        above = invocation.id
    else:
        first = invocation.first or invocation
        above = _attempt_id(first, invocation.attempt)
        if invocation.first is None:
            yield _asynchronous(account, invocation, parent_id)
    if _ran(invocation):
        yield _code(account, invocation, above, recorded)


def _service(account: Scenario, invocation: Invocation, parent_id: str) -> Document:
    """What the Lambda service saw: the request id is here, and only here."""
    failure = invocation.failure
    is_throttled = failure is not None and failure.kind == "throttle"
    document: Document = {
        "id": invocation.id,
        "name": invocation.node.name,
        "start_time": millis(invocation.accepted),
        "trace_id": invocation.trace.id,
        "end_time": millis(invocation.released),
        **causes.of_function(failure),
        "http": {"response": {"status": 429 if is_throttled else 200}},
        "aws": {"request_id": invocation.request_id},
        "origin": "AWS::Lambda",
        "resource_arn": _qualified(account, invocation.node.name, invocation.node.alias),
    }
    if parent_id:
        document["parent_id"] = parent_id
    return document


def _asynchronous(account: Scenario, invocation: Invocation, parent_id: str) -> Document:
    """It ends with the 202: the wait in the queue and the attempts come after its end."""
    accepted = invocation.accepted
    first_try = _attempt_started(invocation)
    dwell: Document = {
        "id": derived(invocation.id, _DWELL),
        "name": "Dwell Time",
        "start_time": millis(accepted),
        "end_time": millis(first_try),
    }
    document: Document = {
        "id": invocation.id,
        "name": invocation.node.name,
        "start_time": millis(accepted),
        "trace_id": invocation.trace.id,
        "end_time": millis(accepted + 4_000 + int(invocation.id[:4], 16) % 22_000),
        "http": {"response": {"status": 202}},
        "aws": {"request_id": invocation.request_id},
        "origin": "AWS::Lambda",
        "resource_arn": _qualified(account, invocation.node.name, invocation.node.alias),
        "subsegments": [dwell, *map(_attempt, (invocation, *invocation.retries))],
    }
    if parent_id:
        document["parent_id"] = parent_id
    return document


def _attempt(invocation: Invocation) -> Document:
    failure = invocation.failure
    is_throttled = failure is not None and failure.kind == "throttle"
    return {
        "id": _attempt_id(invocation.first or invocation, invocation.attempt),
        "name": f"Attempt #{invocation.attempt}",
        "start_time": millis(_attempt_started(invocation)),
        "end_time": millis(invocation.released),
        **causes.of_function(failure),
        "http": {"response": {"status": 429 if is_throttled else 200}},
    }


def _attempt_id(first: Invocation, number: int) -> str:
    return derived(first.id, 100 + number)


def _attempt_started(invocation: Invocation) -> Micros:
    """A later attempt is accepted when it begins; the first one has waited since it was accepted."""
    if invocation.first is not None:
        return invocation.accepted
    ready = invocation.started - invocation.init - _HANDING_OVER
    return max(invocation.accepted, ready)


def _ran(invocation: Invocation) -> bool:
    failure = invocation.failure
    return failure is None or failure.kind != "throttle"


def _qualified(account: Scenario, name: str, qualifier: str) -> str:
    arn = function_arn(account, name)
    return f"{arn}:{qualifier}" if qualifier else arn


def _code(account: Scenario, invocation: Invocation, parent_id: str, recorded: Recorded) -> Document:
    node, failure = invocation.node, invocation.failure
    version = "" if invocation.version == "$LATEST" else invocation.version
    arn = _qualified(account, node.name, version)
    document: Document = {
        "id": invocation.code_id,
        "name": node.name,
        "start_time": by_clock(node, invocation.started),
        "trace_id": invocation.trace.id,
        "end_time": by_clock(node, invocation.ended),
        "parent_id": parent_id,
        **causes.of_function(failure),
        "aws": {
            "account_id": account.account,
            "function_arn": arn,
            "cloudwatch_logs": [{"log_group": log_group(node)}],
            "resource_names": [node.name],
        },
        "origin": FUNCTION,
    }
    if failure and failure.type and failure.kind in ("exception", "init"):
        document["cause"] = causes.from_runtime(failure)
    work = _work(invocation, recorded)
    if node.segments == "old":
        _old_style(document, invocation, work, {"function_arn": arn})
    else:
        _new_style(document, invocation, work)
    return document


def _work(invocation: Invocation, recorded: Recorded) -> list[Document]:
    """The program's own subsegments. One that annotates needs a subsegment for it: the function's
    segment belongs to Lambda, and the SDKs cannot change it."""
    calls = [document for _, document in recorded]
    if not annotates(invocation) or _never_worked(invocation):
        return calls
    return [_handler(invocation, calls)]


def _never_worked(invocation: Invocation) -> bool:
    return invocation.failure is not None and invocation.failure.kind == "init"


def _handler(invocation: Invocation, calls: list[Document]) -> Document:
    node, failure = invocation.node, invocation.failure
    id = derived(invocation.code_id, _HANDLER)
    document: Document = {
        "id": id,
        "name": "## handler",
        "start_time": by_clock(node, invocation.started + 300),
    }
    if failure and failure.kind in _STOPPED:
        document["in_progress"] = True
    else:
        document["end_time"] = by_clock(node, max(invocation.started + 300, invocation.ended - 200))
    if failure and failure.kind == "exception":
        document["fault"] = True
        document["cause"] = causes.same_as_call(invocation) or causes.from_sdk(
            failure, id, False, "/var/task", invocation.calls
        )
    document["annotations"] = noted(invocation)
    if calls:
        document["subsegments"] = calls
    return document


def _old_style(document: Document, invocation: Invocation, work: list[Document], aws: Document) -> None:
    """Initialization (before its segment, on a cold start), Invocation, Overhead."""
    node, failure = invocation.node, invocation.failure
    parts = _initialised(invocation, "Initialization", aws)
    document["subsegments"] = parts
    _link(document, links.to_producers(invocation))
    if _never_worked(invocation):
        return
    overhead = min(300, invocation.duration // 10)
    until = max(invocation.started + 40, invocation.ended - overhead)
    running: Document = {
        "id": derived(invocation.code_id, _WORK),
        "name": "Invocation",
        "start_time": by_clock(node, invocation.started + 40),
        "end_time": by_clock(node, until),
        **causes.of_function(failure),
        "aws": aws,
    }
    _link(running, links.to_consumers(invocation))
    if work:
        running["subsegments"] = work
    rest = {
        "id": derived(invocation.code_id, _OVERHEAD),
        "name": "Overhead",
        "start_time": by_clock(node, min(until + 20, invocation.ended)),
        "end_time": by_clock(node, invocation.ended),
        "aws": aws,
    }
    parts += [running, rest]


def _new_style(document: Document, invocation: Invocation, work: list[Document]) -> None:
    """Init only; the program's subsegments stand directly below the function."""
    if not invocation.failure or invocation.failure.kind not in (*_STOPPED, "init"):
        document["annotations"] = _answered_in(invocation.duration / 1000)
    _link(document, (links.to_producers(invocation) + links.to_consumers(invocation))[:20])
    parts = _initialised(invocation, "Init", None) + work
    if parts:
        document["subsegments"] = parts


def _link(document: Document, made: list[Document]) -> None:
    if made:
        document["links"] = made


def _answered_in(ms: float) -> Document:
    """A runtime that was stopped never answered, and has none of these."""
    return {
        "aws.responseLatency": round(ms * 0.9, 3),
        "aws.responseDuration": 0.061,
        "aws.runtimeOverhead": round(min(1.4, ms * 0.05), 3),
        "aws.extensionOverhead": 0.0,
    }


def _initialised(invocation: Invocation, name: str, aws: Document | None) -> list[Document]:
    """Before the segment on a cold start; inside of it where the environment had to start anew."""
    node, started = invocation.node, invocation.started
    found = []
    if invocation.init:
        until = max(started - invocation.init, started - 900)
        found.append((_INIT, started - invocation.init, until))
    if invocation.suppressed_init:
        found.append((_AGAIN, started, started + invocation.suppressed_init))
    parts = []
    for number, since, until in found:
        part: Document = {
            "id": derived(invocation.code_id, number),
            "name": name,
            "start_time": seconds(by_its_clock(node, since)),
            "end_time": seconds(by_its_clock(node, until)),
        }
        if _never_worked(invocation):
            part["fault"] = True
        if aws:
            part["aws"] = aws
        parts.append(part)
    return parts
