"""Turn one JSON value into rows of evidence, by what it holds.

Shapes (AWS API references of X-Ray and CloudWatch Logs): `aws xray batch-get-traces` and
`get-trace-summaries` output, single traces and segment documents (as strings or objects),
`aws logs filter-log-events`, `get-log-events` and `get-query-results` output, log events one by one,
CloudWatch Logs subscription payloads; metrics and changes as in `measured`, configuration as in
`resources`, spans of OpenTelemetry and Jaeger as in `spans`.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from forensics.importers.event import add_event
from forensics.importers.insights import is_results, read_results
from forensics.importers.measured import read_measured
from forensics.importers.resources import read_account, read_resource
from forensics.importers.rows import Rows, content_key, mended
from forensics.importers.spans import read_spans

__all__ = ["read_value"]


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
    eventId: str | int | None = None
    message: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    trace_id: str | UnsetType = UNSET
    start_time: Raw | UnsetType = UNSET
    Duration: Raw | UnsetType = UNSET
    UnprocessedTraceIds: list[str] | None = None
    results: Raw | UnsetType = UNSET
    status: Any = None
    statistics: Raw | UnsetType = UNSET
    awslogs: Any = None
    Spans: list[Raw] | UnsetType = UNSET
    resourceSpans: Raw | UnsetType = UNSET
    resource_spans: Raw | UnsetType = UNSET
    traceId: Raw | UnsetType = UNSET
    spanId: Raw | UnsetType = UNSET
    startTimeUnixNano: Raw | UnsetType = UNSET
    start_time_unix_nano: Raw | UnsetType = UNSET
    kind: Raw | UnsetType = UNSET
    data: Raw | UnsetType = UNSET
    traceID: Raw | UnsetType = UNSET
    spanID: Raw | UnsetType = UNSET
    spans: Raw | UnsetType = UNSET


class _DocumentHead(Struct):
    id: str | None = None
    trace_id: str | None = None


_envelope = msgspec.json.Decoder(_Envelope, strict=False)
_array = msgspec.json.Decoder(list[Raw])
_head = msgspec.json.Decoder(_DocumentHead)
_string = msgspec.json.Decoder(str)
_NO_ENVELOPE = _Envelope()
_LONGEST_PAYLOAD = 64_000_000  # ten times what a function can be handed


def read_value(raw: bytes, place: str, rows: Rows) -> None:
    """Add the evidence that a JSON value holds, or a warning with its place."""
    _read(raw, _NO_ENVELOPE, place, rows)


def _read(raw: bytes | Raw, outer: _Envelope, place: str, rows: Rows, *, escaped: bool = False) -> None:
    """`outer` is the page, payload or trace that the value is an element of."""
    try:
        begin = memoryview(raw)[:64].tobytes().lstrip()[:1]
        if begin == b"[":
            _read_each(_array.decode(raw), outer, f"{place}, item", rows, escaped)
        elif begin == b"{":
            _take(_envelope.decode(raw), raw, outer, place, rows, escaped)
        else:
            rows.pass_over(place)
    except RecursionError:
        rows.warn("too_deep", "JSON nested too deeply to read", place)
    except msgspec.ValidationError as error:
        if not read_account(raw, rows):
            rows.warn("bad_record", f"a field is not of its type: {error}", place)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        valid = None if escaped else mended(bytes(raw))
        if valid is None:
            rows.warn("not_json", f"not JSON: {error}", place)
        else:
            _read(valid, outer, place, rows, escaped=True)


def _read_each(items: list[Raw], outer: _Envelope, place: str, rows: Rows, escaped: bool) -> None:
    for number, item in enumerate(items):
        _read(item, outer, f"{place} {number}", rows, escaped=escaped)


def _take(
    value: _Envelope, raw: bytes | Raw, outer: _Envelope, place: str, rows: Rows, escaped: bool
) -> None:
    in_page = outer.events is not UNSET or outer.logEvents is not UNSET
    if outer.Segments is not UNSET or outer.Spans is not UNSET:
        _document(value, raw, outer, place, rows, escaped)
    elif in_page or (value.message is not UNSET and value.timestamp is not UNSET):
        # AWS Health calls its list `events` too
        if value.message is not UNSET or not read_measured(raw, place, rows):
            _log_event(value, outer, place, rows, escaped)
    elif _is_log_page(value):
        _log_page(value, place, rows, escaped)
    elif _is_spans(value):
        read_spans(raw, place, rows, escaped=escaped)
    elif (found := _listed(value)) is not None:
        items, what = found
        for trace_id in value.UnprocessedTraceIds or ():
            rows.warn("unprocessed_trace", f"X-Ray did not return trace {trace_id}: fetch it again", place)
        _read_each(items, value, f"{place}, {what}", rows, escaped)
    elif value.Document is not UNSET or _is_segment(value):
        _segment(value, raw, outer, place, rows, escaped)
    else:
        _take_other(value, raw, outer, place, rows)


def _take_other(value: _Envelope, raw: bytes | Raw, outer: _Envelope, place: str, rows: Rows) -> None:
    if value.Id is not UNSET and (value.Duration is not UNSET or outer.TraceSummaries is not UNSET):
        _summary(value.Id, raw, rows)
        return
    is_measured = read_measured(raw, place, rows)  # a service has configuration and deployments
    if not read_resource(raw, rows) and not is_measured:
        rows.pass_over(place)


def _listed(value: _Envelope) -> tuple[list[Raw], str] | None:
    """The elements of a page or trace, and what they are."""
    for items, what in (
        (value.Traces, "trace"), (value.Segments, "segment"), (value.Spans, "span"),
        (value.TraceSummaries, "summary"),
    ):  # fmt: skip
        if items is not UNSET:
            return items, what
    return None


def _is_segment(value: _Envelope) -> bool:
    """A bare segment document; a damaged one may lack its start."""
    return value.id is not UNSET and (value.start_time is not UNSET or value.trace_id is not UNSET)


def _is_log_page(value: _Envelope) -> bool:
    return (
        value.events is not UNSET
        or value.logEvents is not UNSET
        or (value.results is not UNSET and is_results(value.results))
        or (isinstance(value.awslogs, dict) and isinstance(value.awslogs.get("data"), str))
    )


def _log_page(value: _Envelope, place: str, rows: Rows, escaped: bool) -> None:
    if value.events and b'"previousEventId"' in bytes(value.events[0]):
        reason = 'put {"execution": DescribeExecution\'s answer, "history": these events} into one file'
        rows.warn("execution_unknown", f"a history names no execution: {reason}", place)
    elif value.events is not UNSET:
        _read_each(value.events, value, f"{place}, event", rows, escaped)
    elif value.logEvents is not UNSET:
        if value.messageType == "CONTROL_MESSAGE":  # CloudWatch tries whether the receiver is there
            rows.controls += 1
        else:
            _read_each(value.logEvents, value, f"{place}, event", rows, escaped)
    elif value.results is not UNSET:
        status = value.status if isinstance(value.status, str) else ""
        read_results(value.results, status, value.statistics, place, rows)
    else:
        _subscription(value.awslogs["data"], place, rows)


def _is_spans(value: _Envelope) -> bool:
    """OTLP, Jaeger, or one span of either, or of Transaction Search."""
    return (
        value.resourceSpans is not UNSET
        or value.resource_spans is not UNSET
        or (value.traceId is not UNSET and value.spanId is not UNSET and _is_timed(value))
        or (value.traceID is not UNSET and (value.spans is not UNSET or value.spanID is not UNSET))
        or (value.data is not UNSET and bytes(value.data)[:1] == b"[")
    )


def _is_timed(value: _Envelope) -> bool:
    """Lines of logs may name their span as well."""
    return any(
        given is not UNSET for given in (value.startTimeUnixNano, value.start_time_unix_nano, value.kind)
    )


def _document(
    value: _Envelope, raw: bytes | Raw, trace: _Envelope, place: str, rows: Rows, escaped: bool
) -> None:
    """X-Ray's ListRetrievedTraces gives spans as segments, or in OpenTelemetry's form."""
    if value.traceId is not UNSET:
        read_spans(raw, place, rows, escaped=escaped)
    elif trace.Spans is not UNSET and value.Document is not UNSET and not _is_xray(value.Document):
        text = bytes(value.Document)
        read_spans(_string.decode(text).encode() if text[:1] == b'"' else text, place, rows, escaped=escaped)
    else:
        _segment(value, raw, trace, place, rows, escaped)


def _is_xray(document: Raw) -> bool:
    return b"traceId" not in bytes(document)


def _log_event(event: _Envelope, page: _Envelope, place: str, rows: Rows, escaped: bool) -> None:
    if event.timestamp is UNSET or event.message is UNSET:
        rows.warn("log_event_incomplete", "a log event without timestamp or message", place)
        return
    given_id = event.eventId or (None if event.id is UNSET else event.id)
    add_event(
        rows,
        place,
        event.timestamp,
        event.message,
        group=event.logGroupName or page.logGroupName or page.logGroup,
        stream=event.logStreamName or page.logStreamName or page.logStream,
        ingested=event.ingestionTime,
        event_id=str(given_id) if given_id else None,
        account=event.owner or page.owner,
        escaped=escaped,
    )


def _subscription(data: str, place: str, rows: Rows) -> None:
    """What a subscribed function is handed: a payload as base64 of gzip (developer guide of Lambda,
    "Process CloudWatch Logs")."""
    try:
        unpack = zlib.decompressobj(zlib.MAX_WBITS + 16)
        payload = unpack.decompress(base64.b64decode(data), _LONGEST_PAYLOAD)
    except (ValueError, zlib.error) as error:
        rows.warn("truncated", f"awslogs.data cannot be unpacked: {error}", place)
        return
    if not unpack.eof:
        rows.warn("truncated", "awslogs.data is cut off, or unpacks to more than AWS sends", place)
    _read(payload, _NO_ENVELOPE, f"{place}, awslogs", rows)


def _segment(
    value: _Envelope, raw: bytes | Raw, trace: _Envelope, place: str, rows: Rows, escaped: bool
) -> None:
    """A segment: `{"Id","Document"}` with the document as string or object, or the document."""
    document = raw if value.Document is UNSET else value.Document
    text = bytes(document).decode()
    if text[:1] == '"':
        text = _string.decode(document)
    if text == "null":
        rows.warn("bad_segment", "a segment without its document", place)
        return
    if escaped:
        rows.warn("escaped_text", "text of a segment that is no valid Unicode was escaped", place)
    head = _document_head(text)
    rows.add(
        "segment_document",
        len(text),
        account=rows.source.account,
        region=rows.source.region,
        trace_id=head.trace_id or (trace.Id if trace.Id is not UNSET else ""),
        segment_id=head.id or (value.Id if value.Id is not UNSET else ""),
        document=text,
        document_key=content_key(text),
        limit_exceeded=trace.LimitExceeded,
    )


def _document_head(text: str) -> _DocumentHead:
    try:
        return _head.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return _DocumentHead()


def _summary(trace_id: str, raw: bytes | Raw, rows: Rows) -> None:
    text = bytes(raw).decode()
    rows.add(
        "trace_summary",
        len(text),
        account=rows.source.account,
        region=rows.source.region,
        trace_id=trace_id,
        document=text,
        document_key=content_key(text),
    )
