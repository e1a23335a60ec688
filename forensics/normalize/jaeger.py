"""Spans of Jaeger's JSON: what its query service answers and its user interface saves.

Source: Jaeger's `model/json/model.go`: ids in hex (leading zeros may be missing), times in
microseconds, `tags` of key, type and value, `logs` of fields, `references` in place of a parent.
"""

from __future__ import annotations

from typing import Any

from forensics.normalize.loose import read_object
from forensics.normalize.mend import Unreadable
from forensics.normalize.told import Event, FoundLink, Told, number, text_of

__all__ = ["read_jaeger"]

_KINDS = {"server": "SERVER", "client": "CLIENT", "producer": "PRODUCER", "consumer": "CONSUMER"}
_TRUE = (True, "true", 1)


def read_jaeger(document: str, process: str | None) -> Told:
    """A span's JSON, and its process where that stands apart. Raises Unreadable."""
    span, dropped = read_object(document)
    told = Told(dropped=dropped)
    told.trace_id = _id(span.get("traceID"), 32)
    told.span_id = _id(span.get("spanID"), 16)
    told.name = text_of(span.get("operationName"))
    start, duration = number(span.get("startTime")), number(span.get("duration"))
    told.start_ns = start * 1000 if start else None
    told.end_ns = (start + duration) * 1000 if start and duration is not None else None
    told.attributes = _tags(told, span.get("tags"), "tags")
    told.resource = _resource(told, _process(told, span, process))
    _references(told, span)
    told.events = [_event(told, item) for item in _list(told, span.get("logs"), "logs")]
    _meant(told)
    if span.get("warnings"):
        told.metadata["warnings"] = span["warnings"]
    return told


def _id(value: Any, length: int) -> str:
    """Jaeger leaves leading zeros out; older ids of traces have 16 digits."""
    text = (text_of(value) or "").lower()
    return "" if not text.strip("0") else text.zfill(length)


def _list(told: Told, given: Any, where: str) -> list[dict[str, Any]]:
    if given is None:
        return []
    if not isinstance(given, list):
        told.dropped.append(f"{where}: expected a list")
        return []
    told.dropped += (f"{where}: expected objects" for item in given if not isinstance(item, dict))
    return [item for item in given if isinstance(item, dict)]


def _tags(told: Told, given: Any, where: str) -> dict[str, Any]:
    if isinstance(given, dict):  # as Jaeger's Elasticsearch index may keep them
        return given
    found = {}
    for tag in _list(told, given, where):
        value = tag.get("value")
        if tag.get("type") in ("int64", "long"):
            whole = number(value)
            value = value if whole is None else whole
        found[str(tag.get("key"))] = value
    return found


def _process(told: Told, span: dict[str, Any], apart: str | None) -> dict[str, Any]:
    if apart is None:
        inside = span.get("process")
        return inside if isinstance(inside, dict) else {}
    try:
        value, dropped = read_object(apart)
    except Unreadable as error:
        told.dropped.append(f"process: {error}")
        return {}
    told.dropped += dropped
    return value


def _resource(told: Told, process: dict[str, Any]) -> dict[str, Any]:
    tags = _tags(told, process.get("tags"), "process.tags")
    name = text_of(process.get("serviceName"))
    return {"service.name": name, **tags} if name else tags


def _references(told: Told, span: dict[str, Any]) -> None:
    """The first reference into the own trace is the parent (CHILD_OF before FOLLOWS_FROM)."""
    told.parent_id = _id(span.get("parentSpanID"), 16)
    found = _list(told, span.get("references"), "references")
    for item in sorted(found, key=lambda item: item.get("refType") != "CHILD_OF"):
        trace, other = _id(item.get("traceID"), 32), _id(item.get("spanID"), 16)
        if not told.parent_id and trace == told.trace_id:
            told.parent_id = other
        elif (trace, other) != (told.trace_id, told.parent_id):
            told.links.append(FoundLink(trace, other, {}))


def _event(told: Told, item: dict[str, Any]) -> Event:
    fields = _tags(told, item.get("fields"), "logs.fields")
    time = number(item.get("timestamp"))
    name = text_of(fields.pop("event", None)) or ""
    if name == "error":  # OpenTracing's names for what OpenTelemetry calls an exception
        name = "exception"
        told_as = {
            "error.kind": "exception.type",
            "message": "exception.message",
            "stack": "exception.stacktrace",
        }
        fields = {told_as.get(key, key): value for key, value in fields.items()}
        fields.setdefault("exception.message", fields.get("error.object"))
    return Event(name, time * 1000 if time else None, fields)


def _meant(told: Told) -> None:
    """Kind and status, which Jaeger keeps as tags."""
    tags = told.attributes
    told.kind = _KINDS.get(str(tags.get("span.kind", "")).lower(), "INTERNAL" if "span.kind" in tags else "")
    status = str(tags.get("otel.status_code", "")).upper()
    told.status = status if status in ("OK", "ERROR") else "ERROR" if tags.get("error") in _TRUE else ""
    told.message = text_of(tags.get("otel.status_description"))
    told.metadata = {"scope": {"name": tags["otel.scope.name"]}} if "otel.scope.name" in tags else {}
