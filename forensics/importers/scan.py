"""Cut a file into JSON values: one document, one per line, or what is whole in a broken one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.importers.split import Splitter, Value, Warned, is_json
from forensics.importers.unpack import BrokenStream

__all__ = ["NotJson", "values"]

_IN_MEMORY = 64_000_000
_CHUNK = 4_000_000
_LARGEST = 1_000_000_000
_BOM = b"\xef\xbb\xbf"
# A bracket alone may as well begin a TOML file or a Markdown link.
_BEGIN = re.compile(rb'\s*(\{\s*(["}]|\Z)|\[\s*([\[{"\]\d-]|true|false|null|\Z))')


class NotJson(Exception):
    """The file does not begin like JSON: no telemetry that `import` reads."""


class _Reader:
    """Pieces of a stream put together to a wanted size; `broken` says why it ended early."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.broken: str | None = None
        self.ended = False

    def read(self, size: int) -> bytes:
        """At least `size` bytes, less only at the end."""
        found: list[bytes] = []
        try:
            while size > 0:
                found.append(next(self._pieces))
                size -= len(found[-1])
        except StopIteration:
            self.ended = True
        except BrokenStream as error:
            self.ended, self.broken = True, str(error)
        return b"".join(found)


def values(pieces: Iterator[bytes]) -> Iterator[Value | Warned]:
    """The JSON values of a file's bytes, in order. Raises NotJson where it does not begin like JSON.

    A document of any size is cut into its elements, so that memory is bounded by the largest.
    """
    reader = _Reader(pieces)
    head = reader.read(_IN_MEMORY).removeprefix(_BOM)
    lines = _is_lines(head)
    if reader.broken and not head.strip():
        yield Warned("truncated", reader.broken, "byte 0")
        return
    if not lines and not _BEGIN.match(head):
        raise NotJson
    if reader.ended and not reader.broken and is_json(head):
        yield Value(head, "byte 0")
    elif lines:
        yield from _lines(head, reader)
    else:
        yield from _stream(head, reader)


def _is_lines(text: bytes) -> bool:
    """One object per line: the first is whole, or (where that is damaged) the next two are."""
    first, second, third = [*text.lstrip().split(b"\n", 3), b"", b"", b""][:3]
    if first[:1] == b"{" and b"\n" in text and is_json(first.rstrip().rstrip(b",")):
        return True
    return all(line[:1] == b"{" and is_json(line) for line in (second, third))


def _lines(head: bytes, reader: _Reader) -> Iterator[Value | Warned]:
    number, begun, text = 0, [b""], head
    while text:
        first, *others = text.split(b"\n")
        begun.append(first)
        for other in others:
            number += 1
            yield from _line(b"".join(begun), f"line {number}")
            begun = [other]
        text = reader.read(_CHUNK)
    yield from _line(b"".join(begun), f"line {number + 1}")
    if reader.broken:
        yield Warned("truncated", reader.broken, f"line {number + 1}")


def _line(line: bytes, place: str) -> Iterator[Value | Warned]:
    """A line is a value, or damaged on its own: the next one is good again."""
    if not line.strip():
        return
    if is_json(line):
        yield Value(line, place)
        return
    splitter = Splitter(_IN_MEMORY, label=place)
    yield from splitter.feed(line)
    yield from splitter.close()


def _stream(head: bytes, reader: _Reader) -> Iterator[Value | Warned]:
    splitter, text = Splitter(_IN_MEMORY), head
    while text:
        yield from splitter.feed(text)
        if splitter.held > _LARGEST:
            reason = f"a record of more than {_LARGEST} bytes: the rest of the file was not read"
            yield Warned("too_large", reason, splitter.place)
            return
        # as much again as waits: a string of any length is scanned twice, not once per chunk
        text = reader.read(max(_CHUNK, splitter.unscanned))
    yield from splitter.close(reader.broken)
