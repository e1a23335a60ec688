"""Builds the index of log events: rendered as FilterLogEvents gives them, in AWS's order.

`events.bin` holds `{…},{…},` by log group, then timestamp, then ingestion, so that a page without a
filter is one slice of the file. The columns beside it say where events begin and what their times are.
`counted.ndjson` holds what CloudWatch counts as they come in.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from pathlib import Path

import msgspec
import polars as pl

from forensics.demo.endpoint.columns import Spool, order_by, series, write_numbers, write_ordered
from forensics.demo.endpoint.reading import Datapoint, LogEvent, event_id, read_events

__all__ = ["COUNTED", "NAMESPACE", "Group", "Stream", "build_logs"]

COUNTED = "counted.ndjson"
# "CloudWatch Logs metrics": events, and their volume uncompressed; PutLogEvents counts 26 bytes more a piece.
NAMESPACE = "AWS/Logs"
_OF_EACH = 26


class Stream(msgspec.Struct):
    """`first` and `last` are a range of `by_stream`, the rest as DescribeLogStreams names it."""

    name: str
    first: int
    last: int
    first_timestamp: int
    last_timestamp: int
    last_ingestion: int


class Group(msgspec.Struct):
    """`first` and `last` are a range of events."""

    name: str
    first: int
    last: int
    bytes: int
    created: int
    streams: list[Stream]


class _Columns:
    """What is known of each event, in order of arrival."""

    def __init__(self) -> None:
        self.group, self.stream = array("q"), array("q")
        self.timestamp, self.ingestion = array("q"), array("q")
        self.incoming = array("q")
        self.names: dict[tuple[str, str], tuple[int, int, bytes]] = {}
        self.groups: dict[str, int] = {}

    def place(self, event: LogEvent) -> tuple[int, int, bytes]:
        """Number of its group, number of its stream, and how its record begins."""
        key = (event.logGroupName, event.logStreamName)
        if key not in self.names:
            group = self.groups.setdefault(key[0], len(self.groups))
            begins = b'{"logStreamName":' + msgspec.json.encode(key[1]) + b',"timestamp":'
            self.names[key] = (group, len(self.names), begins)
        return self.names[key]


def build_logs(paths: list[Path], folder: Path, round_ms: int = 1) -> None:
    """Index the events of these files into `folder`.

    `round_ms` cuts timestamps down to its multiples: many events in the same millisecond.
    """
    columns = _Columns()
    with Spool(folder / "spool.bin") as spool:
        for batch in read_events(paths):
            spool.add(_rendered(batch, columns, len(columns.group), round_ms))
    keys = {"group": columns.group, "timestamp": columns.timestamp, "ingestion": columns.ingestion}
    order = order_by(keys)
    offsets = write_ordered(spool, order, folder / "events.bin")
    spool.path.unlink()
    write_numbers(folder / "offset.q", offsets)
    _write_columns(columns, order, offsets, folder)


def _rendered(batch: list[LogEvent], columns: _Columns, number: int, round_ms: int) -> Iterator[bytes]:
    for event in batch:
        group, stream, begins = columns.place(event)
        timestamp = event.timestamp - event.timestamp % round_ms
        ingestion = event.timestamp + 1000 if event.ingestionTime is None else event.ingestionTime
        columns.group.append(group)
        columns.stream.append(stream)
        columns.timestamp.append(timestamp)
        columns.ingestion.append(ingestion)
        columns.incoming.append(_size(event.message) + _OF_EACH)
        id = event_id(event, number).encode()
        number += 1
        # The event id is last and the stream first, so that GetLogEvents can cut both off.
        yield b'%b%d,"message":%b,"ingestionTime":%d,"eventId":"%b"},' % (
            begins,
            timestamp,
            bytes(event.message),
            ingestion,
            id,
        )


def _size(message: msgspec.Raw) -> int:
    """Bytes of the text that this JSON string stands for."""
    written = bytes(message)
    return len(json.loads(written).encode("utf-8", "surrogatepass") if b"\\" in written else written[1:-1])


def _write_columns(columns: _Columns, order: pl.Series, offsets: array[int], folder: Path) -> None:
    frame = pl.DataFrame(
        {
            "group": series(columns.group),
            "stream": series(columns.stream),
            "timestamp": series(columns.timestamp),
            "ingestion": series(columns.ingestion),
            "incoming": series(columns.incoming),
        }
    )[order]
    _write_counts(columns, frame, folder)
    for name in ("stream", "timestamp", "ingestion"):
        write_numbers(folder / f"{name}.q", frame[name])
    frame = frame.with_row_index("event").with_columns(pl.col("event").cast(pl.Int64))
    frame = frame.with_columns(size=series(offsets).diff().slice(1))
    write_numbers(folder / "by_stream.q", frame.sort("stream", "event")["event"])
    groups = _groups(columns, frame)
    (folder / "groups.json").write_bytes(msgspec.json.encode(groups))


def _write_counts(columns: _Columns, frame: pl.DataFrame, folder: Path) -> None:
    """A datapoint a group and minute of ingestion, of each metric."""
    names, minute = list(columns.groups), pl.col("ingestion") // 60_000 * 60
    counts = frame.group_by("group", minute.alias("minute")).agg(
        pl.len().alias("IncomingLogEvents"), pl.col("incoming").sum().alias("IncomingBytes")
    )
    with open(folder / COUNTED, "wb") as file:
        for row in counts.sort("group", "minute").iter_rows(named=True):
            for metric in ("IncomingLogEvents", "IncomingBytes"):
                point = Datapoint(NAMESPACE, metric, row["minute"], 1, *[row[metric]] * 3)
                point.Dimensions = {"LogGroupName": names[row["group"]]}
                file.write(msgspec.json.encode(point) + b"\n")


def _groups(columns: _Columns, frame: pl.DataFrame) -> list[Group]:
    groups: dict[int, Group] = {}
    names = list(columns.groups)
    by_group = frame.group_by("group").agg(
        pl.col("event").min().alias("first"),
        pl.col("event").max().alias("last"),
        pl.col("size").sum(),
        pl.col("timestamp").min().alias("oldest"),
    )
    for number, first, last, size, oldest in by_group.rows():
        created = max(0, oldest - 86_400_000)
        groups[number] = Group(names[number], first, last + 1, size, created, [])
    for group, stream in _streams(columns, frame):
        groups[group].streams.append(stream)
    for found in groups.values():
        found.streams.sort(key=lambda stream: stream.name)
    return sorted(groups.values(), key=lambda group: group.name)


def _streams(columns: _Columns, frame: pl.DataFrame) -> Iterator[tuple[int, Stream]]:
    names = list(columns.names)
    by_stream = frame.group_by("stream", "group").agg(
        pl.len().alias("count"),
        pl.col("timestamp").min().alias("first"),
        pl.col("timestamp").max().alias("last"),
        pl.col("ingestion").max(),
    )
    at = 0
    for number, group, count, first, last, ingestion in by_stream.sort("stream").rows():
        yield group, Stream(names[number][1], at, at + count, first, last, ingestion)
        at += count
