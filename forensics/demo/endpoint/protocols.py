"""AWS's wire protocols: which operation a request means, and how results and errors are written.

json 1.1 (`X-Amz-Target`, `__type` in the body), rest-json (method and path, `x-amzn-ErrorType`),
query (form in, XML out): as in botocore's serializers and parsers. Codes of the common errors are
those of the "Common Errors" page of each API reference.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import msgspec

from forensics.demo.endpoint.request import Request
from forensics.demo.endpoint.service import Body, Piece, Protocol, Refusal, Service

__all__ = ["COMMON", "content_type", "find_operation", "read_params", "write_body", "write_error"]

# kind -> protocol -> (code, status)
COMMON: dict[str, dict[Protocol, tuple[str, int]]] = {
    "access_denied": {
        "json": ("AccessDeniedException", 400),
        "rest-json": ("AccessDeniedException", 403),
        "query": ("AccessDenied", 403),
    },
    "expired_credentials": {
        "json": ("ExpiredTokenException", 400),
        "rest-json": ("ExpiredTokenException", 403),
        "query": ("ExpiredToken", 403),
    },
    "throttled": {
        "json": ("ThrottlingException", 400),
        "rest-json": ("ThrottlingException", 429),
        "query": ("Throttling", 400),
    },
    "internal_error": {
        "json": ("InternalFailure", 500),
        "rest-json": ("InternalFailure", 500),
        "query": ("InternalFailure", 500),
    },
    "unavailable": {
        "json": ("ServiceUnavailableException", 503),
        "rest-json": ("ServiceUnavailable", 503),
        "query": ("ServiceUnavailable", 503),
    },
    "unsigned": {
        "json": ("MissingAuthenticationTokenException", 400),
        "rest-json": ("MissingAuthenticationTokenException", 403),
        "query": ("MissingAuthenticationToken", 403),
    },
    "unknown_operation": {
        "json": ("UnknownOperationException", 400),
        "rest-json": ("UnknownOperationException", 404),
        "query": ("InvalidAction", 400),
    },
}

_TYPES = {"json": "application/x-amz-json-1.1", "rest-json": "application/json", "query": "text/xml"}


def content_type(service: Service) -> str:
    return _TYPES[service.protocol]


def find_operation(service: Service, request: Request) -> str:
    """Its name; empty where the service has no such operation."""
    if service.protocol == "json":
        target = request.headers.get("x-amz-target", "")
        prefix, _, name = target.rpartition(".")
        return name if prefix == service.target else ""
    if service.protocol == "rest-json":
        return service.routes.get(f"{request.method} {request.path}", "")
    return dict(parse_qsl(request.body.decode(errors="replace"))).get("Action", "")


def read_params(service: Service, request: Request) -> dict[str, Any]:
    if service.protocol == "query":
        return dict(parse_qsl(request.body.decode(errors="replace")))
    try:
        return msgspec.json.decode(request.body or b"{}", type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise Refusal("SerializationException", "The request body is not a JSON object.") from error


def write_body(service: Service, operation: str, body: Body, request_id: str) -> list[Piece]:
    if isinstance(body, list):
        return body
    if service.protocol != "query":
        return [msgspec.json.encode(body)]
    result = f"<{operation}Result>{_xml(body)}</{operation}Result>"
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    space = f"https://{service.signing_name}.amazonaws.com/doc/{service.version}/"
    return [f'<{operation}Response xmlns="{space}">{result}{metadata}</{operation}Response>'.encode()]


def write_error(service: Service, refusal: Refusal, request_id: str) -> tuple[int, str, bytes]:
    """Status, code and body."""
    code, status = refusal.code, refusal.status
    if code in COMMON:
        code, status = service.errors.get(code) or COMMON[code][service.protocol]
    if service.protocol == "query":
        fault = "Sender" if status < 500 else "Receiver"
        error = _xml({"Type": fault, "Code": code, "Message": refusal.message})
        text = f"<ErrorResponse><Error>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        return status, code, text.encode()
    if service.protocol == "json":
        return status, code, msgspec.json.encode({"__type": code, "message": refusal.message})
    return status, code, msgspec.json.encode({"Message": refusal.message})


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(part)}</{name}>" for name, part in value.items())
    return escape(str(value))
