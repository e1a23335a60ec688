"""Turn one JSON value into rows of evidence, by what it holds.

Shapes (AWS API references of X-Ray and CloudWatch Logs): `aws xray batch-get-traces` and
`get-trace-summaries` output, single traces and segment documents (as strings or objects),
`aws logs filter-log-events` and `get-log-events` output, log events one by one, CloudWatch Logs
subscription payloads; metrics and changes as in `measured`, configuration as in `resources`.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from forensics.importers.measured import read_measured
from forensics.importers.resources import read_resource
from forensics.importers.rows import Rows, content_key, derived_event_id, mended, microseconds

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


class _DocumentHead(Struct):
    id: str | None = None
    trace_id: str | None = None


_envelope = msgspec.json.Decoder(_Envelope, strict=False)
_array = msgspec.json.Decoder(list[Raw])
_head = msgspec.json.Decoder(_DocumentHead)
_string = msgspec.json.Decoder(str)
_NO_ENVELOPE = _Envelope()


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
    if outer.Segments is not UNSET:
        _segment(value, raw, outer, place, rows, escaped)
    elif in_page or (value.message is not UNSET and value.timestamp is not UNSET):
        # AWS Health calls its list `events` too
        if value.message is not UNSET or not read_measured(raw, place, rows):
            _log_event(value, outer, place, rows, escaped)
    elif value.events is not UNSET:
        _read_each(value.events, value, f"{place}, event", rows, escaped)
    elif value.logEvents is not UNSET:
        if value.messageType != "CONTROL_MESSAGE":  # CloudWatch tries whether the receiver is there
            _read_each(value.logEvents, value, f"{place}, event", rows, escaped)
    elif value.Traces is not UNSET:
        for trace_id in value.UnprocessedTraceIds or ():
            rows.warn("unprocessed_trace", f"X-Ray did not return trace {trace_id}: fetch it again", place)
        _read_each(value.Traces, value, f"{place}, trace", rows, escaped)
    elif value.Segments is not UNSET:
        _read_each(value.Segments, value, f"{place}, segment", rows, escaped)
    elif value.TraceSummaries is not UNSET:
        _read_each(value.TraceSummaries, value, f"{place}, summary", rows, escaped)
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


def _is_segment(value: _Envelope) -> bool:
    """A bare segment document; a damaged one may lack its start."""
    return value.id is not UNSET and (value.start_time is not UNSET or value.trace_id is not UNSET)


def _log_event(event: _Envelope, page: _Envelope, place: str, rows: Rows, escaped: bool) -> None:
    if event.timestamp is UNSET or event.message is UNSET:
        rows.warn("log_event_incomplete", "a log event without timestamp or message", place)
        return
    group = event.logGroupName or page.logGroupName or page.logGroup or rows.source.log_group
    stream = event.logStreamName or page.logStreamName or page.logStream
    given_id = event.eventId or (None if event.id is UNSET else event.id)
    if group is None and not rows.is_group_missing:
        rows.is_group_missing = True
        rows.warn("log_group_unknown", "log events name no log group: pass --log-group-name", place)
    try:
        at, ingested = microseconds(event.timestamp), microseconds(event.ingestionTime)
    except OverflowError as error:
        rows.warn("bad_timestamp", f"log event left out: {error}", place)
        return
    rows.add(
        "log_event",
        len(event.message),
        account=rows.source.account or event.owner or page.owner,
        region=rows.source.region,
        log_group=group,
        log_stream=stream,
        timestamp=at,
        ingestion_time=ingested,
        event_id=str(given_id)
        if given_id
        else derived_event_id(
            group, stream, event.timestamp, event.ingestionTime, event.message, rows.equals
        ),
        message=event.message,
        is_escaped=escaped,
    )


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
