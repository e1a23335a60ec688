"""What CreateExportTask wrote to S3: `<prefix>/<task>/<stream>/000000.gz`, lines of `<time> <message>`.

A message of several lines goes on without a time. Only the folder names the stream, with `-` for `/`,
and nothing the group (user guide, "Exporting log data to Amazon S3"). The order within a file is not
promised (API reference, CreateExportTask), but it is all there is for lines of one millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from forensics.importers.event import add_event
from forensics.importers.rows import Rows
from forensics.importers.unpack import BrokenStream

__all__ = ["read_export", "stream_of"]

# Whole milliseconds and one blank: a container runtime's own times have nanoseconds, Node.js has a tab.
_STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z ")
_FILE = re.compile(r"\d{6}(\.gz|\.zst)?")
_TASK = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DATED = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(.*\[.*)")
_LONGEST = 20_000_000  # of AWS no event is longer than 1 MB


def stream_of(path: Path) -> str | None:
    """The stream that the folder of an exported file is named for; of Lambda with its slashes."""
    path = path.absolute()
    if not (_FILE.fullmatch(path.name) and _TASK.fullmatch(path.parent.parent.name)):
        return None
    name = path.parent.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    dated = _DATED.fullmatch(name)
    return "/".join(dated.groups()) if dated else name


def read_export(pieces: Iterable[bytes], rows: Rows) -> Iterator[None]:
    """Add the events of a file that begins like an export, and stop now and then so that they can be
    handed over; nothing at all where it does not begin so."""
    begun = 0
    stamp: bytes | None = None
    message: list[bytes] = []
    size = 0
    for number, line in enumerate(_lines(pieces, rows), 1):
        found = _STAMP.match(line)
        if found is None and stamp is None:
            return
        if found:
            _event(stamp, message, begun, rows)
            stamp, message, begun, size = found[1], [line[found.end() :]], number, 0
            yield
        elif size < _LONGEST:
            message.append(line)
        size += len(line)
        if found is None and size >= _LONGEST > size - len(line):
            rows.warn("too_large", f"an event of more than {_LONGEST} bytes was cut", f"line {begun}")
    _event(stamp, message, begun, rows)


def _lines(pieces: Iterable[bytes], rows: Rows) -> Iterator[bytes]:
    begun: list[bytes] = []
    try:
        for piece in pieces:
            first, *others = piece.split(b"\n")
            begun.append(first)
            for other in others:
                yield b"".join(begun)
                begun = [other]
    except BrokenStream as error:
        rows.warn("truncated", str(error), "the end")
    if any(begun):
        yield b"".join(begun)


def _event(stamp: bytes | None, message: list[bytes], line: int, rows: Rows) -> None:
    if stamp is None:
        return
    place, raw = f"line {line}", b"\n".join(message)
    try:
        at = datetime.fromisoformat(f"{stamp.decode()}+00:00")
    except ValueError:
        rows.warn("bad_timestamp", f"log event left out: {stamp.decode()} is no time", place)
        return
    text = raw.decode("utf-8", "backslashreplace")
    milliseconds = round(at.timestamp() * 1000)
    add_event(
        rows, place, milliseconds, text, group=None, stream=None, escaped=len(text.encode()) != len(raw)
    )
