"""Segment documents → spans and links, one row per segment and subsegment.

Source of the shapes: X-Ray developer guide, "X-Ray segment documents"; AWS Lambda's two segments
per invocation and their subsegments as seen in recorded traces.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pyarrow as pa
from msgspec import UNSET

from forensics.normalize.document import Segment, read_document
from forensics.normalize.ids import canonical_trace_id, id_key, span_id_of, trace_id_key
from forensics.normalize.mend import Unreadable, mended_document
from forensics.normalize.node import segment_node
from forensics.normalize.rows import NormalizedRows
from forensics.normalize.span import Owner, SpanId, add_links, read_aws, span_row

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
        rows = NormalizedRows()
        for batch in batches:
            for record in zip(*(batch.column(name).to_pylist() for name in _INPUT), strict=True):
                _document(rows, *record)
                if len(rows) >= _BATCH or rows.size >= _BATCH_SIZE:
                    yield rows.tables()
                    rows = NormalizedRows()
        yield rows.tables()
    finally:
        if was_enabled:
            gc.enable()


_INPUT = ("account", "region", "trace_id", "segment_id", "document", "document_key")


def _document(
    rows: NormalizedRows,
    account: str | None,
    region: str | None,
    trace: str,
    segment: str,
    text: str,
    key: int,
) -> None:
    rows.size += len(text)
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
    _walk(rows, document, _owner(rows, document, account, region, trace_id, segment_id, key))


def _owner(
    rows: NormalizedRows, document: Segment, account: str | None, region: str | None, trace_id: str,
    segment_id: str, key: int,
) -> Owner:  # fmt: skip
    aws = read_aws(rows, document, None)
    # An independent subsegment does not say where it ran: that is its segment's to tell (lake.span).
    node, kind = (None, None) if document.type == "subsegment" else segment_node(document, aws)
    return Owner(
        account or (str(aws.account_id) if aws.account_id else _arn_part(document.resource_arn, 4)),
        region or aws.region or _arn_part(document.resource_arn, 3),
        trace_id, trace_id_key(trace_id), segment_id, id_key(segment_id), key, node, kind,
    )  # fmt: skip


def _walk(rows: NormalizedRows, document: Segment, owner: Owner) -> None:
    """One row per span, parents first; a stack of our own, since nesting has no bound."""
    stack: list[tuple[Segment, SpanId | None, int | None]] = [(document, _parent(document, owner), None)]
    ordinal = 0
    while stack:
        span, parent, call_key = stack.pop()
        own = _own_id(span, ordinal, owner)
        may_call = ordinal or span.type == "subsegment"  # a segment serves, it does not call
        if call_key is None and may_call and (span.namespace or span.sql is not UNSET):
            call_key = own[1]
        rows.add_span(span_row(rows, span, own, parent, call_key, ordinal, owner))
        if span.links:
            add_links(rows, span.links, own, owner)
        ordinal += 1
        if span.subsegments:
            stack += [(child, own, call_key) for child in reversed(span.subsegments)]


def _own_id(span: Segment, ordinal: int, owner: Owner) -> SpanId:
    if ordinal == 0:
        return owner.segment_id, owner.segment_key
    span_id = span_id_of(span.id) or f"{owner.segment_id}.{ordinal}"
    return span_id, id_key(span_id)


def _parent(document: Segment, owner: Owner) -> SpanId | None:
    parent = span_id_of(document.parent_id)
    return (parent, id_key(parent)) if parent and parent != owner.segment_id else None


def _arn_part(arn: str | None, index: int) -> str | None:
    parts = arn.split(":") if arn else []
    return parts[index] or None if len(parts) > 5 else None
