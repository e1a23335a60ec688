"""Is this page what AWS sent? Checks before parsing, and the typed shapes of the frequent pages.

botocore takes a truncated, empty or HTML body with status 200 for a success without events. So
every page is checked before it is parsed: its length against Content-Length, strict JSON, and the
key that a page of this operation always has. What fails is refused, and the caller asks again.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Raw, Struct

from forensics.inventory import ASKS

__all__ = [
    "SHAPES",
    "SOMETIMES",
    "LogEvent",
    "LogPage",
    "MetricPage",
    "MetricResult",
    "Page",
    "PageError",
    "SummaryHead",
    "SummaryPage",
    "Trace",
    "TracePage",
    "check_page",
    "unpacked_object",
]

# The key without which a page of the operation is no page, though its status says 200.
_REQUIRED = {
    "FilterLogEvents": "events",
    "DescribeLogGroups": "logGroups",
    "StartQuery": "queryId",
    "CreateExportTask": "taskId",
    "DescribeExportTasks": "exportTasks",
    "GetQueryResults": "status",
    "GetTraceSummaries": "TraceSummaries",
    "GetTraceSegmentDestination": "Destination",
    "BatchGetTraces": "Traces",
    "GetMetricData": "MetricDataResults",
    "ListMetrics": "Metrics",
    "DescribeAlarmHistory": "AlarmHistoryItems",
    "LookupEvents": "Events",
    "codedeploy.BatchGetDeployments": "deploymentsInfo",
    "codedeploy.ListDeployments": "deployments",
    "ecs.DescribeTasks": "tasks",
    "ecs.ListTasks": "taskArns",
    "eks.DescribeUpdate": "update",
    "eks.ListUpdates": "updateIds",
    "health.DescribeEvents": "events",
    "stepfunctions.ListExecutions": "executions",
    "stepfunctions.GetExecutionHistory": "events",
    "stepfunctions.ListMapRuns": "mapRuns",
    "stepfunctions.DescribeMapRun": "mapRunArn",
}
_REQUIRED |= {ask.full: ask.always for ask in ASKS if ask.always}
# What an answer of the operation holds, unless there is none of it.
SOMETIMES = {ask.full: ask.items for ask in ASKS if ask.is_optional}
_JSON = {"json", "rest-json"}
_ROOT = re.compile(rb"<([A-Za-z][\w.:-]*)")
_NO_ROOT = {b"html", b"HTML"}
# What a service speaks whose protocol is not said: the frequent ones.
_SPOKEN = {"logs": "json", "xray": "rest-json", "sts": "query"}
_LARGEST_OBJECT = 1 << 30
_RAW_BYTE = re.compile("[\udc80-\udcff]")


class PageError(Exception):
    """A page with status 200 that is not whole. It is asked for again, never used."""


class LogEvent(Struct, gc=False, omit_defaults=True):
    """FilteredLogEvent of the Logs API; times in ms since the epoch."""

    logStreamName: str | None = None
    timestamp: int | None = None
    message: str | None = None
    ingestionTime: int | None = None
    eventId: str | None = None


class LogPage(Struct, omit_defaults=True):
    """FilterLogEventsResponse."""

    events: list[LogEvent]
    searchedLogStreams: list[Any] | None = None
    nextToken: str | None = None


class _Segment(Struct, gc=False, omit_defaults=True):
    Id: str | None = None
    Document: str | None = None


class Trace(Struct, omit_defaults=True):
    """One trace of BatchGetTraces; `Duration` in seconds."""

    Id: str | None = None
    Duration: float | None = None
    LimitExceeded: bool | None = None
    Segments: list[_Segment] | None = None


class TracePage(Struct, omit_defaults=True):
    """BatchGetTracesResult."""

    Traces: list[Trace]
    UnprocessedTraceIds: list[str] | None = None
    NextToken: str | None = None


class SummaryPage(Struct, omit_defaults=True):
    """GetTraceSummariesResult. Summaries stay the text that came, since they are kept as evidence."""

    TraceSummaries: list[Raw]
    ApproximateTime: Any = None
    TracesProcessedCount: int | None = None
    NextToken: str | None = None


class SummaryHead(Struct, gc=False):
    """What collecting needs of a summary."""

    Id: str | None = None
    IsPartial: bool | None = None
    Revision: int | None = None


class MetricResult(Struct, omit_defaults=True):
    """MetricDataResult: the datapoints of one query, times in seconds since the epoch."""

    Id: str
    Label: str | None = None
    Timestamps: list[float] | None = None
    Values: list[float] | None = None
    StatusCode: str | None = None
    Messages: Any = None


class MetricPage(Struct, omit_defaults=True):
    """GetMetricDataOutput."""

    MetricDataResults: list[MetricResult]
    Messages: Any = None
    NextToken: str | None = None


SHAPES: dict[str, type[Struct]] = {
    "FilterLogEvents": LogPage,
    "BatchGetTraces": TracePage,
    "GetTraceSummaries": SummaryPage,
    "GetMetricData": MetricPage,
}
_decoders = {name: msgspec.json.Decoder(shape) for name, shape in SHAPES.items()}
_object = msgspec.json.Decoder(dict[str, Raw])


@dataclass(frozen=True, slots=True)
class Page:
    """A page that passed: its shape where it is a frequent one, and what the ledger keeps of it.

    `escaped` are the positions of records that hold text that is no valid Unicode.
    """

    value: Struct | None
    bytes: int
    escaped: frozenset[int] = frozenset()


def check_page(
    service: str, operation: str, headers: Mapping[str, str], body: bytes, protocol: str = ""
) -> Page | None:
    """The page, decoded where its shape is known; None for services that answer in XML.

    `protocol` as botocore names it. Raises PageError where the body is cut off, empty, HTML, or lacks
    the operation's key.
    """
    _check_length(headers, body)
    protocol = protocol or _SPOKEN[service]
    if protocol not in _JSON:
        _check_xml(protocol, operation, body)
        return None
    operation = operation if operation in _REQUIRED else f"{service}.{operation}"
    escaped: frozenset[int] = frozenset()
    value: Struct | None = None
    try:
        if operation in _decoders:
            value = _decoders[operation].decode(body)
        else:
            _check_key(operation, _object.decode(body))
    except RecursionError:
        raise PageError(f"{operation}: JSON nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        value, escaped = _second_look(operation, body, str(error))
    return Page(value, len(body), escaped)


def unpacked_object(headers: Mapping[str, str], body: bytes) -> bytes:
    """What a gzipped object of S3 holds. Raises PageError where it is cut off, damaged or no gzip."""
    if headers.get("content-length", str(len(body))) != str(len(body)):
        raise PageError(f"{len(body)} bytes came, {headers['content-length']} were announced")
    if not body:  # gzip of nothing is twenty bytes
        raise PageError("the object is empty")
    pieces, rest = list[bytes](), body
    try:
        while rest:
            member = zlib.decompressobj(wbits=31)
            pieces.append(member.decompress(rest, _LARGEST_OBJECT))
            if not member.eof:
                raise PageError("the object breaks off, or unpacks to more than a gigabyte")
            rest = member.unused_data
    except zlib.error as error:
        raise PageError(f"the object cannot be unpacked: {error}") from None
    return b"".join(pieces)


def _check_length(headers: Mapping[str, str], body: bytes) -> None:
    expected = headers.get("content-length")
    if expected is not None and "content-encoding" not in headers and expected != str(len(body)):
        raise PageError(f"{len(body)} bytes came, {expected} were announced")


def _check_xml(protocol: str, operation: str, body: bytes) -> None:
    """What begins with an element ends with it; of query protocols its name is known."""
    root = _ROOT.search(body)
    name = root[1] if root else b""
    whole = body.rstrip()
    is_empty = whole.endswith(b"/>") and len(_ROOT.findall(body)) == 1
    if protocol in ("query", "ec2") and name != f"{operation}Response".encode():
        raise PageError(f"{operation}: the XML is of something else")
    if name in _NO_ROOT or not name or not (is_empty or whole.endswith(b"</" + name + b">")):
        raise PageError(f"{operation}: the XML is cut off, or none")


def _check_key(operation: str, value: Mapping[str, object]) -> None:
    key = _REQUIRED.get(operation)
    if key is not None and key not in value:
        raise PageError(f"{operation}: a page without {key}")


def _second_look(operation: str, body: bytes, reason: str) -> tuple[Struct | None, frozenset[int]]:
    """A reader that forgives text, not structure: invalid UTF-8 and lone surrogates are escaped."""
    try:
        plain = json.loads(body.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError):
        raise PageError(f"{operation}: {reason}") from None
    if not isinstance(plain, dict):
        raise PageError(f"{operation}: {reason}")
    _check_key(operation, plain)
    if operation not in SHAPES:
        return None, frozenset()
    records = plain[_REQUIRED[operation]]
    if operation == "FilterLogEvents":  # stand-ins give ids as numbers; they are names
        records = [_with_text_id(record) for record in records]
        plain["events"] = records
    escaped = frozenset(n for n, record in enumerate(records) if escape_text(record) != record)
    if operation == "GetTraceSummaries":
        plain["TraceSummaries"] = [Raw(json.dumps(escape_text(record)).encode()) for record in records]
    try:
        return msgspec.convert(escape_text(plain), SHAPES[operation], strict=False), escaped
    except (msgspec.ValidationError, TypeError) as error:
        raise PageError(f"{operation}: {error}") from None


def _with_text_id(event: Any) -> Any:
    if isinstance(event, dict) and isinstance(event.get("eventId"), int):
        return {**event, "eventId": str(event["eventId"])}
    return event


def escape_text(value: Any) -> Any:
    """The value with what is no text written out: a raw byte as `\\xff`, a surrogate as `\\ud800`."""
    if isinstance(value, str):
        value = _RAW_BYTE.sub(lambda byte: f"\\x{ord(byte[0]) - 0xDC00:02x}", value)
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {escape_text(key): escape_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [escape_text(item) for item in value]
    return value
