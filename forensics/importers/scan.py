"""Cut a file into JSON values: one document, one per line, or what is whole in a broken one.

Memory is bounded: a document of any size is cut into its elements as it streams past.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard

__all__ = ["NotJson", "Value", "Warned", "open_evidence", "values"]

_IN_MEMORY = 64_000_000
_CHUNK = 4_000_000
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("|\\?\Z)|[{}\[\]]', re.DOTALL)


class NotJson(Exception):
    """The file does not begin like JSON: no telemetry that `import` reads."""


@dataclass(frozen=True, slots=True)
class Value:
    """The bytes of one JSON value, and where in the file it stands (`line 3`, `byte 120`)."""

    raw: bytes
    place: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A place of the file that could not be read, and why."""

    code: str
    message: str
    place: str


def open_evidence(path: Path) -> BinaryIO:
    """Open a file for reading, unpacked where it is gzip or Zstandard (by content, not by name)."""
    source = open(path, "rb")
    magic = source.read(4)
    source.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return gzip.GzipFile(fileobj=source)  # type: ignore[return-value]
    if magic == b"\x28\xb5\x2f\xfd":
        reader = zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True)
        return io.BufferedReader(reader)
    return source


def values(source: BinaryIO) -> Iterator[Value | Warned]:
    """The JSON values of a stream. Raises NotJson where it does not begin like JSON."""
    head, ended = _read(source, _IN_MEMORY)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] not in (b"{", b"["):
        raise NotJson
    if ended is None and len(head) < _IN_MEMORY and _is_json(text):
        yield Value(text, "byte 0")
    elif _is_lines(text):
        yield from _lines(head, source, ended)
    else:
        yield from _elements(head, source, ended)


def _read(source: BinaryIO, size: int) -> tuple[bytes, str | None]:
    """Up to `size` bytes, and why the stream broke off (None: it did not)."""
    chunks: list[bytes] = []
    left = size
    try:
        while left > 0 and (chunk := source.read(min(left, _CHUNK))):
            chunks.append(chunk)
            left -= len(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
        return b"".join(chunks), f"the compressed file breaks off: {error}"
    return b"".join(chunks), None


def _is_json(text: bytes) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _is_lines(text: bytes) -> bool:
    first, newline, _ = text.partition(b"\n")
    return bool(newline) and _is_json(first)


def _lines(head: bytes, source: BinaryIO, broken: str | None) -> Iterator[Value | Warned]:
    number, rest = 0, head
    while rest:
        *lines, last = rest.split(b"\n")
        more, failed = (b"", broken) if broken else _read(source, _IN_MEMORY)
        broken = broken or failed
        if not more:
            lines.append(last)
            last = b""
        for line in lines:
            number += 1
            if line.strip():
                yield Value(line, f"line {number}")
        rest = last + more
    if broken:
        yield Warned("truncated", broken, f"line {number}")


@dataclass(slots=True)
class _Cursor:
    """Where the scanner stands: the open brackets, and the complete objects below them."""

    stack: list[tuple[int, bytes]]
    whole: list[tuple[int, int]]

    def is_element(self) -> bool:
        """An object that closes here is an element of the top array, or of one in the top object."""
        opened = b"".join(bracket for _, bracket in self.stack)
        return opened in (b"[", b"{[")


def _elements(head: bytes, source: BinaryIO, broken: str | None) -> Iterator[Value | Warned]:
    """The elements of a large document, or the largest complete objects of a broken one."""
    cursor = _Cursor([], [])
    buffer, offset, position = head, 0, 0
    while True:
        position = yield from _scan(buffer, offset, position, cursor)
        more, failed = (b"", broken) if broken else _read(source, _CHUNK)
        broken = broken or failed
        if not more:
            break
        keep = min([start for start, _ in cursor.whole] + [s for s, _ in cursor.stack[2:]] + [position])
        buffer, offset = buffer[keep - offset :] + more, keep
    for start, end in cursor.whole:
        yield Value(buffer[start - offset : end - offset], f"byte {start}")
    if broken or cursor.stack or position < offset + len(buffer.rstrip()):
        reason = broken or "the JSON is cut off or damaged; what is complete before it was kept"
        yield Warned("truncated", reason, f"byte {offset + len(buffer)}")


def _scan(buffer: bytes, offset: int, position: int, cursor: _Cursor) -> Iterator[Value]:
    """Move the cursor over the buffer; returns how far the text is understood."""
    for token in _TOKEN.finditer(buffer, position - offset):
        bracket, start, end = token[0][:1], offset + token.start(), offset + token.end()
        if bracket == b'"':
            if token[1] != b'"':  # a string that goes on in the next chunk
                return start
        elif bracket in b"{[":
            cursor.stack.append((start, bracket))
        elif cursor.stack:
            opened, kind = cursor.stack.pop()
            cursor.whole = [span for span in cursor.whole if span[0] < opened]
            if kind == b"{" and cursor.is_element():
                yield Value(buffer[opened - offset : end - offset], f"byte {opened}")
            elif kind == b"{" and len(cursor.stack) > 1:
                cursor.whole.append((opened, end))
        position = end
    return position
