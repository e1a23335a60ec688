"""Spans of OpenTelemetry and Jaeger → the rows that a segment document of X-Ray's would give.

Each is a document of its own, as X-Ray's exporter sends them: a server's, a consumer's and a root
are segments, the others subsegments of the segment that they hang below, which `lake.span` finds.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pyarrow as pa

from forensics.normalize.ids import id_key
from forensics.normalize.jaeger import read_jaeger
from forensics.normalize.mend import Unreadable
from forensics.normalize.otel import read_otel
from forensics.normalize.rows import NormalizedRows
from forensics.normalize.span_row import add_span_rows
from forensics.normalize.told import Told

__all__ = ["SPAN_GROUP", "normalize_span_events", "normalize_spans"]

# Where Transaction Search keeps all spans (CloudWatch user guide, "The span log group").
SPAN_GROUP = "aws/spans"

_BATCH = 60_000
_BATCH_SIZE = 256_000_000
_INPUT = (
    "account",
    "region",
    "trace_id",
    "span_id",
    "format",
    "resource",
    "scope",
    "document",
    "document_key",
)
_EVENT = ("account", "region", "event_id", "message")
_Tables = dict[str, pa.RecordBatch]
_Add = Callable[..., int]


def normalize_spans(batches: Iterator[pa.RecordBatch]) -> Iterator[_Tables]:
    """Batches of `span_document` evidence → batches of `span`, `link` and `warning` rows.

    A span that cannot be read becomes a warning row; nothing raises for bad content.
    """
    return _normalized(batches, "span_document", _INPUT, _add_document)


def normalize_span_events(batches: Iterator[pa.RecordBatch]) -> Iterator[_Tables]:
    """The same from `log_event` evidence of the log group `aws/spans`, one span per event."""
    return _normalized(batches, "log_event", _EVENT, _add_event)


def _normalized(
    batches: Iterator[pa.RecordBatch], source: str, columns: tuple[str, ...], add: _Add
) -> Iterator[_Tables]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        rows = NormalizedRows(source)
        for batch in batches:
            for record in zip(*(batch.column(name).to_pylist() for name in columns), strict=True):
                rows.size += add(rows, *record)
                if len(rows) >= _BATCH or rows.size >= _BATCH_SIZE:
                    yield rows.tables()
                    rows = NormalizedRows(source)
        yield rows.tables()
    finally:
        if was_enabled:
            gc.enable()


def _add_document(
    rows: NormalizedRows, account: str | None, region: str | None, trace_id: str | None, span_id: str | None,
    format: str, resource: str | None, scope: str | None, document: str, key: int,
) -> int:  # fmt: skip
    locator = (trace_id or "", span_id or "")

    def read() -> Told:
        return read_jaeger(document, resource) if format == "jaeger" else read_otel(document, resource, scope)

    _add(rows, read, account, region, key, locator)
    return len(document) + len(resource or "")


def _add_event(
    rows: NormalizedRows, account: str | None, region: str | None, event_id: str, message: str
) -> int:
    def read() -> Told:
        return read_otel(message, None, None)

    _add(rows, read, account, region, _event_key(event_id), (SPAN_GROUP, event_id))
    return len(message)


def _event_key(event_id: str) -> int:
    """What tells the events of one span apart (a span is sent again where it had not ended)."""
    return id_key(event_id)


def _add(
    rows: NormalizedRows, read: Callable[[], Told], account: str | None, region: str | None, key: int,
    locator: tuple[str, str],
) -> None:  # fmt: skip
    try:
        told = read()
    except Unreadable as error:
        rows.warn("bad_span", f"span cannot be read: {error}", *locator)
        return
    if not told.trace_id or not told.span_id:
        rows.warn("bad_span", "span without ids of trace and span", *locator)
        return
    add_span_rows(rows, told, account, region, key)
