"""What GetTraceSummaries says of a trace, made from its segment documents.

Fields as in the API reference of TraceSummary; HasFault, HasError and HasThrottle speak of the root
alone, as X-Ray's do, and what failed inside is found with `service(){fault}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from forensics.demo.endpoint.reading import TraceSource
from forensics.demo.endpoint.root_causes import Document, root_causes, service_id

__all__ = ["ANY", "ERROR", "FAULT", "PARTIAL", "THROTTLE", "Summary", "documents_of", "summarise"]

# Bits of a summary's flags: of the root, and three places up of any service of the trace.
FAULT, ERROR, THROTTLE, PARTIAL = 1, 2, 4, 64
ANY = 3


class Summary(NamedTuple):
    """`body` lacks IsPartial, Revision and the closing brace: they change while a trace completes."""

    starts: int  # microseconds
    ends: int
    flags: int
    body: bytes


def documents_of(trace: TraceSource) -> list[Document]:
    """The documents that can be read; a broken one is served like the rest, but says nothing here."""
    return [document for segment in trace.Segments if (document := _read(segment.Document))]


def summarise(trace: TraceSource) -> Summary:
    documents = documents_of(trace)
    if not documents:
        return Summary(0, 0, PARTIAL, _body({"Id": trace.Id, "StartTime": 0.0}))
    root = _root(documents)
    starts = min(document.start_time for document in documents)
    ends = max(document.end_time or document.start_time for document in documents)
    fields = {
        "Id": trace.Id,
        "StartTime": starts,
        "Duration": trace.Duration if trace.Duration is not None else round(ends - starts, 3),
        "ResponseTime": round((root.end_time or ends) - root.start_time, 3),
        "HasFault": root.fault,
        "HasError": root.error,
        "HasThrottle": root.throttle,
        "Http": _http(root),
        "Annotations": _annotations(documents),
        "Users": [
            {"UserName": document.user, "ServiceIds": [service_id(document)]}
            for document in documents
            if document.user
        ],
        "ServiceIds": _distinct(service_id(document) for document in documents),
        "ResourceARNs": _distinct({"ARN": d.resource_arn} for d in documents if d.resource_arn),
        "InstanceIds": _distinct({"Id": id} for id in _ec2(documents, "instance_id")),
        "AvailabilityZones": _distinct({"Name": zone} for zone in _ec2(documents, "availability_zone")),
        "EntryPoint": service_id(root),
        **root_causes(documents, root),
        "MatchedEventTime": ends,
    }
    return Summary(round(starts * 1e6), round(ends * 1e6), _flags(documents, root), _body(fields))


_decoder = msgspec.json.Decoder(Document)


def _read(text: str) -> Document | None:
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def _body(fields: dict[str, Any]) -> bytes:
    return msgspec.json.encode(fields)[:-1]


def _root(documents: list[Document]) -> Document:
    """The earliest without a parent; where all have one, the earliest."""
    orphans = [document for document in documents if document.parent_id is None]
    return min(orphans or documents, key=lambda document: (document.start_time, document.id))


def _flags(documents: list[Document], root: Document) -> int:
    flags = _marks(root)
    for document in documents:
        flags |= _marks(document) << ANY
        if document.in_progress:
            flags |= PARTIAL
    return flags


def _marks(document: Document) -> int:
    return FAULT * document.fault | ERROR * document.error | THROTTLE * document.throttle


def _http(root: Document) -> dict[str, Any]:
    http = root.http if isinstance(root.http, dict) else {}
    request, response = http.get("request") or {}, http.get("response") or {}
    fields = {
        "HttpURL": request.get("url"),
        "HttpStatus": response.get("status"),
        "HttpMethod": request.get("method"),
        "UserAgent": request.get("user_agent"),
        "ClientIp": request.get("client_ip"),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _annotations(documents: list[Document]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for document in documents:
        for part in _within(document):
            for key, value in (part.annotations or {}).items():
                entry = {"AnnotationValue": _value(value), "ServiceIds": [service_id(document)]}
                if entry not in found.setdefault(key, []):
                    found[key].append(entry)
    return found


def _within(part: Document) -> Iterator[Document]:
    yield part
    for child in part.subsegments:
        yield from _within(child)


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BooleanValue": value}
    if isinstance(value, int | float):
        return {"NumberValue": value}
    return {"StringValue": str(value)}


def _ec2(documents: list[Document], field: str) -> Iterator[str]:
    for document in documents:
        ec2 = (document.aws or {}).get("ec2")
        if isinstance(ec2, dict) and ec2.get(field):
            yield str(ec2[field])


def _distinct(values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
