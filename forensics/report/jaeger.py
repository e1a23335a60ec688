"""Traces as Jaeger's own JSON, for the upload of its user interface and for Grafana's.

Source: Jaeger's `model/json/model.go`: times in µs, ids in hex, `tags` of key, type and value, `logs` of
fields, what is alike for all spans of a service in `processes`.
"""

from __future__ import annotations

import json
from typing import Any

from forensics.model import ExportDocument, ExportEvent, ExportSpan

__all__ = ["jaeger_document"]

_TYPES = {bool: "bool", int: "int64", float: "float64"}


def jaeger_document(document: ExportDocument) -> dict[str, Any]:
    """What Jaeger's query service answers: one object a trace."""
    by_trace: dict[str, list[ExportSpan]] = {trace: [] for trace in document.traces}
    for span in document.spans:
        by_trace[span.trace_id].append(span)
    return {"data": [_trace(trace, spans) for trace, spans in by_trace.items()]}


def _trace(trace: str, spans: list[ExportSpan]) -> dict[str, Any]:
    names: dict[str, str] = {}
    processes: dict[str, dict[str, Any]] = {}
    told = []
    for span in spans:
        about = repr(sorted(span.resource.items()))
        if about not in names:
            names[about] = f"p{len(names) + 1}"
            processes[names[about]] = _process(span)
        told.append(_span(span, names[about]))
    return {"traceID": trace, "spans": told, "processes": processes}


def _process(span: ExportSpan) -> dict[str, Any]:
    about = {name: value for name, value in span.resource.items() if name != "service.name"}
    return {"serviceName": str(span.resource.get("service.name") or span.node.name), "tags": _tags(about)}


def _span(span: ExportSpan, process: str) -> dict[str, Any]:
    return {
        "traceID": span.trace_id, "spanID": span.span_id, "operationName": span.name,
        "references": _references(span), "startTime": span.start_ns // 1000,
        "duration": span.end_ns // 1000 - span.start_ns // 1000,
        "tags": _tags(_meant(span) | span.attributes), "logs": [_log(event) for event in span.events],
        "processID": process, "warnings": None,
    }  # fmt: skip


def _references(span: ExportSpan) -> list[dict[str, Any]]:
    parent = [("CHILD_OF", span.trace_id, span.parent_id)] if span.parent_id else []
    links = [("FOLLOWS_FROM", link.trace_id, link.span_id) for link in span.links]
    return [{"refType": kind, "traceID": trace, "spanID": other} for kind, trace, other in [*parent, *links]]


def _meant(span: ExportSpan) -> dict[str, Any]:
    """Kind and status are tags with Jaeger; links are, since a reference has no attributes."""
    found: dict[str, Any] = {"span.kind": span.kind.lower()}
    if span.status:
        found["otel.status_code"] = span.status
    if span.status == "ERROR":
        found["error"] = True
    if span.message:
        found["otel.status_description"] = span.message
    if span.links:
        links = [[link.trace_id, link.span_id, link.attributes] for link in span.links]
        found["forensics.links"] = json.dumps(links, ensure_ascii=False, sort_keys=True)
    return found


def _log(event: ExportEvent) -> dict[str, Any]:
    return {"timestamp": event.time_ns // 1000, "fields": _tags({"event": event.name} | event.attributes)}


def _tags(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [_tag(name, value) for name, value in attributes.items() if value is not None]


def _tag(name: str, value: Any) -> dict[str, Any]:
    kind = _TYPES.get(type(value))
    if kind is None and not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return {"key": name, "type": kind or "string", "value": value}
