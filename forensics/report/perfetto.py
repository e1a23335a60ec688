"""Traces as Trace Event JSON, which ui.perfetto.dev and chrome://tracing open: a process per node.

Sources: "Trace Event Format" (complete events `X` in µs, instants `i`, flows `s` and `f`, metadata `M`) and
Perfetto's FAQ ("JSON is considered a legacy trace format"): slices of one thread must nest exactly, so what
overlaps gets a lane, a thread, of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forensics.model import ExportDocument, ExportSpan

__all__ = ["perfetto_document"]

_Event = dict[str, Any]
_Placed = tuple[ExportSpan, tuple[int, int]]


def perfetto_document(document: ExportDocument) -> _Event:
    """`args` hold ids, status and attributes; `cat` says what is on the critical path or failed."""
    lanes = _Lanes()
    places = [lanes.place(span) for span in sorted(document.spans, key=_order)]
    events = list(lanes.names())
    by_id: dict[tuple[str, str | None], _Placed] = {}
    for span, place in zip(sorted(document.spans, key=_order), places, strict=True):
        by_id.setdefault((span.trace_id, span.span_id), (span, place))
        events.append(_slice(span, place))
        events += _instants(span, place)
    events += _flows(document, by_id)
    return {"traceEvents": events, "displayTimeUnit": "ms", "otherData": {"traces": list(document.traces)}}


def _order(span: ExportSpan) -> tuple[int, int, str, str]:
    """The longer first of those that begin together, so that it is around the shorter."""
    return span.start_ns // 1000, -(span.end_ns // 1000), span.trace_id, span.span_id


class _Lanes:
    """Which thread of which process a span is drawn on: the first lane of its node in which it nests."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str], int] = {}
        self._open: dict[int, list[list[int]]] = {}

    def place(self, span: ExportSpan) -> tuple[int, int]:
        node = (span.node.name, span.node.kind)
        pid = self._nodes.setdefault(node, len(self._nodes) + 1)
        start, end = span.start_ns // 1000, span.end_ns // 1000
        lanes = self._open.setdefault(pid, [])
        for tid, ends in enumerate(lanes, 1):
            while ends and ends[-1] <= start:
                ends.pop()
            if not ends or end <= ends[-1]:
                ends.append(end)
                return pid, tid
        lanes.append([end])
        return pid, len(lanes)

    def names(self) -> Iterator[_Event]:
        for (name, kind), pid in self._nodes.items():
            yield _about(pid, 0, "process_name", {"name": name})
            yield _about(pid, 0, "process_labels", {"labels": kind})
            yield _about(pid, 0, "process_sort_index", {"sort_index": pid})
            for tid in range(1, len(self._open[pid]) + 1):
                yield _about(
                    pid, tid, "thread_name", {"name": name if tid == 1 else f"{name} at the same time"}
                )


def _about(pid: int, tid: int, what: str, args: _Event) -> _Event:
    return {"ph": "M", "pid": pid, "tid": tid, "name": what, "args": args}


def _slice(span: ExportSpan, place: tuple[int, int]) -> _Event:
    start = span.start_ns // 1000
    ids = {"trace_id": span.trace_id, "span_id": span.span_id, "parent_id": span.parent_id, "kind": span.kind}
    told = ids | {"status": span.status or None, "message": span.message} | span.attributes
    words = ["critical path" if span.on_path else "span", *(["failed"] if span.status == "ERROR" else [])]
    return {
        "ph": "X", "name": span.name or span.node.name, "cat": ",".join(words), "pid": place[0],
        "tid": place[1], "ts": start, "dur": span.end_ns // 1000 - start,
        "args": {name: value for name, value in told.items() if value is not None},
    }  # fmt: skip


def _instants(span: ExportSpan, place: tuple[int, int]) -> Iterator[_Event]:
    for event in span.events:
        said = event.attributes.get("log.message") or event.attributes.get("exception.message")
        yield {
            "ph": "i", "s": "t", "name": str(said or event.name)[:80] or "event",
            "cat": event.name or "event", "pid": place[0], "tid": place[1], "ts": event.time_ns // 1000,
            "args": event.attributes,
        }  # fmt: skip


def _flows(document: ExportDocument, by_id: dict[tuple[str, str | None], _Placed]) -> Iterator[_Event]:
    """Arrows from a caller to what runs on another node, and from what was linked to."""
    number = 0
    for span in document.spans:
        from_ = [(span.trace_id, span.parent_id), *((link.trace_id, link.span_id) for link in span.links)]
        target, place = by_id[span.trace_id, span.span_id]
        for other, other_place in (by_id[one] for one in from_ if one in by_id):
            if target is span and other_place[0] != place[0]:
                number += 1
                start = max(min(other.end_ns, span.start_ns), other.start_ns) // 1000
                yield _flow("s", number, other_place, start)
                yield _flow("f", number, place, span.start_ns // 1000) | {"bp": "e"}


def _flow(phase: str, number: int, place: tuple[int, int], at: int) -> _Event:
    ids = {"ph": phase, "id": number, "pid": place[0], "tid": place[1], "ts": at}
    return ids | {"name": "calls", "cat": "flow"}
