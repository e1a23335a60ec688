"""Rows of evidence from one file, and how a record is identified that brings no id along."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from forensics.evidence import EQUALS_OF_PIECE

__all__ = ["Rows", "Source", "content_key", "derived_event_id", "mended", "microseconds"]

_EARLIEST_MS, _LATEST_MS = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Source:
    """What a file does not say of itself: from the options of `import`."""

    name: str
    account: str | None = None
    region: str | None = None
    log_group: str | None = None
    log_stream: str | None = None
    piece: int = 0  # of a stream that lies in several files, from 0


@dataclass(slots=True)
class Rows:
    """Evidence read from one file, as lists per column.

    `count` and `warnings` are totals; `waiting` and `size` (characters) are of what `take` will
    hand over. `passed_over` counts JSON that is no telemetry, `controls` messages by which AWS only
    tries whether a receiver is there.
    """

    source: Source
    tables: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    count: int = 0
    warnings: int = 0
    waiting: int = 0
    size: int = 0
    passed_over: int = 0
    passed_over_place: str = ""
    controls: int = 0
    ordinal: int = 0
    equals: Counter[bytes] = field(default_factory=Counter)
    is_group_missing: bool = False

    def add(self, table: str, size: int, **row: Any) -> None:
        columns = self.tables.setdefault(table, {name: [] for name in row})
        for name, value in row.items():
            columns[name].append(value)
        self.count += 1
        self.waiting += 1
        self.size += size

    def warn(self, code: str, message: str, place: str) -> None:
        locator = f"{self.source.name}: {place}" if place else self.source.name
        row = {"severity": "warning", "code": code, "message": message, "source": "import"}
        self.add("warning", len(message), **row, locator=locator)
        self.count -= 1
        self.warnings += 1

    def pass_over(self, place: str) -> None:
        self.passed_over_place = self.passed_over_place or place
        self.passed_over += 1

    def next_ordinal(self) -> int:
        """The place of a log event without an id of AWS: rising through the files of a run, since a
        stream may go on in the next one."""
        self.ordinal += 1
        return self.ordinal

    def take(self) -> dict[str, dict[str, list[Any]]]:
        """The rows so far; the next call starts anew."""
        tables, self.tables = self.tables, {}
        self.waiting = self.size = 0
        return tables


def microseconds(milliseconds: int | None) -> int | None:
    """CloudWatch's time as the lake keeps it. Raises OverflowError outside of the years 1–9999."""
    if milliseconds is None:
        return None
    if not _EARLIEST_MS <= milliseconds <= _LATEST_MS:
        raise OverflowError(f"{milliseconds} is no time in ms")
    return milliseconds * 1000


def derived_event_id(
    group: str | None, stream: str | None, timestamp: int, ingested: int | None, message: str,
    equals: Counter[bytes], piece: int = 0,
) -> str:  # fmt: skip
    """An id for APIs that give none (GetLogEvents): of stream, times, message, and the
    how-manieth equal one it is in its file (`equals` keeps count), or in that piece of a stream.

    The ingestion time keeps equal lines of two streams apart, since the output names no stream.
    """
    text = f"{group}\0{stream}\0{timestamp}\0{ingested}\0{message}"
    digest = hashlib.sha256(text.encode()).digest()[:20]
    ordinal = piece * EQUALS_OF_PIECE + equals[digest]
    equals[digest] += 1
    return f"derived-{digest.hex()}-{ordinal:06d}"


def content_key(text: str) -> int:
    """A signed 64-bit hash by which revisions of a document are told apart."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def mended(raw: bytes) -> bytes | None:
    """Valid JSON in UTF-8 from JSON that holds invalid bytes, control characters or lone surrogates.

    What no text can hold is written as visible escapes (`\\xff`, `\\ud800`). None where it is no
    JSON even so.
    """
    text = _SURROGATE.sub(_byte_escape, raw.decode("utf-8", "surrogateescape"))
    try:
        return _as_json(json.loads(text, strict=False))
    except (ValueError, RecursionError):
        return None


def _as_json(value: Any) -> bytes:
    return _SURROGATE.sub(_escape, json.dumps(value, ensure_ascii=False)).encode()


def _byte_escape(found: re.Match[str]) -> str:
    return f"\\\\x{ord(found[0]) - 0xDC00:02x}"


def _escape(found: re.Match[str]) -> str:
    return f"\\\\u{ord(found[0]):04x}"
