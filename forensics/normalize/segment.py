"""Segment documents → spans and links, one row per segment and subsegment.

Source of the shapes: X-Ray developer guide, "X-Ray segment documents"; AWS Lambda's two segments
per invocation and their subsegments as seen in recorded traces.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pyarrow as pa

from forensics.normalize.columns import Head, SpanColumns
from forensics.normalize.document import read_documents
from forensics.normalize.ids import canonical_trace_id, span_id_of
from forensics.normalize.mend import Unreadable, mended_document

__all__ = ["normalize_documents"]

_BATCH = 60_000  # spans
_BATCH_SIZE = 256_000_000  # characters of documents: a column holds at most 2 GB of text
_READ = 1_000  # documents that are read before the size is looked at again
_INPUT = ("account", "region", "trace_id", "segment_id", "document", "document_key")


def normalize_documents(batches: Iterator[pa.RecordBatch]) -> Iterator[dict[str, pa.RecordBatch]]:
    """Batches of `segment_document` evidence → batches of `span`, `link` and `warning` rows.

    A document that cannot be read becomes a warning row; nothing raises for bad content.
    """
    was_enabled = gc.isenabled()
    gc.disable()  # millions of short-lived rows without cycles: collecting them costs a third
    try:
        columns = SpanColumns()
        for batch in batches:
            for start in range(0, batch.num_rows, _READ):
                _read(columns, batch.slice(start, _READ))
                if len(columns) >= _BATCH or columns.size >= _BATCH_SIZE:
                    yield columns.tables()
                    columns = SpanColumns()
        yield columns.tables()
    finally:
        if was_enabled:
            gc.enable()


def _read(columns: SpanColumns, batch: pa.RecordBatch) -> None:
    told = [batch.column(name).to_pylist() for name in _INPUT]
    texts = told[4]
    columns.size += sum(map(len, texts))
    rows, last, trace_id = columns.rows, None, ""  # documents of one trace stand together
    for document, record in zip(read_documents(texts), zip(*told, strict=True), strict=True):
        account, region, trace, segment, text, key = record
        dropped: list[str] = []
        if document is None:
            try:
                document, dropped = mended_document(text)
            except Unreadable as error:
                rows.warn("bad_segment", f"segment document cannot be read: {error}", trace, segment)
                continue
        if (document.trace_id or trace) != last:
            last = document.trace_id or trace
            trace_id = canonical_trace_id(last)
        if not trace_id:
            rows.warn("bad_segment", "segment document without trace id", trace, segment)
            continue
        segment_id = span_id_of(document.id or segment)
        if not segment_id:
            segment_id = f"{key & (1 << 64) - 1:016x}"
            rows.warn("no_segment_id", "segment document without id", trace_id, segment_id)
        for message in dropped:
            rows.warn("bad_field", f"left out: {message}", trace_id, segment_id)
        columns.add(document, Head(account, region, trace_id, segment_id, key, len(columns)))
