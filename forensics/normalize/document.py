"""The typed shape of an X-Ray segment document, read with msgspec.

Field by field from the X-Ray developer guide, "X-Ray segment documents"; every field may be
missing or null, and fields that are not of the documented type are dropped with a warning
rather than losing the document.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

__all__ = [
    "Aws",
    "Cause",
    "Link",
    "Segment",
    "Unreadable",
    "decode_aws",
    "decode_document",
    "decode_exception",
    "raw_text",
]


class _Request(Struct):
    method: str | None = None
    url: str | None = None


class _Response(Struct):
    status: int | None = None


class Http(Struct):
    request: _Request | None = None
    response: _Response | None = None


class Cause(Struct):
    """The object form; the string form is the id of an exception in another span."""

    message: str | None = None
    exceptions: list[Raw] | None = None


class ExceptionHead(Struct):
    id: str | None = None
    type: str | None = None
    message: str | None = None
    cause: str | None = None


class Link(Struct):
    trace_id: str | None = None
    id: str | None = None
    attributes: dict[str, Any] | None = None


class Service(Struct):
    version: str | None = None


class Eks(Struct):
    pod: str | None = None


class ApiGateway(Struct):
    request_id: str | None = None


class Aws(Struct):
    """The keys of the `aws` block that name a resource or a request."""

    operation: str | None = None
    region: str | None = None
    account_id: str | None = None
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


class Unreadable(Exception):
    """The text is no JSON object, or nested too deeply."""


_document = msgspec.json.Decoder(Segment, strict=False)
_aws = msgspec.json.Decoder(Aws, strict=False)
_exception = msgspec.json.Decoder(ExceptionHead, strict=False)
_PLACE = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_MOST_REPAIRS = 50


def decode_document(text: str) -> tuple[Segment, list[str]]:
    """The document, and what had to be dropped to read it. Raises Unreadable."""
    try:
        return _document.decode(text), []
    except (msgspec.ValidationError, UnicodeEncodeError, msgspec.DecodeError):
        return _repair(text)
    except RecursionError:
        raise Unreadable("nested too deeply") from None


def _repair(text: str) -> tuple[Segment, list[str]]:
    """Drop the fields of a wrong type, one after the other, until the rest can be read."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from None
    dropped: list[str] = []
    while len(dropped) < _MOST_REPAIRS:
        try:
            raw = json.dumps(value).encode()
            return _document.decode(raw), dropped
        except msgspec.ValidationError as error:
            dropped.append(str(error))
            if not _drop(value, str(error)):
                break
        except (msgspec.DecodeError, RecursionError) as error:
            raise Unreadable(str(error)) from None
    raise Unreadable(dropped[-1])


def _drop(value: Any, error: str) -> bool:
    """Remove what the message points at; with `[...]` every element of that list."""
    place = _PLACE.search(error)
    steps = [name or index for name, index in _STEP.findall(place[1])] if place else []
    return _remove(value, steps)


def _remove(value: Any, steps: list[str]) -> bool:
    if not steps:
        return False
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        chosen = range(len(value)) if step == "..." else [int(step)]
        if not rest:
            value.clear()
            return True
        return any([_remove(value[i], rest) for i in chosen if i < len(value)])
    if not isinstance(value, dict) or step not in value:
        return False
    if not rest or not isinstance(value[step], dict | list):
        del value[step]
        return True
    return _remove(value[step], rest)


def raw_text(raw: Raw | UnsetType) -> str | None:
    """The JSON of an untyped field, None where it is missing or null."""
    if raw is UNSET or bytes(raw) == b"null":
        return None
    return bytes(raw).decode("utf-8", "replace")


def decode_aws(raw: Raw | UnsetType) -> Aws:
    if raw is UNSET:
        return _NOTHING
    try:
        return _aws.decode(raw)
    except (msgspec.DecodeError, UnicodeError):
        return _NOTHING


def decode_exception(raw: Raw) -> ExceptionHead:
    try:
        return _exception.decode(raw)
    except (msgspec.DecodeError, UnicodeError):
        return ExceptionHead()


_NOTHING = Aws()
