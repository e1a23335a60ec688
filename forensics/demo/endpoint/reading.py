"""Telemetry from files, one JSON value a line: plain, gzip or zstd.

Log events as FilterLogEvents returns them, traces as BatchGetTraces does, metrics as statistic sets
of one minute, changes as CloudTrail's records, alarms as DescribeAlarmHistory's items, executions as
`ExecutionSource`: what a file holds is told by its first line. `configuration.json` is told by its
name (`configuration` has its layout). The index and the oracle both read through here, and share
nothing else.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import msgspec
import zstandard

from forensics.errors import InputError

__all__ = [
    "CONFIGURATION",
    "Datapoint",
    "ExecutionSource",
    "LogEvent",
    "SegmentSource",
    "TraceSource",
    "event_id",
    "read_datapoints",
    "read_events",
    "read_executions",
    "read_records",
    "read_traces",
    "sources",
]

T = TypeVar("T")

CONFIGURATION = "configuration.json"
_BLOCK = 4 << 20
_SUFFIXES = (".ndjson", ".jsonl")


class LogEvent(msgspec.Struct):
    """`message` stays as it stands in the file, with all its escapes."""

    logGroupName: str
    logStreamName: str
    timestamp: int
    message: msgspec.Raw
    ingestionTime: int | None = None
    eventId: str = ""


class SegmentSource(msgspec.Struct):
    Id: str
    Document: str


class TraceSource(msgspec.Struct):
    Id: str
    Segments: list[SegmentSource]
    Duration: float | None = None
    LimitExceeded: bool = False


class Datapoint(msgspec.Struct):
    """A statistic set of one minute; percentiles are known where AWS was sent single values."""

    Namespace: str
    MetricName: str
    Timestamp: float  # seconds since the epoch, at which the minute begins
    SampleCount: float
    Sum: float
    Minimum: float
    Maximum: float
    Dimensions: dict[str, str] = {}
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None


class ExecutionSource(msgspec.Struct, omit_defaults=True):
    """`execution` as ListExecutions shows it, `history` as GetExecutionHistory, oldest first.

    `mapRuns`: what DescribeMapRun answers, of the map runs that this execution has started.
    """

    execution: dict[str, Any]
    history: msgspec.Raw
    mapRuns: list[dict[str, Any]] = []


# The members that tell what a file holds, of which the first line has one.
_TELLING = {
    "logGroupName": "logs",
    "Segments": "traces",
    "MetricName": "metrics",
    "eventSource": "changes",
    "HistoryItemType": "alarms",
    "execution": "executions",
}
_KINDS = tuple(_TELLING.values())


def sources(data: Path) -> dict[str, list[Path]]:
    """The files below `data` (or `data` itself) by what they hold, in order of name."""
    found: dict[str, list[Path]] = {kind: [] for kind in (*_KINDS, "configuration")}
    paths = [data] if data.is_file() else sorted(path for path in data.rglob("*") if _is_known(path))
    for path in paths:
        kind = _kind(path)
        if kind:
            found[kind].append(path)
    if not any(found.values()):
        raise InputError(
            f"No log events and no traces in {data}, and nothing else to serve.",
            hint="Give a folder as the generator writes it, or files with one JSON value a line",
        )
    return found


def read_events(paths: list[Path]) -> Iterator[list[LogEvent]]:
    """Events in order of the files, in batches."""
    return _batches(paths, LogEvent)


def read_traces(paths: list[Path]) -> Iterator[list[TraceSource]]:
    return _batches(paths, TraceSource)


def read_datapoints(paths: list[Path]) -> Iterator[list[Datapoint]]:
    return _batches(paths, Datapoint)


def read_executions(paths: list[Path]) -> Iterator[list[ExecutionSource]]:
    return _batches(paths, ExecutionSource)


def read_records(paths: list[Path]) -> Iterator[list[dict[str, Any]]]:
    """Changes and alarms, which are few."""
    return _batches(paths, dict[str, Any])


def event_id(event: LogEvent, number: int) -> str:
    """Its own, else 56 digits that grow with the time, from its place in the files."""
    return event.eventId or f"{(event.timestamp << 144) | number:056d}"


def _batches(paths: list[Path], kind: type[T]) -> Iterator[list[T]]:
    decoder = msgspec.json.Decoder(kind)
    for path in paths:
        for chunk in _chunks(path):
            try:
                yield decoder.decode_lines(chunk)
            except msgspec.DecodeError:
                yield [_lenient(line, kind, path) for line in chunk.splitlines() if line.strip()]


def _lenient(line: bytes, kind: type[T], path: Path) -> T:
    """Lone surrogates are legal in JSON and refused by msgspec; a client has to stand them."""
    try:
        value = json.loads(line)
        if kind is LogEvent:
            value["message"] = msgspec.Raw(json.dumps(value["message"]).encode())
        return msgspec.convert(value, kind)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} holds a line that the endpoint cannot serve: {error}") from error


def _chunks(path: Path) -> Iterator[bytes]:
    """Blocks that end where a line ends."""
    rest = b""
    with _open(path) as file:
        while block := file.read(_BLOCK):
            lines, _, rest = (rest + block).rpartition(b"\n")
            if lines:
                yield lines
    if rest:
        yield rest


def _open(path: Path) -> IO[bytes]:
    opened: dict[str, Any] = {".gz": gzip.open, ".zst": zstandard.open}
    return cast("IO[bytes]", opened.get(path.suffix, open)(path, "rb"))


def _is_known(path: Path) -> bool:
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    return path.is_file() and (name.endswith(_SUFFIXES) or path.name == CONFIGURATION)


def _kind(path: Path) -> str:
    if path.name == CONFIGURATION:
        return "configuration"
    line = next(_chunks(path), b"").partition(b"\n")[0]
    try:
        first = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return ""
    return next((kind for member, kind in _TELLING.items() if member in first), "")
