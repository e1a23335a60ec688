"""Turn one JSON value into rows of evidence, by what it holds.

Shapes: `aws xray batch-get-traces` and `get-trace-summaries` output, single traces and segment
documents (as strings or objects), `aws logs filter-log-events` and `get-log-events` output, log
events one by one, CloudWatch Logs subscription payloads.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

__all__ = ["Rows", "Source", "read_value"]


class _Envelope(Struct):
    """Every key at the top of a value by which its shape is told; the rest is not looked at."""

    Traces: list[Raw] | UnsetType = UNSET
    TraceSummaries: list[Raw] | UnsetType = UNSET
    Id: str | UnsetType = UNSET
    Segments: list[Raw] | UnsetType = UNSET
    Document: Raw | UnsetType = UNSET
    LimitExceeded: bool | None = None
    events: list[Raw] | UnsetType = UNSET
    logEvents: list[Raw] | UnsetType = UNSET
    logGroup: str | None = None
    logStream: str | None = None
    owner: str | None = None
    messageType: str | None = None
    logGroupName: str | None = None
    logStreamName: str | None = None
    timestamp: int | UnsetType = UNSET
    ingestionTime: int | None = None
    eventId: str | None = None
    message: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    trace_id: str | UnsetType = UNSET
    start_time: Raw | UnsetType = UNSET
    Duration: Raw | UnsetType = UNSET


class _DocumentHead(Struct):
    id: str = ""
    trace_id: str = ""


_envelope = msgspec.json.Decoder(_Envelope)
_array = msgspec.json.Decoder(list[Raw])
_head = msgspec.json.Decoder(_DocumentHead)


@dataclass(frozen=True, slots=True)
class Source:
    """What a file does not say of itself: from the options of `import`."""

    name: str
    account: str | None = None
    region: str | None = None
    log_group: str | None = None


@dataclass(slots=True)
class Rows:
    """Evidence read from one file, as lists per column."""

    source: Source
    tables: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    count: int = 0

    def add(self, table: str, **row: Any) -> None:
        columns = self.tables.setdefault(table, {name: [] for name in row})
        for name, value in row.items():
            columns[name].append(value)
        self.count += table != "warning"

    def warn(self, code: str, message: str, place: str, severity: str = "warning") -> None:
        locator = f"{self.source.name}: {place}" if place else self.source.name
        self.add(
            "warning", severity=severity, code=code, message=message, source="import", locator=locator
        )

    def take(self) -> dict[str, dict[str, list[Any]]]:
        """The rows so far; the next call starts anew."""
        tables, self.tables = self.tables, {}
        return tables


def read_value(raw: bytes, place: str, rows: Rows) -> None:
    """Add the evidence that a JSON value holds, or a warning with its place."""
    if raw.lstrip()[:1] == b"[":
        for item in _items(raw, place, rows):
            read_value(bytes(item), place, rows)
        return
    try:
        value = _envelope.decode(raw)
    except RecursionError:
        rows.warn("too_deep", "JSON nested too deeply to read", place)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _read_damaged(raw, place, rows, str(error))
    else:
        _read_envelope(value, raw, place, rows)


def _items(raw: bytes, place: str, rows: Rows) -> list[Raw]:
    try:
        return _array.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        rows.warn("not_json", f"not JSON: {error}", place)
        return []


def _read_envelope(value: _Envelope, raw: bytes, place: str, rows: Rows) -> None:
    if value.message is not UNSET and value.timestamp is not UNSET:
        _log_event(value, place, rows)
    elif value.events is not UNSET:
        _nested(value.events, value, place, rows)
    elif value.Traces is not UNSET:
        for trace in value.Traces:
            read_value(bytes(trace), place, rows)
    elif value.Segments is not UNSET:
        for segment in value.Segments:
            _segment(bytes(segment), value, place, rows)
    elif value.TraceSummaries is not UNSET:
        for summary in value.TraceSummaries:
            read_value(bytes(summary), place, rows)
    elif value.Document is not UNSET or (value.id is not UNSET and value.start_time is not UNSET):
        _segment(raw, value, place, rows)
    elif value.messageType == "DATA_MESSAGE" and value.logEvents is not UNSET:
        _nested(value.logEvents, value, place, rows)
    elif value.Id is not UNSET and value.Duration is not UNSET:
        _summary(value.Id, raw, rows)
    else:
        rows.seen["no telemetry"] += 1


def _nested(events: list[Raw], outer: _Envelope, place: str, rows: Rows) -> None:
    """Log events inside a page or payload that names their group and stream once."""
    for number, raw in enumerate(events):
        where = f"{place}, event {number}"
        try:
            event = _envelope.decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            _read_damaged(bytes(raw), where, rows, str(error))
            continue
        event.logGroupName = event.logGroupName or outer.logGroupName or outer.logGroup
        event.logStreamName = event.logStreamName or outer.logStreamName or outer.logStream
        event.owner = outer.owner
        event.eventId = event.eventId or (None if event.id is UNSET else event.id)
        _log_event(event, where, rows)


def _log_event(event: _Envelope, place: str, rows: Rows, *, escaped: bool = False) -> None:
    group = event.logGroupName or rows.source.log_group
    if event.timestamp is UNSET or event.message is UNSET:
        rows.warn("log_event_incomplete", "a log event without timestamp or message", place)
        return
    if group is None and not rows.seen["log group unknown"]:
        rows.seen["log group unknown"] += 1
        rows.warn("log_group_unknown", "log events name no log group: pass --log-group-name", place)
    try:
        at, ingested = _time(event.timestamp), _time(event.ingestionTime)
    except (OverflowError, ValueError, OSError):
        rows.warn("bad_timestamp", f"timestamp {event.timestamp} is no time in ms", place)
        return
    rows.add(
        "log_event",
        account=rows.source.account or event.owner,
        region=rows.source.region,
        log_group=group,
        log_stream=event.logStreamName,
        timestamp=at,
        ingestion_time=ingested,
        event_id=event.eventId or _event_id(event, group, rows.seen),
        message=event.message,
        is_escaped=escaped,
    )


def _time(milliseconds: int | None) -> datetime | None:
    if milliseconds is None:
        return None
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None, microsecond=rest * 1000)


def _event_id(event: _Envelope, group: str | None, seen: Counter[str]) -> str:
    """An id for APIs that give none: from stream, time and message, and the how-manieth it is."""
    text = f"{group}\0{event.logStreamName}\0{event.timestamp}\0{event.message}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    ordinal = seen[digest]
    seen[digest] += 1
    return f"derived-{digest[:40]}-{ordinal:06d}"


def _segment(raw: bytes, outer: _Envelope, place: str, rows: Rows) -> None:
    """A segment: `{"Id","Document"}` with the document as string or object, or the document."""
    try:
        inner = _envelope.decode(raw)
        document = raw if inner.Document is UNSET else bytes(inner.Document)
        text = msgspec.json.decode(document) if document[:1] == b'"' else document.decode()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        text, inner = raw.decode("utf-8", "backslashreplace"), _Envelope()
        rows.warn("bad_segment", f"segment kept as it is, not read: {error}", place)
    head = _document_head(text)
    trace = head.trace_id or (outer.Id if outer.Segments is not UNSET and outer.Id is not UNSET else "")
    segment = head.id or (inner.Id if inner.Id is not UNSET else "")
    rows.add(
        "segment_document",
        account=rows.source.account,
        region=rows.source.region,
        trace_id=trace,
        segment_id=segment,
        document=text,
        document_key=_key(text),
        limit_exceeded=outer.LimitExceeded,
    )


def _document_head(text: str) -> _DocumentHead:
    try:
        return _head.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return _DocumentHead()


def _summary(trace_id: str, raw: bytes, rows: Rows) -> None:
    text = raw.decode()
    rows.add(
        "trace_summary",
        account=rows.source.account,
        region=rows.source.region,
        trace_id=trace_id,
        document=text,
        document_key=_key(text),
    )


def _key(text: str) -> int:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _read_damaged(raw: bytes, place: str, rows: Rows, reason: str) -> None:
    """A second look, with a reader that forgives: invalid UTF-8 and lone surrogates are escaped."""
    try:
        value = json.loads(raw.decode("utf-8", "backslashreplace"), strict=False)
    except (ValueError, RecursionError):
        rows.warn("not_json", f"not JSON: {reason}", place)
        return
    for event in _events_of(value):
        fields = {k: _escape(v) for k, v in event.items() if k in _Envelope.__struct_fields__}
        try:
            _log_event(msgspec.convert(fields, _Envelope), place, rows, escaped=True)
        except msgspec.ValidationError as error:
            rows.warn("bad_record", f"a field is not of its type: {error}", place)
        return
    rows.warn("bad_record", f"cannot be read: {reason}", place)


def _events_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and "message" in value and "timestamp" in value:
        yield value


def _escape(value: Any) -> Any:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
