"""The spans of several traces and the invocations of one chain, as one tree in the order of time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from forensics.chains.times import micros
from forensics.chains.tree import Span
from forensics.model import Node, StepEdge, StoryGap, StoryRow

__all__ = ["Told", "marks_of", "tell"]

_COLD = ("Initialization", "Init", "Restore")


@dataclass(slots=True)
class Told:
    """Rows, and where to find them. Times of rows count from `start_us` (µs since the epoch)."""

    rows: tuple[StoryRow, ...]
    gaps: tuple[StoryGap, ...]
    by_span: dict[str, int]
    by_invocation: dict[str, int]
    start_us: int | None
    end_us: int


@dataclass(slots=True, eq=False)
class _Item:
    """A row to be: a span with the invocation that it begins, or an invocation alone."""

    span: Span | None
    member: dict[str, Any] | None
    trace_id: str | None
    start_us: int | None
    end_us: int | None
    above: _Item | None = None
    below: list[_Item] = field(default_factory=list)
    invocation: str | None = None
    retry: int = 1


def tell(
    members: list[dict[str, Any]],
    planted: dict[str, list[Span]],
    heads: dict[tuple[str, str], str],
    path: set[int],
    roles: dict[str, str],
) -> Told:
    """`members` with their callers, the roots of each trace, which segment begins which invocation."""
    by_name = {m["invocation"]: m for m in members}
    tops, first = _hang(planted, heads, by_name)
    for member in members:
        if member["invocation"] not in first:
            first[member["invocation"]] = item = _alone(member)
            tops.append(item)
    roots = _join(tops, first)
    for root in roots:
        _inherit(root)
    return _rows(roots, path, roles)


def _hang(
    planted: dict[str, list[Span]], heads: dict[tuple[str, str], str], members: dict[str, dict[str, Any]]
) -> tuple[list[_Item], dict[str, _Item]]:
    """Items for all spans; the topmost item of each invocation of the chain."""
    tops: list[_Item] = []
    first: dict[str, _Item] = {}
    for trace, roots in planted.items():
        stack: list[tuple[Span, _Item | None]] = [(root, None) for root in reversed(roots)]
        while stack:
            span, above = stack.pop()
            item = _Item(span, None, trace, span.start_us, span.end_us, above)
            name = heads.get((trace, span.span_id))
            item.invocation = name
            if name in members and name not in first:
                first[name], item.member = item, members[name]
            (above.below if above else tops).append(item)
            stack += [(child, item) for child in reversed(span.children)]
    return tops, first


def _alone(member: dict[str, Any]) -> _Item:
    start = micros(member["started_at"])
    end = micros(member["ended_at"])
    return _Item(None, member, member["trace_id"], start, end, invocation=member["invocation"])


def _join(tops: list[_Item], first: dict[str, _Item]) -> list[_Item]:
    """Hang what begins a trace, or stands alone, below who called it."""
    roots = []
    for item in tops:
        called = _called(item)
        caller = first.get(called["caller"]) if called and called["caller"] else None
        if caller is None or _top(caller) is item:
            roots.append(item)
        else:
            item.above = caller
            caller.below.append(item)
    return sorted(roots, key=_order)


def _called(item: _Item) -> dict[str, Any] | None:
    """The member that a trace begins with: of Lambda the function below its service segment."""
    stack = [item]
    while stack:
        found = stack.pop(0)
        if found.member is not None:
            return found.member
        stack += found.below[:4]
    return None


def _top(item: _Item) -> _Item:
    while item.above is not None:
        item = item.above
    return item


def _order(item: _Item) -> tuple[bool, int, str]:
    return (
        item.start_us is None,
        item.start_us or 0,
        item.span.span_id if item.span else item.invocation or "",
    )


def _inherit(root: _Item) -> None:
    """Spans belong to the invocation around them; calls that failed and were made again are counted."""
    stack = [root]
    while stack:
        item = stack.pop()
        item.below.sort(key=_order)
        for child in item.below:
            child.invocation = child.invocation or item.invocation
        _count_again(item)
        stack += item.below


def _count_again(item: _Item) -> None:
    """Calls that were made again after they had failed, and messages that were handed over again."""
    failed: dict[tuple[str, str], int] = defaultdict(int)
    for child in item.below:
        is_call = child.span is not None and child.span.span_type == "subsegment"
        if not is_call and (child.member is None or child.member["edge_kind"] != "link" or _sends_many(item)):
            continue
        what = (child.span.name, child.span.node) if child.span else ("", (child.member or {})["node"])
        child.retry = 1 + failed[what]
        failed[what] += _status(child.span, child.member) == "failed"


def _sends_many(item: _Item) -> bool:
    """One call that handed over several messages: what it set off twice need not be the same message."""
    operation = (item.member or {}).get("operation") or ""
    return operation.endswith("Batch") or operation in ("PutEvents", "PutRecords")


def _is_failed(span: Span) -> bool:
    return span.is_error or span.is_fault or span.is_throttle


def _rows(roots: list[_Item], path: set[int], roles: dict[str, str]) -> Told:
    ordered, stack = [], list(reversed(roots))
    while stack:
        item = stack.pop()
        ordered.append(item)
        stack.extend(reversed(item.below))
    starts = [item.start_us for item in ordered if item.start_us is not None]
    ends = [item.end_us for item in ordered if item.end_us is not None]
    start = min(starts, default=None)
    place = {id(item): n for n, item in enumerate(ordered)}
    return Told(
        rows=tuple(_row(item, place, start or 0, path, roles) for item in ordered),
        gaps=tuple(_gaps(ordered, place, start or 0)),
        by_span=_first_places(i.span.span_id if i.span else None for i in ordered),
        by_invocation=_first_places(i.invocation if i.member else None for i in ordered),
        start_us=start,
        end_us=max(ends + starts, default=0),
    )


def _first_places(names: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for n, name in enumerate(names):
        if name is not None:
            found.setdefault(name, n)
    return found


def _row(item: _Item, place: dict[int, int], start: int, path: set[int], roles: dict[str, str]) -> StoryRow:
    span, member = item.span, item.member
    began = None if item.start_us is None else item.start_us - start
    ended = None if item.end_us is None or began is None else item.end_us - start - began
    return StoryRow(
        parent=place[id(item.above)] if item.above else None,
        name=span.name if span else member["node"] if member else "",
        node=Node(span.node, span.kind)
        if span
        else Node(member["node"], member["kind"])
        if member
        else Node("", ""),
        trace_id=item.trace_id,
        segment_id=span.segment_id if span else None,
        span_id=span.span_id if span else None,
        invocation=item.invocation,
        is_head=member is not None,
        role=roles.get(item.invocation or ""),
        edge=_edge(member),
        virtual=bool(member and member["is_virtual"]),
        inferred=bool(span and span.inferred),
        start_us=began,
        duration_us=None if span and span.in_progress else ended,
        status=_status(span, member),
        on_path=span is not None and id(span) in path,
        marks=tuple(_marks(item)),
        said=_said(span, member),
    )


def _edge(member: dict[str, Any] | None) -> StepEdge | None:
    if member is None or not member["caller"]:
        return None
    return StepEdge(member["edge_kind"], member["evidence"], member["confidence"])


def _status(span: Span | None, member: dict[str, Any] | None) -> str:
    if span is not None and _is_failed(span):
        return "failed"
    if member is not None:
        return str(member["status"])
    return "ok" if span is not None and span.http_status is not None and span.http_status < 400 else "unknown"


def _said(span: Span | None, member: dict[str, Any] | None) -> str | None:
    if span is not None and span.said:
        return span.said
    if member is None:
        return None
    return ": ".join(t for t in (member["error_type"], member["error_message"]) if t) or None


def marks_of(span: Span) -> list[str]:
    """What is worth a word beside the bar of a span."""
    flags = {
        "throttle": span.is_throttle,
        "fault": span.is_fault,
        "error": span.is_error,
        "in progress": span.in_progress,
    }
    found = [word for word, has in flags.items() if has]
    found += ["cold start"] if span.name in _COLD else []
    found += [f"attempt {span.attempt}"] if span.attempt and span.attempt > 1 else []
    return found + ([f"HTTP {span.http_status}"] if span.http_status and span.http_status >= 400 else [])


def _marks(item: _Item) -> list[str]:
    """What is worth a word beside the bar."""
    span, member = item.span, item.member
    found = []
    if span is not None:
        found += marks_of(span)
    elif member is not None and member["is_cold_start"]:
        found.append("cold start")
    attempt = member["attempt"] if member else None
    if attempt and attempt > 1 and f"attempt {attempt}" not in found:
        found.append(f"attempt {attempt}")
    if item.retry > 1:
        found.append(f"attempt {item.retry}" if member else f"retry {item.retry - 1}")
    return found


def _gaps(ordered: list[_Item], place: dict[int, int], start: int) -> list[StoryGap]:
    """Where what was set off began after who set it off had ended."""
    found = []
    for item in ordered:
        above = item.above
        if above is None or item.start_us is None or above.end_us is None or item.start_us <= above.end_us:
            continue
        found.append(StoryGap(place[id(item)], above.end_us - start, item.start_us - above.end_us))
    return found
