"""API Gateway REST stages: the access log of a stage, one JSON object per request.

The format is the account's own, all values are strings (`"status":"$context.status"`) and what
does not exist prints `-`; the keys are the names of the $context variables (API Gateway developer
guide, "Variables for access logging"). With a proxy integration, `integrationStatus` is Lambda's
own code and `integration.status` the one that the function's code returned. The response type of
a function's error is not documented; API_CONFIGURATION_ERROR is for malformed answers.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from forensics.demo.scenario import Node
from forensics.demo.telemetry.gateways.requests import Request, short_id
from forensics.demo.telemetry.line import Line, by_its_clock

_encode = msgspec.json.Encoder().encode

_ERRORS = {
    "limited": ("Too Many Requests", "THROTTLED"),
    "denied": ("Forbidden", "ACCESS_DENIED"),
    "own": ("Internal server error", "DEFAULT_5XX"),
    "timeout": ("Endpoint request timed out", "INTEGRATION_TIMEOUT"),
    "throttled": ("Internal server error", "INTEGRATION_FAILURE"),
    "function": ("Internal server error", "INTEGRATION_FAILURE"),
    "malformed": ("Internal server error", "API_CONFIGURATION_ERROR"),
    "broken": ("Internal server error", "INTEGRATION_FAILURE"),
    "passed": ("-", "-"),
}


def access_group(node: Node) -> str:
    return node.log_group or f"/aws/apigateway/{node.name}/access"


def stage_of(node: Node) -> str:
    return node.name.rsplit("/", 1)[-1]


def access_lines(request: Request) -> Iterator[Line]:
    invocation = request.invocation
    node = invocation.node
    at = by_its_clock(node, invocation.accepted)
    took = (invocation.ended - invocation.accepted) // 1000
    message, response_type = _ERRORS[request.ending]
    record = {
        "requestId": invocation.request_id,
        "extendedRequestId": short_id(invocation.request_id),
        "ip": invocation.client_ip or "-",
        "userAgent": request.agent,
        "requestTimeEpoch": str(at // 1000),
        "httpMethod": request.method,
        "resourcePath": request.resource,
        "path": f"/{stage_of(node)}{request.path}",
        "protocol": "HTTP/1.1",
        "status": str(invocation.status),
        "responseLength": "36" if message != "-" else "128",
        **_integration(request),
        "responseLatency": str(took),
        "error.message": message,
        "error.responseType": response_type,
        "xrayTraceId": invocation.trace.id if node.tracing == "active" else "-",
    }
    stream = short_id(node.name)[:8] + "_" + invocation.id[:1]
    yield Line(at + took * 1000, access_group(node), stream, _encode(record).decode())


def _integration(request: Request) -> dict[str, str]:
    """After a time-out nothing is known of the other side, not even its request id."""
    call, latency = request.call, str(request.integration_ms)
    if call is None:
        latency = "-"
    if call is None or request.ending in ("timeout", "broken"):
        own, code, id = "-", "-", "-"
    elif request.ending == "throttled":
        own, code, id = "429", "-", call.request_id
    else:
        own = "200" if request.to_function else str(call.status)
        code = str(request.invocation.status) if request.ending == "passed" else "-"
        id = call.request_id if request.to_function else "-"
    return {
        "integrationStatus": own,
        "integration.status": code,
        "integration.requestId": id,
        "integrationLatency": latency,
    }
