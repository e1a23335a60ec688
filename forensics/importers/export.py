"""Files that CreateExportTask wrote to S3 (`evidence.exported` has the form of them)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from forensics.evidence import Flaw, exported_events, stream_named
from forensics.importers.event import add_event
from forensics.importers.rows import Rows
from forensics.importers.unpack import BrokenStream

__all__ = ["piece_of", "read_export", "stream_of"]

_FILE = re.compile(r"\d{6}(\.gz|\.zst)?")
_TASK = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def stream_of(path: Path) -> str | None:
    """The stream that the folder of an exported file is named for."""
    path = path.absolute()
    if not (_FILE.fullmatch(path.name) and _TASK.fullmatch(path.parent.parent.name)):
        return None
    return stream_named(
        path.parent.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    )


def piece_of(path: Path) -> int:
    """Which of the files of its stream it is, from 0: equal lines of two of them are two."""
    return int(path.name[:6]) if stream_of(path) is not None else 0


def read_export(pieces: Iterable[bytes], rows: Rows) -> Iterator[None]:
    """Add the events of a file that begins like an export, and stop now and then so that they can be
    handed over; nothing at all where it does not begin so."""
    for found in exported_events(_lines(pieces, rows)):
        place = f"line {found.line}"
        if isinstance(found, Flaw):
            rows.warn(found.code, found.text, place)
        else:
            add_event(
                rows, place, found.timestamp, found.message, group=None, stream=None, escaped=found.is_escaped
            )
        yield


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
