"""Segment documents → spans and links, one row per segment and subsegment.

Source of the shapes: X-Ray developer guide, "X-Ray segment documents"; AWS Lambda's two segments
per invocation and their subsegments as seen in recorded traces.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from msgspec import UNSET

from forensics.normalize.document import (
    Aws,
    Cause,
    Link,
    Segment,
    Unreadable,
    decode_aws,
    decode_document,
    decode_exception,
    raw_text,
)
from forensics.normalize.node import called_node, segment_node
from forensics.schema import NORMALIZED

__all__ = ["normalize_documents"]

_BATCH = 60_000
_LATEST_SECOND = 1e11  # beyond year 5000: milliseconds, or nonsense


@dataclass(slots=True)
class _Owner:
    """The segment that a walk is in, and its row's fields that every span of it repeats."""

    account: str | None
    region: str | None
    trace_id: str
    trace_key: int
    segment_id: str
    segment_key: int
    document_key: int
    node: str
    kind: str


class _Rows:
    """Column lists of the normalized tables that documents fill."""

    def __init__(self) -> None:
        self.span: dict[str, list[Any]] = {name: [] for name in NORMALIZED["span"].names}
        self.link: dict[str, list[Any]] = {name: [] for name in NORMALIZED["link"].names}
        self.warning: dict[str, list[Any]] = {name: [] for name in NORMALIZED["warning"].names}
        self._span = list(self.span.values())

    def __len__(self) -> int:
        return len(self._span[0])

    def add_span(self, row: tuple[Any, ...]) -> None:
        for column, value in zip(self._span, row, strict=True):
            column.append(value)

    def warn(self, code: str, message: str, trace_id: str, segment_id: str) -> None:
        row = ("warning", code, message, "segment_document", f"{trace_id}/{segment_id}")
        for column, value in zip(self.warning.values(), row, strict=True):
            column.append(value)

    def tables(self) -> dict[str, pa.RecordBatch]:
        named = {"span": self.span, "link": self.link, "warning": self.warning}
        return {k: pa.RecordBatch.from_pydict(v, schema=NORMALIZED[k]) for k, v in named.items()}


def normalize_documents(batches: Iterator[pa.RecordBatch]) -> Iterator[dict[str, pa.RecordBatch]]:
    """Batches of `segment_document` evidence → batches of `span`, `link` and `warning` rows.

    A document that cannot be read becomes a warning row; nothing raises for bad content.
    """
    was_enabled = gc.isenabled()
    gc.disable()  # millions of short-lived rows without cycles: collecting them costs a third
    try:
        rows = _Rows()
        for batch in batches:
            for record in zip(*(batch.column(name).to_pylist() for name in _INPUT), strict=True):
                _document(rows, *record)
                if len(rows) >= _BATCH:
                    yield rows.tables()
                    rows = _Rows()
        yield rows.tables()
    finally:
        if was_enabled:
            gc.enable()


_INPUT = ("account", "region", "trace_id", "segment_id", "document", "document_key")


def _document(
    rows: _Rows, account: str | None, region: str | None, trace: str, segment: str, text: str, key: int
) -> None:
    try:
        document, dropped = decode_document(text)
    except Unreadable as error:
        rows.warn("bad_segment", f"segment document cannot be read: {error}", trace, segment)
        return
    for message in dropped:
        rows.warn("bad_field", f"field dropped: {message}", trace, segment)
    trace_id = canonical_trace_id(document.trace_id or trace)
    segment_id = _span_id(document.id or segment)
    if not trace_id or not segment_id:
        rows.warn("bad_segment", "segment document without trace id or id", trace, segment)
        return
    aws = decode_aws(document.aws)
    node, kind = segment_node(document, aws)
    owner = _Owner(
        account or aws.account_id or _arn_part(document.resource_arn, 4),
        region or aws.region or _arn_part(document.resource_arn, 3),
        trace_id, _key(trace_id[-16:]), segment_id, _key(segment_id), key, node, kind,
    )  # fmt: skip
    _walk(rows, document, owner)


def _walk(rows: _Rows, document: Segment, owner: _Owner) -> None:
    """One row per span, parents first; a stack of our own, since nesting has no bound."""
    stack = [(document, _parent(document, owner), None)]
    ordinal = 0
    while stack:
        span, parent, call = stack.pop()
        span_id = _span_id(span.id or "") or f"{owner.segment_id}.{ordinal}"
        called = call
        if called is None and span is not document and (span.namespace or span.sql is not UNSET):
            called = span_id
        rows.add_span(_row(rows, span, span_id, parent, called, ordinal, owner, span is document))
        ordinal += 1
        for child in reversed(span.subsegments or ()):
            stack.append((child, span_id, called))


def _parent(document: Segment, owner: _Owner) -> str | None:
    parent = _span_id(document.parent_id or "")
    return parent if parent and parent != owner.segment_id else None


def _row(
    rows: _Rows, span: Segment, span_id: str, parent: str | None, call: str | None, ordinal: int,
    owner: _Owner, is_root: bool,
) -> tuple[Any, ...]:  # fmt: skip
    aws = decode_aws(span.aws)
    span_key = _key(span_id)
    remote_node, remote_kind = called_node(span, aws) if call == span_id else (None, None)
    request = span.http.request if span.http else None
    response = span.http.response if span.http else None
    if span.links:
        _links(rows, span.links, span_id, span_key, owner)
    started, ended = _micros(span.start_time), _micros(span.end_time)
    if started is None:
        rows.warn("no_start_time", f"span {span_id} has no start time", owner.trace_id, owner.segment_id)
    independent = is_root and span.type == "subsegment"
    return (
        owner.account, owner.region, owner.trace_id, owner.segment_id, span_id, parent,
        owner.trace_key, owner.segment_key, span_key, _key(parent) if parent else None,
        _key(call) if call else None, owner.document_key, ordinal, span.name,
        "subsegment" if independent or not is_root else "segment",
        span.namespace, span.origin, owner.node, owner.kind, remote_node, remote_kind,
        aws.operation, bool(span.inferred), bool(span.in_progress), started, ended,
        bool(span.error), bool(span.fault), bool(span.throttle),
        response.status if response else None, request.method if request else None,
        request.url if request else None,
        aws.request_id or (aws.api_gateway.request_id if aws.api_gateway else None),
        aws.message_id, span.resource_arn or aws.resource_arn or aws.function_arn,
        span.service.version if span.service else None, _attempt(span.name),
        *_cause(span.cause), raw_text(span.annotations), raw_text(span.metadata), raw_text(span.sql),
        raw_text(span.aws),
    )  # fmt: skip


def _cause(cause: Cause | str | None) -> tuple[str | None, ...]:
    """exception type, message, id; the id of an exception elsewhere; the exceptions as JSON."""
    if cause is None:
        return None, None, None, None, None
    if isinstance(cause, str):
        return None, None, None, cause, None
    if not cause.exceptions:
        return None, cause.message, None, None, None
    head = decode_exception(cause.exceptions[0])
    listed = "[" + ",".join(bytes(e).decode("utf-8", "replace") for e in cause.exceptions) + "]"
    return head.type, head.message or cause.message, head.id, None, listed


def _links(rows: _Rows, links: list[Link], span_id: str, span_key: int, owner: _Owner) -> None:
    for link in links:
        trace_id, linked = canonical_trace_id(link.trace_id or ""), _span_id(link.id or "")
        if not trace_id or not linked:
            rows.warn("bad_link", f"link of span {span_id} without ids", owner.trace_id, owner.segment_id)
            continue
        told = link.attributes or {}
        names = told.get("aws.xray.reserved.names")
        row = (
            owner.trace_id, span_id, owner.trace_key, span_key, owner.document_key, trace_id, linked,
            _key(trace_id[-16:]), _key(linked),
            told.get("aws.xray.reserved.reference_type") or "parent",
            str(names[0]) if isinstance(names, list) and names else None,
            _linked_kind(told.get("aws.xray.reserved.type")),
        )  # fmt: skip
        for column, value in zip(rows.link.values(), row, strict=True):
            column.append(value)


def _linked_kind(kind: Any) -> str | None:
    """Lambda's two segments are one node, whichever of them a link points at."""
    return "AWS::Lambda::Function" if kind == "AWS::Lambda" else str(kind) if kind else None


def canonical_trace_id(text: str) -> str:
    """`1-4efaaf4d-1e87…` and W3C's form alike as 32 lower-case hex digits."""
    if len(text) == 35 and text[1] == "-" and text[10] == "-":
        text = text[2:10] + text[11:]
    return text.lower()


def _span_id(text: str) -> str:
    return text.lower()


def _key(text: str) -> int:
    """A signed 64-bit key: the digits themselves, or a hash where they are no 16 hex digits."""
    try:
        number = int(text, 16)
        if len(text) > 16 or number < 0:
            raise ValueError
    except ValueError:
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = int.from_bytes(digest, "big")
    return number - (1 << 64) if number >= 1 << 63 else number


def _micros(seconds: float | None) -> int | None:
    if seconds is None or not 0 <= seconds < _LATEST_SECOND:
        return None
    return round(seconds * 1e6)


def _attempt(name: str | None) -> int | None:
    """`n` of Lambda's `Attempt #n` subsegment of an asynchronous invocation."""
    if name and name.startswith("Attempt #") and name[9:].isdecimal():
        return int(name[9:][:9])
    return None


def _arn_part(arn: str | None, index: int) -> str | None:
    parts = arn.split(":") if arn else []
    return parts[index] or None if len(parts) > 5 else None
