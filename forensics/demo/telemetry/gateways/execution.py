"""API Gateway's execution log of a REST stage at level INFO: what it did, line by line.

Every line starts with the request id in brackets; a time-out of the integration has no response
lines, and a request over the limit leaves nothing: it never got so far.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5

from forensics.demo.scenario import Scenario
from forensics.demo.story import Call, Failure, Micros
from forensics.demo.telemetry.gateways.requests import Request, short_id
from forensics.demo.telemetry.gateways.rest import stage_of
from forensics.demo.telemetry.line import Line, by_its_clock, function_arn, iso

# API Gateway cuts a line of its execution log.
_CUT = 1024


def execution_lines(account: Scenario, request: Request) -> Iterator[Line]:
    invocation = request.invocation
    node = invocation.node
    group = f"API-Gateway-Execution-Logs_{node.api_id}/{stage_of(node)}"
    stream = md5(f"{node.api_id}{invocation.id[:1]}".encode(), usedforsecurity=False).hexdigest()
    for moment, text in _said(account, request):
        line = f"({invocation.request_id}) {text}"
        if len(line) > _CUT:
            line = f"{line[:_CUT]} [TRUNCATED]"
        yield Line(by_its_clock(node, moment), group, stream, line)


def _said(account: Scenario, request: Request) -> Iterator[tuple[Micros, str]]:
    invocation, call = request.invocation, request.call
    began, ended = invocation.accepted, invocation.ended
    if request.ending == "limited":
        return
    yield began, f"Extended Request Id: {short_id(invocation.request_id)}"
    if call is None:
        yield ended, f"Method completed with status: {invocation.status}"
        return
    yield from ((began, text) for text in _taken(request))
    yield call.started, f"Endpoint request URI: {_uri(account, call)}"
    yield call.started, f"Sending request to {_uri(account, call)}"
    yield from _answered(request, call)
    yield ended, f"Method completed with status: {invocation.status}"


def _taken(request: Request) -> list[str]:
    return [
        f"Starting execution for request: {request.invocation.request_id}",
        f"HTTP Method: {request.method}, Resource Path: {request.path}",
        "Method request path: {}",
        "Method request query string: {}",
    ]


def _uri(account: Scenario, call: Call) -> str:
    arn = function_arn(account, call.target.name)
    if call.target.kind == "AWS::Lambda::Function":
        return f"https://lambda.{account.region}.amazonaws.com/2015-03-31/functions/{arn}/invocations"
    return f"http://{call.target.host or call.target.name}{call.spec.path}"


def _answered(request: Request, call: Call) -> Iterator[tuple[Micros, str]]:
    ended = request.invocation.ended
    if request.ending == "timeout":
        yield ended, "Execution failed due to a timeout error"
        return
    if request.ending == "broken":
        yield ended, "Execution failed due to configuration error: Invalid endpoint address"
        return
    at, failed = call.ended or ended, request.ending == "throttled"
    status = 429 if failed else 200 if request.to_function else call.status
    yield at, f"Received response. Status: {status}, Integration latency: {request.integration_ms} ms"
    yield at, f"Endpoint response headers: {{{_headers(request, call, at)}}}"
    yield from ((ended, text) for text in _judged(request, call, status))


def _headers(request: Request, call: Call, at: Micros) -> str:
    """`x-amzn-RequestId` is the function's own request id."""
    trace = request.invocation.trace
    failed = "X-Amz-Function-Error=Unhandled, " if request.ending == "function" else ""
    return (
        f"Date={iso(at)[:19]}Z, Content-Type=application/json, Content-Length=128, Connection=keep-alive, "
        f"x-amzn-RequestId={call.request_id}, x-amzn-Remapped-Content-Length=0, {failed}"
        f"X-Amz-Executed-Version=$LATEST, X-Amzn-Trace-Id=root={trace.id};sampled={int(trace.sampled)}"
    )


def _judged(request: Request, call: Call, status: int) -> list[str]:
    lambda_id = f"Lambda request id: {call.request_id}"
    match request.ending:
        case "throttled":
            return [f"Lambda invocation failed with status: 429. {lambda_id}", *_error(call.failure)]
        case "function":
            failure = call.callee.failure if call.callee and call.callee.failure else call.failure
            said = f"{failure.type}: {failure.message}" if failure and failure.type else "Unhandled"
            why = f"due to customer function error: {said}. {lambda_id}"
            return [f"Lambda execution failed with status {status} {why}"]
        case "malformed":
            return ["Execution failed due to configuration error: Malformed Lambda proxy response"]
    return ["Successfully completed execution"]


def _error(failure: Failure | None) -> list[str]:
    return [f"Execution failed due to an internal error: {failure.message}"] if failure else []
