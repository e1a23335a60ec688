"""Pages to Arrow: evidence rows as the importers make them, account and region filled in."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from forensics.collect.pages import LogEvent, Trace
from forensics.schema import EVIDENCE, TIME

__all__ = ["LogRows", "document_rows", "summary_rows", "warning_rows"]

# The years 1 to 9999, as the importers: what no calendar shows is no time.
_EARLIEST_MS, _LATEST_MS = -62_135_596_800_000, 253_402_300_799_999


class LogRows:
    """The events of one window, page by page, as columns. Nothing is done per event beyond that."""

    def __init__(self, account: str | None, region: str, group: str) -> None:
        self._constants = {"account": account, "region": region, "log_group": group}
        self._batches: list[pa.RecordBatch] = []
        self._ordinals: Counter[bytes] = Counter()
        self.warnings: list[tuple[str, str, str]] = []

    def add(self, events: Sequence[LogEvent], escaped: frozenset[int] = frozenset()) -> None:
        """Raises nothing: an event without message or usable time becomes a warning."""
        try:
            batch = _batch(events, escaped)
        except (pa.ArrowInvalid, OverflowError):
            batch = None
        if batch is None or any(batch[name].null_count for name in ("timestamp", "event_id", "message")):
            whole = [(event, n in escaped) for n, event in enumerate(events) if self._complete(event)]
            batch = _batch([e for e, _ in whole], frozenset(n for n, (_, x) in enumerate(whole) if x))
        self._batches.append(batch)

    def table(self) -> pa.Table:
        schema = EVIDENCE["log_event"]
        names = [name for name in schema.names if name not in self._constants]
        read = pa.Table.from_batches(self._batches, pa.schema([schema.field(n) for n in names]))
        constants = {
            name: pa.repeat(pa.scalar(value, pa.string()), read.num_rows)
            for name, value in self._constants.items()
        }
        return pa.table({n: constants[n] if n in constants else read[n] for n in schema.names}, schema=schema)

    def _complete(self, event: LogEvent) -> bool:
        """Whether the event can be a row; gives it an id where AWS gave none."""
        place = f"{self._constants['log_group']}: {event.eventId or event.logStreamName}"
        if event.message is None or event.timestamp is None:
            self.warnings.append(("log_event_incomplete", "a log event without timestamp or message", place))
            return False
        times = [time for time in (event.timestamp, event.ingestionTime) if time is not None]
        if any(not _EARLIEST_MS <= time <= _LATEST_MS for time in times):
            self.warnings.append(("bad_timestamp", f"timestamp {event.timestamp} is no time in ms", place))
            return False
        if event.eventId is None:
            event.eventId = self._derived_id(event)
        return True

    def _derived_id(self, event: LogEvent) -> str:
        """As the importers derive it: of group, stream, times, message and the how-manieth it is."""
        times = f"{event.timestamp}\0{event.ingestionTime}"
        text = f"{self._constants['log_group']}\0{event.logStreamName}\0{times}\0{event.message}"
        digest = hashlib.sha256(text.encode()).digest()[:20]
        ordinal = self._ordinals[digest]
        self._ordinals[digest] += 1
        return f"derived-{digest.hex()}-{ordinal:06d}"


def _batch(events: Sequence[LogEvent], escaped: frozenset[int]) -> pa.RecordBatch:
    flags = [n in escaped for n in range(len(events))] if escaped else None
    return pa.RecordBatch.from_pydict(
        {
            "log_stream": _texts([e.logStreamName for e in events]),
            "timestamp": _times([e.timestamp for e in events]),
            "ingestion_time": _times([e.ingestionTime for e in events]),
            "event_id": _texts([e.eventId for e in events]),
            "message": _texts([e.message for e in events]),
            "is_escaped": pa.array(flags, pa.bool_()) if flags else pa.repeat(False, len(events)),
        }
    )


def _texts(values: list[str | None]) -> pa.Array:
    """Joined and measured at once, which for ASCII takes a third of what pyarrow takes for each."""
    try:
        joined = "".join(values)  # type: ignore[arg-type]
    except TypeError:  # one is missing
        return pa.array(values, pa.string())
    if not joined.isascii() or not values:
        return pa.array(values, pa.string())
    ends = array("i", accumulate(map(len, values), initial=0))  # type: ignore[arg-type]
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(ends), pa.py_buffer(joined.encode()))


def _times(milliseconds: list[int | None]) -> pa.Array:
    """Raises ArrowInvalid where one of them is no time."""
    column = pa.array(milliseconds, pa.int64())
    bounds = pc.min_max(column).as_py()
    if bounds["min"] is not None and not _EARLIEST_MS <= bounds["min"] <= bounds["max"] <= _LATEST_MS:
        raise pa.ArrowInvalid("not a time")
    return pc.multiply(column, 1000).cast(TIME)


class _DocumentHead(msgspec.Struct):
    id: str = ""
    trace_id: str = ""


_head = msgspec.json.Decoder(_DocumentHead)


def document_rows(traces: Iterable[Trace], account: str | None, region: str) -> pa.Table:
    """One row per segment document, its JSON text as X-Ray returned it."""
    rows: dict[str, list[Any]] = {name: [] for name in EVIDENCE["segment_document"].names}
    for trace in traces:
        for segment in trace.Segments or ():
            text = segment.Document or ""
            head = _document_head(text)
            rows["trace_id"].append(head.trace_id or trace.Id or "")
            rows["segment_id"].append(head.id or segment.Id or "")
            rows["document"].append(text)
            rows["document_key"].append(text_key(text))
            rows["limit_exceeded"].append(trace.LimitExceeded)
    return _with_place("segment_document", rows, account, region)


def summary_rows(ids: Sequence[str], documents: Sequence[str], account: str | None, region: str) -> pa.Table:
    """One row per trace summary, the JSON text as X-Ray returned it."""
    keys = [text_key(text) for text in documents]
    rows: dict[str, list[Any]] = {"trace_id": list(ids), "document": list(documents), "document_key": keys}
    return _with_place("trace_summary", rows, account, region)


def warning_rows(warnings: Sequence[tuple[str, str, str]]) -> pa.Table:
    """Rows from (code, message, locator)."""
    rows = {
        "severity": ["warning"] * len(warnings),
        "code": [code for code, _, _ in warnings],
        "message": [message for _, message, _ in warnings],
        "source": ["pull"] * len(warnings),
        "locator": [locator for _, _, locator in warnings],
    }
    return pa.table(rows, schema=EVIDENCE["warning"])


def text_key(text: str) -> int:
    """Signed 64 bits of SHA-256: tells revisions of a document apart."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def _with_place(table: str, rows: dict[str, list[Any]], account: str | None, region: str) -> pa.Table:
    count = len(rows["trace_id"])
    rows["account"], rows["region"] = [account] * count, [region] * count
    return pa.table({name: rows[name] for name in EVIDENCE[table].names}, schema=EVIDENCE[table])


def _document_head(text: str) -> _DocumentHead:
    try:
        return _head.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return _DocumentHead()
