"""Traces as OTLP/JSON: `curl -d @file -H 'Content-Type: application/json' http://localhost:4318/v1/traces`.

Source: OpenTelemetry protocol specification, "JSON Protobuf Encoding" (ids in hex, 64-bit numbers as text,
enumerations as numbers) and opentelemetry-proto, `trace/v1/trace.proto` and `common/v1/common.proto`.
"""

from __future__ import annotations

from typing import Any

from forensics.model import ExportDocument, ExportEvent, ExportLink, ExportSpan

__all__ = ["any_value", "otlp_document"]

_KINDS = {"INTERNAL": 1, "SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
_STATUS = {"OK": 1, "ERROR": 2}
_SCOPE = {"name": "trace-forensics"}


def otlp_document(document: ExportDocument) -> dict[str, Any]:
    """One TracesData message; spans of one resource stand together."""
    groups: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {}
    for span in document.spans:
        groups.setdefault(repr(sorted(span.resource.items())), (span.resource, []))[1].append(_span(span))
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes(about)},
                "scopeSpans": [{"scope": _SCOPE, "spans": spans}],
            }
            for about, spans in groups.values()
        ]
    }


def _span(span: ExportSpan) -> dict[str, Any]:
    told: dict[str, Any] = {"traceId": span.trace_id, "spanId": span.span_id}
    if span.parent_id:
        told["parentSpanId"] = span.parent_id
    told |= {
        "name": span.name, "kind": _KINDS.get(span.kind, 0),
        "startTimeUnixNano": str(span.start_ns), "endTimeUnixNano": str(span.end_ns),
        "attributes": _attributes(span.attributes),
        "events": [_event(event) for event in span.events], "links": [_link(link) for link in span.links],
    }  # fmt: skip
    code = _STATUS.get(span.status)
    status = (
        {"code": code, "message": span.message} if code and span.message else {"code": code} if code else {}
    )
    return told | {"status": status}


def _event(event: ExportEvent) -> dict[str, Any]:
    return {
        "timeUnixNano": str(event.time_ns), "name": event.name, "attributes": _attributes(event.attributes)
    }  # fmt: skip


def _link(link: ExportLink) -> dict[str, Any]:
    return {
        "traceId": link.trace_id, "spanId": link.span_id, "attributes": _attributes(link.attributes)
    }  # fmt: skip


def _attributes(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": any_value(value)} for name, value in attributes.items()]


def any_value(value: Any) -> dict[str, Any]:
    """A plain value as AnyValue."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list | tuple):
        return {"arrayValue": {"values": [any_value(one) for one in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": _attributes(value)}}
    return {} if value is None else {"stringValue": str(value)}
