"""EventBridge's logs of a pipe ("Logging Amazon EventBridge Pipes", EventBridge user guide)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from forensics.demo.scenario import FUNCTION, QUEUE, WORKFLOW, Node, Scenario
from forensics.demo.story import Call, Deliver, Failure, Invocation, Micros
from forensics.demo.telemetry.carriers.attempts import written
from forensics.demo.telemetry.line import Line, by_its_clock, iso

Record = dict[str, Any]

_encode = msgspec.json.Encoder().encode
_SERVICES = {FUNCTION: "lambda", WORKFLOW: "states", QUEUE: "sqs"}


def pipe_group(pipe: Node) -> str:
    return pipe.log_group or f"/aws/vendedlogs/pipes/{pipe.name}"


def pipe_lines(account: Scenario, deliver: Deliver) -> Iterator[Line]:
    """One execution, without execution data: the pipe's calls are its enrichments and its target."""
    pipe, run = deliver.consumer, deliver.invocation
    if run is None:
        return
    for level, step, at, call in _steps(pipe, run):
        if written(pipe, level):
            yield _line(account, run, (level, step), by_its_clock(pipe, at), call)


_Step = tuple[str, str, Micros, Call | None]


def _steps(pipe: Node, run: Invocation) -> Iterator[_Step]:
    yield "INFO", "EXECUTION_STARTED", run.accepted, None
    broken: Call | None = None
    for number, call in enumerate(run.calls):
        stage = "ENRICHMENT" if number < len(pipe.call) else "TARGET"
        broken = call if call.failure else None
        yield from _stage(stage, call, broken)
    failed = run.failure is not None
    ending = ("ERROR", "EXECUTION_FAILED") if failed else ("INFO", "EXECUTION_SUCCEEDED")
    yield (*ending, run.ended, broken)


def _stage(stage: str, call: Call, broken: Call | None) -> Iterator[_Step]:
    ended = call.ended or call.started
    yield "INFO", f"{stage}_STAGE_ENTERED", call.started, None
    yield "TRACE", f"{stage}_INVOCATION_STARTED", call.started, None
    how = "FAILED" if broken else "SUCCEEDED"
    yield "ERROR" if broken else "TRACE", f"{stage}_INVOCATION_{how}", ended, broken
    yield "ERROR" if broken else "INFO", f"{stage}_STAGE_{how}", ended, broken


def _line(account: Scenario, run: Invocation, step: tuple[str, str], at: Micros, broken: Call | None) -> Line:
    pipe = run.node
    record: Record = {
        "resourceArn": f"arn:aws:pipes:{account.region}:{account.account}:pipe/{pipe.name}",
        "timestamp": at // 1000,
        "executionId": run.request_id,
        "messageType": step[1],
        "logLevel": step[0],
    }
    if broken is not None and broken.failure is not None:
        record["error"] = _error(broken, broken.failure)
    return Line(at, pipe_group(pipe), f"{pipe.name}-{iso(at)[:13]}", _encode(record).decode())


def _error(call: Call, failure: Failure) -> Record:
    """A function's exception comes back with Lambda's own 200."""
    raised = call.callee is not None and failure.kind not in ("throttle", "refusal", "fault")
    return {
        "httpStatusCode": 200 if raised else failure.status or call.status,
        "message": f"{call.target.name} returned an error",
        "details": f"{failure.type}: {failure.message}" if failure.type else failure.message,
        "awsService": _SERVICES.get(call.target.kind, "events"),
        "requestId": call.request_id,
    }
