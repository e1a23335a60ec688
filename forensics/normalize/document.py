"""The typed shape of an X-Ray segment document, read with msgspec.

Field by field from the X-Ray developer guide, "X-Ray segment documents"; every field may be
missing or null. What is not of the documented type is dropped and named rather than losing the
document (`mend`).
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

__all__ = [
    "NESTED",
    "Aws",
    "Cause",
    "ExceptionHead",
    "Link",
    "Segment",
    "raw_text",
    "read_all",
    "read_document",
    "read_documents",
    "read_part",
]


class Request(Struct):
    method: str | None = None
    url: str | None = None


class Response(Struct):
    status: int | float | None = None


class Http(Struct):
    request: Request | None = None
    response: Response | None = None


class Cause(Struct):
    """The object form; the string form is the id of an exception in another span."""

    message: str | None = None
    exceptions: list[Raw] | None = None


class ExceptionHead(Struct):
    id: str | None = None
    type: str | None = None
    message: str | None = None


class Link(Struct):
    trace_id: str | None = None
    id: str | None = None
    attributes: dict[str, Any] | None = None


class Service(Struct):
    version: str | None = None


class ApiGateway(Struct):
    request_id: str | None = None


class Aws(Struct):
    """The keys of the `aws` block that name a resource or a request."""

    operation: str | None = None
    region: str | None = None
    account_id: str | int | None = None
    request_id: str | None = None
    message_id: str | None = None
    function_arn: str | None = None
    function_name: str | None = None
    resource_arn: str | None = None
    table_name: str | None = None
    bucket_name: str | None = None
    queue_url: str | None = None
    topic_arn: str | None = None
    stream_name: str | None = None
    state_machine_arn: str | None = None
    resource_names: list[str | None] | None = None
    api_gateway: ApiGateway | None = None


class Segment(Struct):
    """A segment or subsegment; `start_time` and `end_time` are seconds since the epoch."""

    id: str | None = None
    name: str | None = None
    trace_id: str | None = None
    parent_id: str | None = None
    start_time: float | None = None
    end_time: float | None = None
    in_progress: bool | None = None
    type: str | None = None
    namespace: str | None = None
    origin: str | None = None
    resource_arn: str | None = None
    inferred: bool | None = None
    error: bool | None = None
    fault: bool | None = None
    throttle: bool | None = None
    cause: Cause | str | None = None
    http: Http | None = None
    aws: Raw | UnsetType = UNSET
    annotations: Raw | UnsetType = UNSET
    metadata: Raw | UnsetType = UNSET
    sql: Raw | UnsetType = UNSET
    service: Service | None = None
    links: list[Link] | None = None
    subsegments: list[Segment] | None = None


_Part = TypeVar("_Part", bound=Struct)

# The fields that are objects with fields of their own.
NESTED: dict[str, type[Struct]] = {
    "http": Http,
    "request": Request,
    "response": Response,
    "cause": Cause,
    "service": Service,
    "api_gateway": ApiGateway,
}

_document = msgspec.json.Decoder(Segment, strict=False)
_decoders: dict[type[Struct], msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind, strict=False) for kind in (Aws, ExceptionHead)
}
_lists: dict[type[Struct], msgspec.json.Decoder[list[Any]]] = {
    Aws: msgspec.json.Decoder(list[Aws], strict=False),
}


def read_document(text: str) -> Segment | None:
    """The document, None where it is not quite what it should be: then `mend` is to look at it."""
    try:
        return _document.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def read_documents(texts: list[str]) -> list[Segment | None]:
    """The same of many: one failure is rare, and only then is each read by itself."""
    try:
        return [*map(_document.decode, texts)]
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return [*map(read_document, texts)]


def read_part(raw: Raw, kind: type[_Part]) -> _Part | None:
    """An untyped field of a document, read further; None where it is not quite of that kind."""
    try:
        part: _Part = _decoders[kind].decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return part


def read_all(raws: list[Raw], kind: type[_Part]) -> list[_Part] | None:
    """Many of one kind by one call; None where one of them is not quite of it."""
    try:
        parts: list[_Part] = _lists[kind].decode(b"[" + b",".join(raws) + b"]")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return parts if len(parts) == len(raws) else None


def raw_text(raw: Raw | UnsetType) -> str | None:
    """The JSON of an untyped field, None where it is missing or null."""
    if raw is UNSET or bytes(raw) == b"null":
        return None
    return bytes(raw).decode()
