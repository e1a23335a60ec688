"""Cut JSON text into records as it streams past: in bounded memory, and around damage.

A record is a whole object at the top, or an element of a list at the top. An object that is too
large for memory, cut off or damaged inside is handed out element by element, each wrapped in what
the object says before its list (`{"logGroup":"g","logEvents":[` … `]}`), so that no element loses
its context. Only brackets and strings are looked at; whether a record is JSON is its reader's
question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

__all__ = ["Splitter", "Value", "Warned", "is_json"]

_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+([{}\[\]])', re.DOTALL)
_LIST = re.compile(
    rb'"(?:Traces|TraceSummaries|Segments|Spans|events|logEvents|results|Records|Events|AlarmHistoryItems'
    rb'|resourceSpans|data)"\s*:\s*\Z'
)
_BLANK = b" \t\r\n,\xef\xbb\xbf"
_OPENS = {b"}": b"{", b"]": b"["}
_LONGEST_CONTEXT = 64_000
_MOST_WAITING = 200_000
_DEEPEST = 4  # a list of pages of traces of segments


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


def is_json(text: bytes) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


class Splitter:
    """Takes text in pieces by `feed`, hands out records, and says at `close` what was left over.

    An object longer than `limit` bytes is cut; 0 cuts every object. `label` names all places,
    else they are byte offsets, beginning with `offset`.
    """

    def __init__(self, limit: int, *, offset: int = 0, label: str = "", inside: int = 0) -> None:
        self._limit, self._label, self._inside = limit, label, inside
        self._buffer, self._offset, self._position = b"", offset, offset
        self._kinds = bytearray()  # the open brackets; a byte each, since nesting has no bound
        self._starts = [0, 0, 0]  # where the outermost of them stand
        self._context: bytes | None = b""  # the open object's text without its inner brackets' content
        self._prefix: bytes | None = None  # what to put before elements of the open list
        self._waiting: list[tuple[int, int, bytes]] = []  # elements of an object not cut so far
        self._is_cut = False
        self._is_empty = True  # nothing of the open object was handed out

    @property
    def unscanned(self) -> int:
        """Bytes that wait for more text to be understood."""
        return self._offset + len(self._buffer) - self._position

    @property
    def place(self) -> str:
        """How far the text is understood."""
        return self._place(self._position)

    @property
    def held(self) -> int:
        """Bytes in memory."""
        return len(self._buffer)

    def feed(self, text: bytes) -> Iterator[Value | Warned]:
        self._buffer += text
        kinds = self._kinds
        while match := _BRACKET.match(self._buffer, self._position - self._offset):
            bracket = match[1]
            if bracket in b"{[":
                if len(kinds) < 3:
                    yield from self._open(bracket, match)
                kinds += bracket
            elif len(kinds) > 3 and kinds[-1] == ord(_OPENS[bracket]):
                kinds.pop()
            else:
                yield from self._close(bracket, match)
            self._position = self._offset + match.end()
        yield from self._trim()

    def close(self, broken: str | None = None) -> Iterator[Value | Warned]:
        """What is whole in an object that is cut off, and a warning where anything was lost."""
        end = self._offset + len(self._buffer)
        if self._kinds:
            yield from self._hand_out()
            if self._prefix is not None and len(self._kinds) > self._level:
                start = self._starts[self._level]
                cut = self._pieces(self._buffer[start - self._offset :], start)
                yield from (piece for piece in cut if isinstance(piece, Value))
            reason = broken or "the JSON is cut off or damaged; what is complete before it was kept"
            yield Warned("truncated", reason, self._place(end))
            return
        yield from self._stray(self._buffer, end)
        if broken:
            yield Warned("truncated", broken, self._place(end))

    @property
    def _level(self) -> int:
        """How many brackets are open around an element."""
        return 1 if self._kinds[:1] == b"[" else 2

    def _place(self, offset: int) -> str:
        return self._label or f"byte {offset}"

    def _open(self, bracket: bytes, match: re.Match[bytes]) -> Iterator[Value | Warned]:
        depth, start = len(self._kinds), self._offset + match.start(1)
        gap = match.string[match.start() : match.start(1)]
        self._starts[depth] = start
        if depth == 0:
            yield from self._stray(gap, start)
            self._context, self._is_empty = bracket, True
            self._is_cut = bracket == b"[" or not self._limit
            self._prefix = b"" if bracket == b"[" else None
        elif depth == 1 and self._level == 2:
            self._prefix = self._list_prefix(gap) if bracket == b"[" else None
            self._extend(gap + bracket)
        elif depth == self._level and self._prefix is not None:
            yield from self._stray(gap, start)

    def _list_prefix(self, gap: bytes) -> bytes | None:
        name = _LIST.search(gap)
        if name is None:
            return None
        return (b"{" + name[0] if self._context is None else self._context + gap) + b"["

    def _extend(self, text: bytes) -> None:
        if self._context is not None:
            self._context += text
            if len(self._context) > _LONGEST_CONTEXT:
                self._context = None

    def _close(self, bracket: bytes, match: re.Match[bytes]) -> Iterator[Value | Warned]:
        end = self._offset + match.end()
        opener = self._kinds.rfind(_OPENS[bracket])
        if opener < len(self._kinds) - 1 or opener < 0:
            yield Warned("damaged", f"a {bracket.decode()} without its opening bracket", self._place(end))
        if opener < 0:
            return
        del self._kinds[opener:]
        if opener == 0:
            yield from self._finish(end, is_list=bracket == b"]")
        elif opener == 1 and self._level == 2:
            self._extend(bracket)
            self._prefix = None
        elif opener == self._level and self._prefix is not None:
            self._waiting.append((self._starts[opener], end, self._prefix))
            if self._is_cut or len(self._waiting) > _MOST_WAITING:
                self._is_cut = True
                yield from self._hand_out()

    def _finish(self, end: int, *, is_list: bool) -> Iterator[Value | Warned]:
        """The outermost bracket closes."""
        start = self._starts[0]
        if not self._is_cut:
            yield from self._record(start, end, b"")
        elif self._is_empty and self._limit and not is_list:
            reason = f"an object of {end - start} bytes that is no list of records was passed over"
            yield Warned("too_large", reason, self._place(start))
        self._waiting.clear()

    def _hand_out(self) -> Iterator[Value | Warned]:
        for start, end, prefix in self._waiting:
            self._is_empty = False
            yield from self._record(start, end, prefix)
        self._waiting.clear()

    def _record(self, start: int, end: int, prefix: bytes) -> Iterator[Value | Warned]:
        raw = self._buffer[start - self._offset : end - self._offset]
        pieces = [] if is_json(raw) else self._pieces(raw, start)
        if any(isinstance(piece, Value) for piece in pieces):
            yield from pieces
        else:
            yield Value(prefix + raw + (b"]}" if prefix else b""), self._place(start))

    def _pieces(self, raw: bytes, start: int) -> list[Value | Warned]:
        """The elements of an object that is no JSON as a whole."""
        if self._inside == _DEEPEST:
            return []
        inner = Splitter(0, offset=start, label=self._label, inside=self._inside + 1)
        return [*inner.feed(raw), *inner.close()]

    def _stray(self, gap: bytes, end: int) -> Iterator[Warned]:
        """Text between records, unless it is white space or plain values of a list."""
        text = gap.strip(_BLANK)
        if text and not is_json(b"[" + text + b"]"):
            place = self._place(end - len(gap))
            yield Warned("not_json", f"{len(text)} bytes between records are no JSON", place)

    def _trim(self) -> Iterator[Value | Warned]:
        """Forget what was handed out, or cannot be."""
        depth, keep = len(self._kinds), self._position
        if depth and not self._is_cut and self._position - self._starts[0] > self._limit:
            self._is_cut = True
            yield from self._hand_out()
        if depth and not self._is_cut:
            keep = self._starts[0]
        elif self._prefix is not None and depth > self._level:
            keep = self._starts[self._level]
        self._buffer, self._offset = self._buffer[keep - self._offset :], keep
