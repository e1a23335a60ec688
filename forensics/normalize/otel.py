"""Spans of OpenTelemetry: OTLP's JSON, and the flatter records of Transaction Search.

Sources: OpenTelemetry specification, "OTLP/JSON" (ids in hex, 64-bit numbers as text, enumerations
as numbers) and protobuf's own JSON mapping (ids in base64, enumerations as names), which some
exporters write; CloudWatch user guide, "Transaction Search" (log group `aws/spans`: `attributes` a
flat map, `kind` and `status.code` bare words, times whole numbers, `_aws.xray` what X-Ray knew).
"""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from typing import Any

from forensics.normalize.ids import canonical_trace_id
from forensics.normalize.loose import read_object
from forensics.normalize.mend import Unreadable
from forensics.normalize.told import Event, FoundLink, Told, number, text_of

__all__ = ["hex_id", "read_otel"]

_SNAKE = {"traceId": "trace_id", "spanId": "span_id", "parentSpanId": "parent_span_id"}
_KINDS = ("", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_STATUS = ("", "OK", "ERROR")
_VALUES = ("stringValue", "boolValue", "intValue", "doubleValue", "arrayValue", "kvlistValue", "bytesValue")
_KEPT = ("traceState", "flags", "droppedAttributesCount", "droppedEventsCount", "droppedLinksCount")


def read_otel(document: str, resource: str | None, scope: str | None) -> Told:
    """A span's JSON, and that of its resource and scope where they stand apart. Raises Unreadable."""
    span, dropped = read_object(document)
    told = Told(dropped=dropped)
    told.trace_id = hex_id(_key(span, "traceId"), 32)
    told.span_id = hex_id(_key(span, "spanId"), 16)
    told.parent_id = hex_id(_key(span, "parentSpanId"), 16)
    told.name = _text(told, span, "name")
    told.kind = _word(span.get("kind"), _KINDS, "SPAN_KIND_")
    told.start_ns = _time(told, span, "startTimeUnixNano")
    told.end_ns = _time(told, span, "endTimeUnixNano")
    status = _object(told, span, "status")
    told.status = _word(status.get("code"), _STATUS, "STATUS_CODE_")
    told.message = _text(told, status, "message")
    told.attributes = _attributes(told, span.get("attributes"), "attributes")
    told.events = [_event(told, item) for item in _objects(told, span, "events")]
    told.links = [_link(told, item) for item in _objects(told, span, "links")]
    told.hints = _object(told, _object(told, span, "_aws"), "xray")
    about = _apart(told, resource) if resource else _object(told, span, "resource")
    told.resource = _attributes(told, about.get("attributes"), "resource.attributes")
    said = _apart(told, scope) if scope else _object(told, span, "scope")
    told.metadata = {"scope": said} if said else {}
    told.metadata |= {name: span[name] for name in _KEPT if span.get(name)}
    return told


def hex_id(value: Any, length: int) -> str:
    """An id as lower-case hex digits of that length; '' for none (all zeros) and for other types.

    Base64 of as many bytes is what protobuf's own JSON mapping makes of an id. What is neither stays
    as it is.
    """
    if not isinstance(value, str) or not value:
        return ""
    text = canonical_trace_id(value) if length == 32 else value.lower()
    if len(text) != length and len(value) == (length // 2 + 2) // 3 * 4:
        with suppress(binascii.Error, ValueError):
            text = base64.b64decode(value, validate=True).hex()
    return "" if not text.strip("0") else text


def _key(span: dict[str, Any], name: str) -> Any:
    """Some exporters write protobuf's own names."""
    return span.get(name) or span.get(_SNAKE[name])


def _word(value: Any, words: tuple[str, ...], prefix: str) -> str:
    """An enumeration as a number, a name with its prefix, or a bare name."""
    code = number(value)
    if code is not None:
        return words[code] if 0 <= code < len(words) else ""
    word = str(value or "").upper().removeprefix(prefix)
    return word if word in words else ""


def _time(told: Told, span: dict[str, Any], name: str) -> int | None:
    """Nanoseconds since the epoch, never by way of a float; 0 means that there is none."""
    given = span.get(name)
    found = number(given)
    if found is None and given is not None:
        told.dropped.append(f"{name}: no whole number")
    return found or None


def _text(told: Told, value: dict[str, Any], name: str) -> str | None:
    given = value.get(name)
    if given is not None and not isinstance(given, str):
        told.dropped.append(f"{name}: expected text")
        return None
    return given or None


def _object(told: Told, value: dict[str, Any], name: str) -> dict[str, Any]:
    given = value.get(name)
    if isinstance(given, dict):
        return given
    if given is not None:
        told.dropped.append(f"{name}: expected an object")
    return {}


def _objects(told: Told, value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    given = value.get(name)
    if given is None:
        return []
    items = given if isinstance(given, list) else [given]
    told.dropped += (f"{name}: expected objects" for item in items if not isinstance(item, dict))
    return [item for item in items if isinstance(item, dict)]


def _apart(told: Told, text: str) -> dict[str, Any]:
    try:
        value, dropped = read_object(text)
    except Unreadable as error:
        told.dropped.append(f"resource or scope: {error}")
        return {}
    told.dropped += dropped
    return value


def _attributes(told: Told, given: Any, where: str) -> dict[str, Any]:
    """A flat map as it is, a list of keys and typed values as one."""
    if given is None:
        return {}
    if isinstance(given, dict):
        return given
    if not isinstance(given, list):
        told.dropped.append(f"{where}: expected a map or a list")
        return {}
    found = {}
    for item in given:
        if isinstance(item, dict) and isinstance(item.get("key"), str):
            found[item["key"]] = _value(item.get("value"))
        else:
            told.dropped.append(f"{where}: expected a key and its value")
    return found


def _value(given: Any) -> Any:
    """OTLP's AnyValue as a plain one; a plain one as it is."""
    if not isinstance(given, dict):
        return given
    name = next((name for name in _VALUES if name in given), None)
    if name is None:
        return given or None
    value = given[name]
    if name == "intValue":
        whole = number(value)
        return value if whole is None else whole
    if name == "arrayValue":
        listed = value.get("values") if isinstance(value, dict) else value
        return [_value(item) for item in listed] if isinstance(listed, list) else listed
    if name == "kvlistValue":
        listed = value.get("values") if isinstance(value, dict) else value
        pairs = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
        return {str(item.get("key")): _value(item.get("value")) for item in pairs}
    return value


def _event(told: Told, item: dict[str, Any]) -> Event:
    attributes = _attributes(told, item.get("attributes"), "events.attributes")
    return Event(text_of(item.get("name")) or "", number(item.get("timeUnixNano")), attributes)


def _link(told: Told, item: dict[str, Any]) -> FoundLink:
    attributes = _attributes(told, item.get("attributes"), "links.attributes")
    return FoundLink(hex_id(_key(item, "traceId"), 32), hex_id(_key(item, "spanId"), 16), attributes)
