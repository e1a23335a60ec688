"""Pages to Arrow: evidence rows as the importers make them, account and region filled in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from forensics.case import carried
from forensics.collect.pages import LogEvent, Trace
from forensics.evidence import EQUALS_OF_PIECE
from forensics.schema import EVIDENCE, TIME

__all__ = ["LogRows", "document_rows", "summary_rows", "warning_rows"]

# The years 1 to 9999, as the importers: what no calendar shows is no time.
_EARLIEST_MS, _LATEST_MS = -62_135_596_800_000, 253_402_300_799_999

# A page as it comes: streams by number, times in ms since the epoch.
_PAGE = pa.schema(
    {
        "log_stream": pa.int32(), "timestamp": pa.int64(), "ingestion_time": pa.int64(),
        "event_id": pa.string(), "message": pa.string(), "is_escaped": pa.bool_(),
    }
)  # fmt: skip


class _Numbers(dict[str | None, int | None]):
    """Numbers for texts that repeat, in order of appearance; none for no text."""

    def __init__(self) -> None:
        super().__init__({None: None})

    def __missing__(self, text: str | None) -> int:
        number = len(self) - 1
        self[text] = number
        return number

    def texts(self) -> pa.Array:
        return pa.array(list(self)[1:], pa.string())


class LogRows:
    """The events of one window, page by page, as columns. Nothing is done per event beyond that.

    Texts that repeat (account, region, group, stream) are kept as numbers and a dictionary, which
    the spool and Parquet take as they are.
    """

    def __init__(self, account: str | None, region: str, group: str, place: int = 0) -> None:
        """`place`: what the places of events without an id of AWS begin behind."""
        self._constants = {"account": account, "region": region, "log_group": group}
        self._pages: list[pa.RecordBatch] = []
        self._streams = _Numbers()
        self._ordinals: Counter[bytes] = Counter()
        self._equals_from, self._place, self._has_derived = 0, place, False
        self.warnings: list[tuple[str, str, str]] = []

    def add(self, events: Sequence[LogEvent], escaped: frozenset[int] = frozenset()) -> None:
        """Raises nothing: an event without message or usable time becomes a warning."""
        try:
            page = self._page(events, escaped)
        except (pa.ArrowInvalid, OverflowError):
            page = None
        if page is None or any(page[name].null_count for name in ("timestamp", "event_id", "message")):
            whole = [(event, n in escaped) for n, event in enumerate(events) if self._complete(event)]
            page = self._page([e for e, _ in whole], frozenset(n for n, (_, x) in enumerate(whole) if x))
        self._pages.append(page)

    def begin_piece(self, number: int) -> None:
        """What follows is that piece of a stream: equal lines of two pieces are two."""
        self._ordinals.clear()
        self._equals_from = number * EQUALS_OF_PIECE

    def delay_ms(self) -> int:
        """How late events came after they were written: all but one in a hundred at most so late."""
        read = pa.Table.from_batches(self._pages, _PAGE)
        late = pc.subtract(read["ingestion_time"], read["timestamp"])
        found = pc.quantile(late, q=0.99, interpolation="higher")[0].as_py()
        return max(0, int(found or 0))

    def table(self) -> pa.Table:
        """Rows of `log_event`, as `case.carried` has them."""
        read = pa.Table.from_batches(self._pages, _PAGE)
        columns = {name: _constant(value, read.num_rows) for name, value in self._constants.items()}
        numbers = read["log_stream"].combine_chunks()
        columns["log_stream"] = pa.DictionaryArray.from_arrays(numbers, self._streams.texts())
        columns |= {name: _in_us(read[name]) for name in ("timestamp", "ingestion_time")}
        columns["ordinal"] = self._places(read["event_id"])
        schema = carried("log_event")
        return pa.table({n: columns[n] if n in columns else read[n] for n in schema.names}, schema=schema)

    def _places(self, ids: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
        """Ids of AWS tell the order; events without one have the place at which they came."""
        if not self._has_derived:
            return pa.nulls(len(ids), pa.int64())
        derived = pc.starts_with(ids, "derived-")
        places = pc.add(pc.cumulative_sum(derived.cast(pa.int64())), self._place)
        return pc.if_else(derived, places, None)

    def _page(self, events: Sequence[LogEvent], escaped: frozenset[int]) -> pa.RecordBatch:
        flags = [n in escaped for n in range(len(events))] if escaped else None
        columns = [
            pa.array([*map(self._streams.__getitem__, [e.logStreamName for e in events])], pa.int32()),
            _times([e.timestamp for e in events]),
            _times([e.ingestionTime for e in events]),
            pa.array([e.eventId for e in events], pa.string()),
            pa.array([e.message for e in events], pa.string()),
            pa.array(flags, pa.bool_()) if flags else pa.repeat(False, len(events)),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=_PAGE)

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
        ordinal = self._equals_from + self._ordinals[digest]
        self._ordinals[digest] += 1
        self._has_derived = True
        return f"derived-{digest.hex()}-{ordinal:06d}"


def _constant(value: str | None, count: int) -> pa.DictionaryArray:
    if value is None:
        return pa.DictionaryArray.from_arrays(pa.nulls(count, pa.int32()), pa.array([], pa.string()))
    numbers = pa.Array.from_buffers(pa.int32(), count, [None, pa.py_buffer(bytes(4 * count))])
    return pa.DictionaryArray.from_arrays(numbers, pa.array([value]))


def _times(milliseconds: list[int | None]) -> pa.Array:
    """Raises ArrowInvalid or OverflowError where one of them is no time."""
    column = pa.array(milliseconds, pa.int64())
    bounds = pc.min_max(column).as_py()
    if bounds["min"] is not None and not _EARLIEST_MS <= bounds["min"] <= bounds["max"] <= _LATEST_MS:
        raise pa.ArrowInvalid("not a time")
    return column


def _in_us(milliseconds: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.multiply(milliseconds, 1000).cast(TIME)


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
