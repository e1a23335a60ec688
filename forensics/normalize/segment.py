"""Segment documents → spans and links, one row per segment and subsegment.

Source of the shapes: X-Ray developer guide, "X-Ray segment documents"; AWS Lambda's two segments
per invocation and their subsegments as seen in recorded traces.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pyarrow as pa
from msgspec import UNSET

from forensics.normalize.columns import Head, SpanColumns
from forensics.normalize.document import Segment, read_document
from forensics.normalize.ids import canonical_trace_id, span_id_of
from forensics.normalize.mend import Unreadable, mended_document

__all__ = ["normalize_documents"]

_BATCH = 60_000  # spans
_BATCH_SIZE = 256_000_000  # characters of documents: a column holds at most 2 GB of text


def normalize_documents(batches: Iterator[pa.RecordBatch]) -> Iterator[dict[str, pa.RecordBatch]]:
    """Batches of `segment_document` evidence → batches of `span`, `link` and `warning` rows.

    A document that cannot be read becomes a warning row; nothing raises for bad content.
    """
    was_enabled = gc.isenabled()
    gc.disable()  # millions of short-lived rows without cycles: collecting them costs a third
    try:
        columns = SpanColumns()
        for batch in batches:
            for record in zip(*(batch.column(name).to_pylist() for name in _INPUT), strict=True):
                _document(columns, *record)
                if len(columns) >= _BATCH or columns.size >= _BATCH_SIZE:
                    yield columns.tables()
                    columns = SpanColumns()
        yield columns.tables()
    finally:
        if was_enabled:
            gc.enable()


_INPUT = ("account", "region", "trace_id", "segment_id", "document", "document_key")


def _document(
    columns: SpanColumns,
    account: str | None,
    region: str | None,
    trace: str,
    segment: str,
    text: str,
    key: int,
) -> None:
    columns.size += len(text)
    rows = columns.rows
    document, dropped = read_document(text), list[str]()
    if document is None:
        try:
            document, dropped = mended_document(text)
        except Unreadable as error:
            rows.warn("bad_segment", f"segment document cannot be read: {error}", trace, segment)
            return
    trace_id = canonical_trace_id(document.trace_id or trace)
    if not trace_id:
        rows.warn("bad_segment", "segment document without trace id", trace, segment)
        return
    segment_id = span_id_of(document.id or segment)
    if not segment_id:
        segment_id = f"{key & (1 << 64) - 1:016x}"
        rows.warn("no_segment_id", "segment document without id", trace_id, segment_id)
    for message in dropped:
        rows.warn("bad_field", f"left out: {message}", trace_id, segment_id)
    parent = span_id_of(document.parent_id)
    parent_id = parent if parent and parent != segment_id else None
    columns.heads.append(Head(account, region, trace_id, segment_id, parent_id, key, len(columns)))
    _walk(columns, document)


def _walk(columns: SpanColumns, document: Segment) -> None:
    """Parents before children; a stack of our own, since nesting has no bound."""
    spans, parents, calls, ordinals = columns.spans, columns.parents, columns.calls, columns.ordinals
    first = row = len(spans)
    spans.append(document)
    parents.append(None)
    # a segment serves, it does not call
    is_call = document.type == "subsegment" and (document.namespace or document.sql is not UNSET)
    calls.append(row if is_call else None)
    ordinals.append(0)
    if document.subsegments:
        stack = [(child, row, calls[row]) for child in reversed(document.subsegments)]
        while stack:
            span, parent, call = stack.pop()
            row += 1
            if call is None and (span.namespace or span.sql is not UNSET):
                call = row
            spans.append(span)
            parents.append(parent)
            calls.append(call)
            ordinals.append(row - first)
            if span.subsegments:
                stack += [(child, row, call) for child in reversed(span.subsegments)]
    columns.documents += [len(columns.heads) - 1] * (row - first + 1)
