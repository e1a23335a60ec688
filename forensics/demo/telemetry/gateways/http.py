"""API Gateway HTTP APIs: their access log, which is all they write, and names no trace.

Variables as in "Customize HTTP API access logs" (API Gateway developer guide).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from forensics.demo.telemetry.gateways.requests import Request, short_id
from forensics.demo.telemetry.gateways.rest import access_group
from forensics.demo.telemetry.line import Line, by_its_clock, iso

_encode = msgspec.json.Encoder().encode
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_AGAIN = "Check your Lambda function code and try again."
_ERRORS = {
    "timeout": "Execution failed due to a timeout error",
    "throttled": "The Lambda function exceeded its concurrency limit: Rate Exceeded.",
    "function": f"The Lambda function returned the following error: {{error}}. {_AGAIN}",
    "malformed": "The response from the Lambda function doesn't match the format that API Gateway expects. "
    'Lambda body contains the wrong type for field "headers"',
    "broken": "Network error communicating with endpoint",
}
_MESSAGES = {429: "Too Many Requests", 403: "Forbidden", 503: "Service Unavailable", 504: "Gateway Timeout"}


def http_lines(request: Request) -> Iterator[Line]:
    invocation, call = request.invocation, request.call
    node = invocation.node
    at = by_its_clock(node, invocation.accepted)
    took = (invocation.ended - invocation.accepted) // 1000
    gone = call is None or request.ending in ("timeout", "broken")
    own = "-" if gone or call is None else str(call.status)
    failed = request.ending != "passed"
    record = {
        "requestId": invocation.request_id,
        "extendedRequestId": short_id(invocation.request_id),
        "ip": invocation.client_ip or "-",
        "userAgent": request.agent,
        "requestTime": _clf(iso(at)),
        "requestTimeEpoch": str(at // 1000),
        "httpMethod": request.method,
        "routeKey": f"{request.method} {request.resource}",
        "path": request.path,
        "protocol": "HTTP/1.1",
        "status": str(invocation.status),
        "responseLength": "35" if failed else "128",
        "integrationStatus": "200" if request.to_function and not gone else own,
        "integrationRequestId": call.request_id if call and not gone else "-",
        "integrationErrorMessage": _error(request),
        "integrationLatency": str(request.integration_ms) if call else "-",
        "responseLatency": str(took),
        "error.message": _MESSAGES.get(invocation.status, "Internal Server Error") if failed else "-",
    }
    stream = f"{short_id(node.name)[:8]}_{invocation.id[:1]}"
    yield Line(at + took * 1000, access_group(node), stream, _encode(record).decode())


def _error(request: Request) -> str:
    """A function's own exception is named by its type only."""
    text, call = _ERRORS.get(request.ending, "-"), request.call
    failure = call.callee.failure if call and call.callee else None
    return text.format(error=failure.type if failure and failure.type else "Unhandled")


def _clf(time: str) -> str:
    """05/Oct/2026:02:00:00 +0000"""
    return f"{time[8:10]}/{_MONTHS[int(time[5:7])]}/{time[:4]}:{time[11:19]} +0000"
