"""Many spans of segment documents → columns, each made at once.

A span costs a few list entries on the way in; what follows from a field is computed over the whole
column, or for the few spans that have the field. That is half of what a row by row takes.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import UNSET

from forensics.normalize.document import Aws, Cause, ExceptionHead, Http, Segment, read_all, read_part
from forensics.normalize.ids import id_key, span_id_of, trace_id_key
from forensics.normalize.links import add_links
from forensics.normalize.mend import mended_part
from forensics.normalize.node import called_node, segment_node
from forensics.normalize.rows import NormalizedRows
from forensics.schema import NORMALIZED, TIME

__all__ = ["Head", "SpanColumns"]

_SCHEMA = NORMALIZED["span"]
_LATEST_SECOND = 1e11  # beyond year 5000: milliseconds, or nonsense
_NOTHING = Aws()
_INT, _TEXT = pa.int64(), pa.string()
_Columns = dict[str, pa.Array]
_Owner = tuple[str | None, str | None, str | None, str | None]


class Head(NamedTuple):
    """A document, and around it what its record says; `first` is the row of its first span."""

    account: str | None
    region: str | None
    trace_id: str
    segment_id: str
    document_key: int
    first: int


class SpanColumns:
    """Spans on their way into Arrow, parents before children; `len` counts them.

    `parents` and `calls` are rows of this batch: of the span above, and of the outermost call.
    """

    def __init__(self) -> None:
        self.rows = NormalizedRows()
        self.heads: list[Head] = []
        self.spans: list[Segment] = []
        self.parents: list[int | None] = []
        self.calls: list[int | None] = []
        self.size = 0
        self._ends = pa.array([], pa.int32())  # of documents, in rows

    def __len__(self) -> int:
        return len(self.spans)

    def add(self, document: Segment, head: Head) -> None:
        """The document and its subsegments, parents before children."""
        self.heads.append(head)
        self.spans.append(document)
        self.parents.append(None)
        # a segment serves, it does not call
        is_call = document.type == "subsegment" and (document.namespace or document.sql is not UNSET)
        self.calls.append(head.first if is_call else None)
        if document.subsegments:
            self._add_below(document.subsegments, head.first)

    def _add_below(self, subsegments: list[Segment], row: int) -> None:
        """A stack of our own, since nesting has no bound."""
        spans, parents, calls = self.spans, self.parents, self.calls
        stack = [(row, calls[row], iter(subsegments))]
        while stack:
            parent, outer, level = stack[-1]
            for span in level:
                row += 1
                call = row if outer is None and (span.namespace or span.sql is not UNSET) else outer
                spans.append(span)
                parents.append(parent)
                calls.append(call)
                if span.subsegments:
                    stack.append((row, call, iter(span.subsegments)))
                    break
            else:
                stack.pop()

    def tables(self) -> dict[str, pa.RecordBatch]:
        columns = self._columns() if self.spans else {}
        if columns:
            arrays = [columns[name] if name in columns else _empty(len(self)) for name in _SCHEMA.names]
            cast = [a.cast(f.type) if a.type != f.type else a for a, f in zip(arrays, _SCHEMA, strict=True)]
            return self.rows.tables() | {"span": pa.RecordBatch.from_arrays(cast, schema=_SCHEMA)}
        return self.rows.tables()

    def _columns(self) -> _Columns:
        spans = self.spans
        self._ends = pa.array([*(head.first for head in self.heads[1:]), len(self)], pa.int32())
        aws = self._aws()
        names = [span.name for span in spans]
        columns = self._of_documents(aws)
        columns |= self._identity()
        columns |= {
            "name": pa.array(names, _TEXT),
            "namespace": pa.array([span.namespace for span in spans], _TEXT),
            "origin": pa.array([span.origin for span in spans], _TEXT),
            "inferred": pa.array([span.inferred or False for span in spans]),
            "in_progress": pa.array([span.in_progress or False for span in spans]),
            "is_error": pa.array([span.error or False for span in spans]),
            "is_fault": pa.array([span.fault or False for span in spans]),
            "is_throttle": pa.array([span.throttle or False for span in spans]),
            "operation": pa.array([a.operation for a in aws], _TEXT),
            "request_id": pa.array([_request_id(a) for a in aws], _TEXT),
            "message_id": pa.array([a.message_id for a in aws], _TEXT),
            "resource_arn": pa.array(
                [s.resource_arn or a.resource_arn or a.function_arn for s, a in zip(spans, aws, strict=True)],
                _TEXT,
            ),
            "version": pa.array([s.service.version if s.service else None for s in spans], _TEXT),
            "attempt": pa.array([_attempt(n) if n and n[:9] == "Attempt #" else None for n in names], _INT),
            "annotations": _texts([span.annotations for span in spans]),
            "metadata": _texts([span.metadata for span in spans]),
            "sql": _texts([span.sql for span in spans]),
            "aws": _texts([span.aws for span in spans]),
        }  # fmt: skip
        columns |= self._times() | self._http() | self._remote(aws) | self._causes()
        self._links()
        return columns

    # --- what a whole document says

    def _of_documents(self, aws: list[Aws]) -> _Columns:
        heads = self.heads
        accounts, regions, nodes, kinds = zip(*self._owners(aws), strict=True)
        traces = [head.trace_id for head in heads]
        told = {
            "account": pa.array(accounts, _TEXT), "region": pa.array(regions, _TEXT),
            "node": pa.array(nodes, _TEXT), "kind": pa.array(kinds, _TEXT),
            "trace_id": pa.array(traces, _TEXT), "trace_key": _trace_keys(traces),
            "segment_id": pa.array([head.segment_id for head in heads], _TEXT),
            "document_key": pa.array([head.document_key for head in heads], _INT),
        }  # fmt: skip
        columns = {name: self._spread(values) for name, values in told.items()}
        columns["source"] = pa.repeat(pa.scalar("segment_document"), len(self))
        return columns

    def _spread(self, values: pa.Array) -> pa.Array:
        """One value per document → one per span."""
        return pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(self._ends, values))

    def _owners(self, aws: list[Aws]) -> Iterator[_Owner]:
        """Of each document; segments of one node come again and again."""
        known: dict[tuple[str | int | None, ...], _Owner] = {}
        for account, region, _, _, _, first in self.heads:
            document, block = self.spans[first], aws[first]
            if document.inferred:
                yield _owner(account, region, document, block)
                continue
            told = (
                account, region, block.account_id, block.region, block.function_arn, document.resource_arn,
                document.name, document.origin, document.type,
            )  # fmt: skip
            owner = known.get(told)
            if owner is None:
                owner = known[told] = _owner(account, region, document, block)
            yield owner

    # --- ids

    def _identity(self) -> _Columns:
        ids = [span.id or "" for span in self.spans]
        for head in self.heads:
            ids[head.first] = head.segment_id
        ids = _lower(ids)
        if "" in ids:
            for row in (row for row, found in enumerate(ids) if not found):
                ids[row] = self._span_id(row)
        own, keys = pa.array(ids, _TEXT), _keys(ids)
        segments = pa.array([head.first for head in self.heads], pa.int32())
        parents = pa.array(self.parents, pa.int32())
        above = [_parent_id(self.spans[head.first], head.segment_id) for head in self.heads]
        is_segment = pa.array([self.spans[head.first].type != "subsegment" for head in self.heads])
        rows = pa.array(range(len(ids)), pa.int32())
        return {
            "span_id": own,
            "span_key": keys,
            "segment_key": self._spread(keys.take(segments)),
            "parent_span_id": pc.coalesce(own.take(parents), self._spread(pa.array(above, _TEXT))),
            "parent_key": pc.coalesce(keys.take(parents), self._spread(_some_keys(above))),
            "call_key": keys.take(pa.array(self.calls, pa.int32())),
            "span_type": pc.if_else(
                pc.and_(parents.is_null(), self._spread(is_segment)), "segment", "subsegment"
            ),
            "ordinal": pc.subtract(rows, self._spread(segments)),
        }

    # --- times and HTTP

    def _times(self) -> _Columns:
        return {
            "started_at": self._time("start", [span.start_time for span in self.spans], is_needed=True),
            "ended_at": self._time("end", [span.end_time for span in self.spans]),
        }

    def _time(self, what: str, seconds: list[float | None], *, is_needed: bool = False) -> pa.Array:
        """Seconds since the epoch as microseconds; null, and a warning, where they are no time."""
        given = pa.array(seconds, pa.float64())
        usable = pc.and_(pc.greater_equal(given, 0.0), pc.less(given, _LATEST_SECOND))
        bad = pc.invert(usable.fill_null(not is_needed))
        for row in pc.indices_nonzero(bad).to_pylist():
            head = self._head(row)
            said = "no" if seconds[row] is None else f"no usable ({seconds[row]!r})"
            message = f"span {self._span_id(row)} has {said} {what} time"
            self.rows.warn(f"no_{what}_time", message, head.trace_id, head.segment_id)
        kept = pc.if_else(usable, given, pa.scalar(None, pa.float64()))
        return pc.round(pc.multiply(kept, 1e6), round_mode="half_to_even").cast(_INT).cast(TIME)

    def _head(self, row: int) -> Head:
        return self.heads[bisect_right(self.heads, row, key=attrgetter("first")) - 1]

    def _span_id(self, row: int) -> str:
        head = self._head(row)
        if row == head.first:
            return head.segment_id
        return (self.spans[row].id or f"{head.segment_id}.{row - head.first}").lower()

    def _http(self) -> _Columns:
        status: list[int | None] = [None] * len(self)
        method: list[str | None] = [None] * len(self)
        url: list[str | None] = [None] * len(self)
        for row, http in [(row, span.http) for row, span in enumerate(self.spans) if span.http]:
            status[row] = _status(http)
            if http.request is not None:
                method[row], url[row] = http.request.method, http.request.url
        return {
            "http_status": pa.array(status, _INT),
            "http_method": pa.array(method, _TEXT),
            "url": pa.array(url, _TEXT),
        }

    # --- blocks that are read further

    def _aws(self) -> list[Aws]:
        """The `aws` block of each span; what it holds of another type is named, with the span it is in."""
        found = [(row, span.aws) for row, span in enumerate(self.spans) if span.aws is not UNSET]
        blocks = [_NOTHING] * len(self)
        whole = read_all([raw for _, raw in found], Aws)
        for (row, _), block in zip(found, whole or (self._aws_block(*told) for told in found), strict=True):
            blocks[row] = block
        return blocks

    def _aws_block(self, row: int, raw: Any) -> Aws:
        block = read_part(raw, Aws)
        if block is None:
            block, dropped = mended_part(raw, Aws, f"{self.spans[row].id}.aws")
            self._warn_dropped(row, dropped)
        return block

    def _remote(self, aws: list[Aws]) -> _Columns:
        nodes: list[str | None] = [None] * len(self)
        kinds: list[str | None] = [None] * len(self)
        for row in [row for row, call in enumerate(self.calls) if call == row]:
            nodes[row], kinds[row] = called_node(self.spans[row], aws[row])
        return {"remote_node": pa.array(nodes, _TEXT), "remote_kind": pa.array(kinds, _TEXT)}

    def _causes(self) -> _Columns:
        """Exception type, message, id; the id of an exception elsewhere; the exceptions as JSON."""
        names = ("exception_type", "exception_message", "exception_id", "cause_id", "exceptions")
        columns: dict[str, list[str | None]] = {name: [None] * len(self) for name in names}
        for row, cause in [(row, s.cause) for row, s in enumerate(self.spans) if s.cause is not None]:
            for name, value in zip(names, self._cause(row, cause), strict=True):
                columns[name][row] = value
        return {name: pa.array(values, _TEXT) for name, values in columns.items()}

    def _cause(self, row: int, cause: Cause | str) -> tuple[str | None, ...]:
        if isinstance(cause, str):
            return None, None, None, cause or None, None
        if not cause.exceptions:
            return None, cause.message, None, None, None
        head = read_part(cause.exceptions[0], ExceptionHead)
        if head is None:
            head, dropped = mended_part(cause.exceptions[0], ExceptionHead, "exceptions.0")
            self._warn_dropped(row, dropped)
        listed = "[" + ",".join(bytes(e).decode() for e in cause.exceptions) + "]"
        return head.type, head.message or cause.message, head.id, None, listed

    def _links(self) -> None:
        for row, links in [(row, span.links) for row, span in enumerate(self.spans) if span.links]:
            head = self._head(row)
            add_links(self.rows, links, self._span_id(row), head.trace_id, head.segment_id, head.document_key)

    def _warn_dropped(self, row: int, dropped: Iterable[str]) -> None:
        head = self._head(row)
        for message in dropped:
            self.rows.warn("bad_field", f"left out: {message}", head.trace_id, head.segment_id)


def _owner(account: str | None, region: str | None, document: Segment, aws: Aws) -> _Owner:
    """Account, region, node and kind. An independent subsegment does not say where it ran: that is
    its segment's to tell (`lake.hanging_document`)."""
    account = account or (str(aws.account_id) if aws.account_id else None)
    region = region or aws.region
    arn = document.resource_arn
    node, kind = (None, None) if document.type == "subsegment" else segment_node(document, aws)
    return account or _arn_part(arn, 4), region or _arn_part(arn, 3), node, kind


def _parent_id(document: Segment, segment_id: str) -> str | None:
    parent = span_id_of(document.parent_id)
    return parent if parent and parent != segment_id else None


def _empty(size: int) -> pa.Array:
    return pa.nulls(size)


def _request_id(aws: Aws) -> str | None:
    return aws.request_id or (aws.api_gateway.request_id if aws.api_gateway else None)


def _attempt(name: str) -> int | None:
    """`n` of Lambda's `Attempt #n` subsegment of an asynchronous invocation."""
    return int(name[9:][:9]) if name[9:].isdecimal() else None


def _status(http: Http) -> int | None:
    status = http.response.status if http.response else None
    return int(status) if status is not None and 0 <= status < 1000 else None


def _arn_part(arn: str | None, index: int) -> str | None:
    parts = arn.split(":") if arn else []
    return parts[index] or None if len(parts) > 5 else None


def _texts(raws: Sequence[Any]) -> pa.Array:
    """The JSON of untyped fields, null where it is missing or null."""
    found = [None if raw is UNSET else bytes(raw) for raw in raws]
    return pa.array([None if text == b"null" else text for text in found], pa.binary()).cast(_TEXT)


def _lower(ids: list[str]) -> list[str]:
    joined = "".join(ids)
    return ids if joined == joined.lower() else [text.lower() for text in ids]


def _trace_keys(ids: list[str]) -> pa.Array:
    if set(map(len, ids)) == {32}:
        return _keys([text[16:] for text in ids])
    return pa.array([trace_id_key(text) for text in ids], _INT)


def _some_keys(ids: list[str | None]) -> pa.Array:
    """`id_key` of each that there is."""
    keys = _keys([text for text in ids if text is not None])
    given = pa.array([text is not None for text in ids])
    return pc.replace_with_mask(pa.nulls(len(ids), _INT), given, keys)


def _keys(ids: list[str]) -> pa.Array:
    """`id_key` of each: all at once where each is 16 hex digits (blanks are passed over, so they show)."""
    if set(map(len, ids)) == {16}:
        try:
            digits = bytes.fromhex("".join(ids))
        except ValueError:
            digits = b""
        if len(digits) == 8 * len(ids):
            keys = array("q", digits)
            if _IS_LITTLE:
                keys.byteswap()
            return pa.Array.from_buffers(_INT, len(ids), [None, pa.py_buffer(keys)])
    return pa.array([id_key(text) for text in ids], _INT)


_IS_LITTLE = sys.byteorder == "little"
