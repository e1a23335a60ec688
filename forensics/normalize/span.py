"""One span's row, and the rows of its links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from forensics.normalize.document import Aws, Cause, ExceptionHead, Link, Segment, raw_text, read_part
from forensics.normalize.ids import canonical_trace_id, id_key, span_id_of, trace_id_key
from forensics.normalize.mend import mended_part
from forensics.normalize.node import called_node
from forensics.normalize.rows import NormalizedRows

__all__ = ["Owner", "SpanId", "add_links", "read_aws", "span_row"]

SpanId = tuple[str, int]  # as printed, and its key
_LATEST_SECOND = 1e11  # beyond year 5000: milliseconds, or nonsense
_NOTHING = Aws()


@dataclass(slots=True)
class Owner:
    """The segment that a walk is in, and its row's fields that every span of it repeats."""

    account: str | None
    region: str | None
    trace_id: str
    trace_key: int
    segment_id: str
    segment_key: int
    document_key: int
    node: str | None
    kind: str | None


def span_row(
    rows: NormalizedRows, span: Segment, own: SpanId, parent: SpanId | None, call_key: int | None,
    ordinal: int, owner: Owner,
) -> tuple[Any, ...]:  # fmt: skip
    """The row of a span, in the order of `schema.NORMALIZED["span"]`."""
    aws = read_aws(rows, span, owner)
    span_id, span_key = own
    parent_id, parent_key = parent or (None, None)
    is_call = call_key == span_key
    remote_node, remote_kind = called_node(span, aws) if is_call else (None, None)
    request = span.http.request if span.http else None
    is_segment = ordinal == 0 and span.type != "subsegment"  # an independent subsegment is none
    return (
        owner.account, owner.region, owner.trace_id, owner.segment_id, span_id, parent_id,
        owner.trace_key, owner.segment_key, span_key, parent_key, call_key, owner.document_key,
        ordinal, "segment_document", span.name, "segment" if is_segment else "subsegment", None,
        span.namespace, span.origin, owner.node, owner.kind, remote_node, remote_kind,
        aws.operation, bool(span.inferred), bool(span.in_progress),
        _time(rows, "start", span.start_time, span_id, owner, is_needed=True),
        _time(rows, "end", span.end_time, span_id, owner), None, None,
        bool(span.error), bool(span.fault), bool(span.throttle), _http_status(span),
        request.method if request else None, request.url if request else None,
        aws.request_id or (aws.api_gateway.request_id if aws.api_gateway else None),
        aws.message_id, span.resource_arn or aws.resource_arn or aws.function_arn,
        span.service.version if span.service else None, _attempt(span.name),
        *_cause(rows, span.cause, owner), raw_text(span.annotations), raw_text(span.metadata),
        raw_text(span.sql), raw_text(span.aws),
    )  # fmt: skip


def read_aws(rows: NormalizedRows, span: Segment, owner: Owner | None) -> Aws:
    """The `aws` block; what it holds of another type is named once, with the span that it is in."""
    if span.aws is UNSET:
        return _NOTHING
    aws = read_part(span.aws, Aws)
    if aws is None:
        aws, dropped = mended_part(span.aws, Aws, f"{span.id}.aws")
        if owner:
            _warn_dropped(rows, dropped, owner)
    return aws


def _cause(rows: NormalizedRows, cause: Cause | str | None, owner: Owner) -> tuple[str | None, ...]:
    """Exception type, message, id; the id of an exception elsewhere; the exceptions as JSON."""
    if cause is None or isinstance(cause, str):
        return None, None, None, cause or None, None
    if not cause.exceptions:
        return None, cause.message, None, None, None
    head = read_part(cause.exceptions[0], ExceptionHead)
    if head is None:
        head, dropped = mended_part(cause.exceptions[0], ExceptionHead, "exceptions.0")
        _warn_dropped(rows, dropped, owner)
    listed = "[" + ",".join(bytes(e).decode() for e in cause.exceptions) + "]"
    return head.type, head.message or cause.message, head.id, None, listed


def _warn_dropped(rows: NormalizedRows, dropped: list[str], owner: Owner) -> None:
    for message in dropped:
        rows.warn("bad_field", f"left out: {message}", owner.trace_id, owner.segment_id)


def add_links(rows: NormalizedRows, links: list[Link], own: SpanId, owner: Owner) -> None:
    for link in links:
        trace_id, linked = canonical_trace_id(link.trace_id or ""), span_id_of(link.id)
        if not trace_id or not linked:
            rows.warn("bad_link", f"link of span {own[0]} without ids", owner.trace_id, owner.segment_id)
            continue
        told = link.attributes or {}
        names = told.get("aws.xray.reserved.names")
        row = (
            owner.trace_id, own[0], owner.trace_key, own[1], owner.document_key, trace_id,
            linked, trace_id_key(trace_id), id_key(linked),
            str(told.get("aws.xray.reserved.reference_type") or "parent"),
            str(names[0]) if isinstance(names, list) and names else None,
            _linked_kind(told.get("aws.xray.reserved.type")),
        )  # fmt: skip
        rows.add_link(row)


def _linked_kind(kind: Any) -> str | None:
    """Lambda's two segments are one node, whichever of them a link points at."""
    return "AWS::Lambda::Function" if kind == "AWS::Lambda" else str(kind) if kind else None


def _time(
    rows: NormalizedRows, what: str, seconds: float | None, span_id: str, owner: Owner, *,
    is_needed: bool = False,
) -> int | None:  # fmt: skip
    """Seconds since the epoch as microseconds; None, and a warning, where they are no time."""
    if seconds is not None and 0 <= seconds < _LATEST_SECOND:
        return round(seconds * 1e6)
    if seconds is not None or is_needed:
        given = "no" if seconds is None else f"no usable ({seconds!r})"
        message = f"span {span_id} has {given} {what} time"
        rows.warn(f"no_{what}_time", message, owner.trace_id, owner.segment_id)
    return None


def _http_status(span: Segment) -> int | None:
    status = span.http.response.status if span.http and span.http.response else None
    return int(status) if status is not None and 0 <= status < 1000 else None


def _attempt(name: str | None) -> int | None:
    """`n` of Lambda's `Attempt #n` subsegment of an asynchronous invocation."""
    if name and name.startswith("Attempt #") and name[9:].isdecimal():
        return int(name[9:][:9])
    return None
