"""The index of log events, as requests ask for it: by group, stream and time."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from pathlib import Path

import msgspec

from forensics.demo.endpoint.columns import map_bytes, map_numbers
from forensics.demo.endpoint.log_index import Group, Stream

__all__ = ["LogStore"]

_ID = b',"eventId":"'


class _Message(msgspec.Struct):
    message: str


_message = msgspec.json.Decoder(_Message)


class LogStore:
    """Events are numbers: their place in the file, which is AWS's order within a group."""

    def __init__(self, folder: Path) -> None:
        self._events = map_bytes(folder / "events.bin")
        self.offset = map_numbers(folder / "offset.q")
        self.timestamp = map_numbers(folder / "timestamp.q")
        self.ingestion = map_numbers(folder / "ingestion.q")
        self.stream = map_numbers(folder / "stream.q")
        self.by_stream = map_numbers(folder / "by_stream.q")
        groups = msgspec.json.decode((folder / "groups.json").read_bytes(), type=list[Group])
        self.groups = {group.name: group for group in groups}
        self._streams = {group.name: {s.name: s for s in group.streams} for group in groups}

    def stream_of(self, group: Group, name: str) -> Stream | None:
        return self._streams.get(group.name, {}).get(name)

    def number_of(self, stream: Stream) -> int:
        """By which the events of a stream are told."""
        return int(self.stream[self.by_stream[stream.first]])

    def between(self, group: Group, start: int, end: int) -> tuple[int, int]:
        """Events with `start` <= timestamp <= `end`: a range of numbers."""
        first = bisect_left(self.timestamp, start, group.first, group.last)
        return first, bisect_right(self.timestamp, end, first, group.last)

    def before(self, stream: Stream, end: int) -> int:
        """The first place in `by_stream` whose event is not before `end`."""
        times, events = self.timestamp, self.by_stream
        places = range(stream.first, stream.last)
        return stream.first + bisect_left(places, end, key=lambda place: times[events[place]])

    def cut(self, first: int, last: int, limit: int, size: int) -> int:
        """Where a page that begins at `first` ends: by number or by bytes, but never empty."""
        end = min(last, first + limit)
        fits = bisect_right(self.offset, self.offset[first] + size, first, end + 1) - 1
        return max(fits, min(first + 1, end))

    def size(self, event: int) -> int:
        return int(self.offset[event + 1] - self.offset[event])

    def run(self, first: int, last: int) -> memoryview:
        """Consecutive events, joined by commas; a slice of the file."""
        return self._events[self.offset[first] : max(self.offset[first], self.offset[last] - 1)]

    def joined(self, events: Iterable[int]) -> bytes:
        return b",".join([self.run(event, event + 1) for event in events])

    def message(self, event: int) -> str:
        """As text. The slower reader also takes lone surrogates, which JSON allows."""
        record = bytes(self.run(event, event + 1))
        try:
            return _message.decode(record).message
        except msgspec.DecodeError:
            return str(json.loads(record)["message"])

    def bare(self, event: int) -> bytes:
        """As GetLogEvents gives it: without the names of stream and event."""
        record = bytes(self.run(event, event + 1))
        return b'{"timestamp":' + record[record.index(b',"timestamp":') + 13 : record.rindex(_ID)] + b"}"
