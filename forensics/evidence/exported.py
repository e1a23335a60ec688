"""What CreateExportTask wrote to S3: `<prefix>/<task>/<stream>/000000.gz`, lines of `<time> <message>`.

A message of several lines goes on without a time, so a line of it that begins like an event is taken for
one. Only the folder names the stream, with `-` for `/`, and nothing the group (user guide, "Exporting log
data to Amazon S3"). The order within a file is not promised (API reference, CreateExportTask), but it is all
there is for lines of one millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

__all__ = ["EQUALS_OF_PIECE", "ExportedEvent", "Flaw", "exported_events", "stream_named"]

# Ids are derived from stream, time, message and the how-manieth equal one it is: those of a stream's second
# file count on from here, and so on, so that each file can be read by itself.
EQUALS_OF_PIECE = 1_000_000

# Whole milliseconds and one blank: a container runtime's own times have nanoseconds, Node.js has a tab.
_STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z ")
_DATED = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(.*\[.*)")
_LONGEST = 20_000_000  # of AWS no event is longer than 1 MB


class ExportedEvent(NamedTuple):
    """`line` is where it begins, from 1; `timestamp` in ms since the epoch. `is_escaped`: it held bytes that
    are no text, written out."""

    line: int
    timestamp: int
    message: str
    is_escaped: bool


class Flaw(NamedTuple):
    """What of a file could not be taken as it stands: the code of a warning, and its text."""

    line: int
    code: str
    text: str


def stream_named(folder: str) -> str:
    """The stream that a folder is named for; of Lambda with its slashes."""
    dated = _DATED.fullmatch(folder)
    return "/".join(dated.groups()) if dated else folder


def exported_events(lines: Iterable[bytes]) -> Iterator[ExportedEvent | Flaw]:
    """The events of a file in its order; nothing at all where it does not begin like an export."""
    begun, size = 0, 0
    stamp: bytes | None = None
    message: list[bytes] = []
    for number, line in enumerate(lines, 1):
        found = _STAMP.match(line)
        if found is None and stamp is None:
            return
        if found:
            if stamp is not None:
                yield _event(stamp, message, begun)
            stamp, message, begun, size = found[1], [line[found.end() :]], number, 0
        elif size < _LONGEST:
            message.append(line)
        size += len(line)
        if found is None and size >= _LONGEST > size - len(line):
            yield Flaw(begun, "too_large", f"an event of more than {_LONGEST} bytes was cut")
    if stamp is not None:
        yield _event(stamp, message, begun)


def _event(stamp: bytes, message: list[bytes], line: int) -> ExportedEvent | Flaw:
    raw = b"\n".join(message)
    try:
        at = datetime.fromisoformat(f"{stamp.decode()}+00:00")
    except ValueError:
        return Flaw(line, "bad_timestamp", f"log event left out: {stamp.decode()} is no time")
    text = raw.decode("utf-8", "backslashreplace")
    return ExportedEvent(line, round(at.timestamp() * 1000), text, len(text.encode()) != len(raw))
