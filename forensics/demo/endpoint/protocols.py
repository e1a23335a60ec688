"""AWS's wire protocols: which operation a request means, and how results and errors are written.

json (`X-Amz-Target`, `__type` in the body), rest-json (method and path, `x-amzn-ErrorType`), query
and ec2 (form in, XML out), rest-xml (S3): as in botocore's serializers and parsers. Where a model
offers several (CloudWatch: CBOR, json, query) it is the one that botocore resolves to. Codes of the
common errors are those of the "Common Errors" page of each API reference.
"""

from __future__ import annotations

from typing import Any

import msgspec

from forensics.demo.endpoint.forms import read_form
from forensics.demo.endpoint.request import Request
from forensics.demo.endpoint.routes import find_route, route_params
from forensics.demo.endpoint.service import Body, Piece, Protocol, Refusal, Service
from forensics.demo.endpoint.xml import write_xml, write_xml_error

__all__ = ["COMMON", "content_type", "find_operation", "read_params", "write_body", "write_error"]

# kind -> protocol -> (code, status)
COMMON: dict[str, dict[Protocol, tuple[str, int]]] = {
    "access_denied": {
        "json": ("AccessDeniedException", 400),
        "rest-json": ("AccessDeniedException", 403),
        "query": ("AccessDenied", 403),
        "ec2": ("UnauthorizedOperation", 403),
        "rest-xml": ("AccessDenied", 403),
    },
    "expired_credentials": {
        "json": ("ExpiredTokenException", 400),
        "rest-json": ("ExpiredTokenException", 403),
        "query": ("ExpiredToken", 403),
        "ec2": ("RequestExpired", 400),
        "rest-xml": ("ExpiredToken", 400),
    },
    "throttled": {
        "json": ("ThrottlingException", 400),
        "rest-json": ("ThrottlingException", 429),
        "query": ("Throttling", 400),
        "ec2": ("RequestLimitExceeded", 503),
        "rest-xml": ("SlowDown", 503),
    },
    "internal_error": {
        "json": ("InternalFailure", 500),
        "rest-json": ("InternalFailure", 500),
        "query": ("InternalFailure", 500),
        "ec2": ("InternalError", 500),
        "rest-xml": ("InternalError", 500),
    },
    "unavailable": {
        "json": ("ServiceUnavailableException", 503),
        "rest-json": ("ServiceUnavailable", 503),
        "query": ("ServiceUnavailable", 503),
        "ec2": ("Unavailable", 503),
        "rest-xml": ("ServiceUnavailable", 503),
    },
    "unsigned": {
        "json": ("MissingAuthenticationTokenException", 400),
        "rest-json": ("MissingAuthenticationTokenException", 403),
        "query": ("MissingAuthenticationToken", 403),
        "ec2": ("MissingAuthenticationToken", 403),
        "rest-xml": ("AccessDenied", 403),
    },
    "unknown_operation": {
        "json": ("UnknownOperationException", 400),
        "rest-json": ("UnknownOperationException", 404),
        "query": ("InvalidAction", 400),
        "ec2": ("InvalidAction", 400),
        "rest-xml": ("MethodNotAllowed", 405),
    },
}

_TYPES = {
    "rest-json": "application/json",
    "query": "text/xml",
    "ec2": "text/xml",
    "rest-xml": "application/xml",
}
_REST = ("rest-json", "rest-xml")


def content_type(service: Service) -> str:
    return _TYPES.get(service.protocol, f"application/x-amz-json-{service.json_version}")


def find_operation(service: Service, request: Request) -> str:
    """Its name; empty where the service has no such operation."""
    if service.protocol == "json":
        target = request.headers.get("x-amz-target", "")
        prefix, _, name = target.rpartition(".")
        return name if prefix == service.target else ""
    if service.protocol in _REST:
        return find_route(service.routes, request)
    return str(read_form(request.body).get("Action", ""))


def read_params(service: Service, operation: str, request: Request) -> dict[str, Any]:
    """By the names that they have on the wire, wherever in the request they stand."""
    if service.protocol in ("query", "ec2"):
        return read_form(request.body)
    routed = route_params(service.routes, operation, request) if service.protocol in _REST else {}
    if service.protocol == "rest-xml":
        return routed
    try:
        return msgspec.json.decode(request.body or b"{}", type=dict[str, Any]) | routed
    except msgspec.DecodeError as error:
        raise Refusal("SerializationException", "The request body is not a JSON object.") from error


def write_body(service: Service, operation: str, body: Body, request_id: str) -> list[Piece]:
    if isinstance(body, list):
        return body
    if service.protocol in ("json", "rest-json"):
        return [msgspec.json.encode(body)]
    return [write_xml(service, operation, body, request_id)]


def write_error(
    service: Service, refusal: Refusal, request_id: str
) -> tuple[int, str, bytes, dict[str, str]]:
    """Status, code, body and headers."""
    code, status, text = refusal.code, refusal.status, refusal.message
    if code in COMMON:
        code, status = service.errors.get(code) or COMMON[code][service.protocol]
    if service.protocol == "rest-json":
        return status, code, msgspec.json.encode({service.message: text}), {"x-amzn-ErrorType": code}
    if service.protocol == "json":
        headers = _query_error(service, code, status)
        return status, code, msgspec.json.encode({"__type": code, "message": text}), headers
    return status, code, write_xml_error(service.protocol, status, code, text, request_id), {}


def _query_error(service: Service, code: str, status: int) -> dict[str, str]:
    if service.query_codes is None:
        return {}
    fault = "Sender" if status < 500 else "Receiver"
    return {"x-amzn-query-error": f"{service.query_codes.get(code, code)};{fault}"}
