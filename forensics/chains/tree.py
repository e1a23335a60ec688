"""The spans of one trace as a tree, and the path through it that its duration depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["ROUNDING_US", "Interval", "Span", "critical_intervals", "plant"]

# Segments are stamped in milliseconds by different services, so that what came right after may
# seem to have begun just before.
ROUNDING_US = 1_000


@dataclass(slots=True, eq=False)
class Span:
    """A row of `lake.span` with its children. `first_us` and `last_us` bound everything below it.

    `has_start` and `has_end`: whether the record says so; `plant` fills in what it does not.
    `is_cut_loose`: it was part of a circle of parents, which was cut here.
    """

    key: int
    parent_key: int | None
    span_id: str
    parent_id: str | None
    segment_key: int
    name: str
    span_type: str
    node: str
    kind: str
    origin: str | None
    is_call: bool
    inferred: bool
    in_progress: bool
    attempt: int | None
    start_us: int
    end_us: int
    is_error: bool
    is_fault: bool
    is_throttle: bool
    http_status: int | None
    url: str | None
    logs: int = 0
    segment_id: str | None = None
    ordinal: int = 0
    said: str | None = None
    has_start: bool = True
    has_end: bool = True
    is_backwards: bool = False
    is_cut_loose: bool = False
    parent: Span | None = None
    children: list[Span] = field(default_factory=list)
    first_us: int = 0
    last_us: int = 0


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of the end-to-end time that belongs to one span; `then` is what began at its end."""

    span: Span
    start_us: int
    end_us: int
    then: Span | None


def plant(spans: list[Span]) -> list[Span]:
    """Hang the spans on their parents; returns the roots, earliest first.

    Whose parent is missing is a root, and so is the earliest of a circle of parents.
    """
    by_key: dict[int, Span] = {}
    for span in spans:
        by_key.setdefault(span.key, span)
    roots = []
    for span in spans:
        parent = by_key.get(span.parent_key) if span.parent_key is not None else None
        if parent is None or parent is span:
            span.is_cut_loose = parent is span
            roots.append(span)
        else:
            span.parent = parent
            parent.children.append(span)
    roots += _circle_roots(spans, roots)
    for root in roots:
        _complete(root)
        _bound(root)
    return sorted(roots, key=lambda s: (s.start_us, s.span_id))


def _circle_roots(spans: list[Span], roots: list[Span]) -> list[Span]:
    reached = {id(s) for root in roots for s in walk_down(root)}
    found = []
    for span in sorted(spans, key=lambda s: (s.start_us, s.span_id)):
        if id(span) in reached:
            continue
        if span.parent:
            span.parent.children.remove(span)
            span.parent = None
        span.is_cut_loose = True
        found.append(span)
        reached |= {id(s) for s in walk_down(span)}
    return found


def walk_down(root: Span) -> list[Span]:
    """The span and all below it, parents first; no recursion, since a trace may be any depth."""
    order, stack = [], [root]
    while stack:
        span = stack.pop()
        order.append(span)
        span.children.sort(key=lambda s: (s.start_us, s.end_us, s.span_id))
        stack.extend(reversed(span.children))
    return order


def _complete(root: Span) -> None:
    """Give times to spans that have none: a start is the parent's; what never ended lasts until the
    nearest span around it did; what ended before it began took no time."""
    for span in walk_down(root):
        around = span.parent
        if not span.has_start:
            span.start_us = around.start_us if around else min([c.start_us for c in span.children], default=0)
        if not span.has_end:
            span.end_us = around.end_us if around else max([c.end_us for c in span.children], default=0)
        if span.end_us < span.start_us:
            span.is_backwards = span.has_start and span.has_end
            span.end_us = span.start_us


def _bound(root: Span) -> None:
    for span in reversed(walk_down(root)):
        span.first_us = min([span.start_us, *(c.first_us for c in span.children)])
        span.last_us = max([span.end_us, *(c.last_us for c in span.children)])


def critical_intervals(root: Span) -> list[Interval]:
    """Divide the time from the root's first to its last moment among the spans it depended on.

    Backward from the end: at each span the child that ended last was waited for; what is not
    covered by such a child is the span's own. Children may end after their parent (asynchronous).
    """
    found: list[Interval] = []
    stack: list[tuple[Span, int]] = [(root, root.last_us)]
    while stack:
        span, until = stack.pop()
        then: Span | None = None
        for child in _waited_for(span, until):
            end = min(child.last_us, until)
            found += _own(span, end, until, then)
            stack.append((child, end))
            until, then = child.first_us, child
        found += _own(span, span.first_us, until, then)
    return sorted(found, key=lambda i: (i.start_us, i.end_us))


def _own(span: Span, start: int, end: int, then: Span | None) -> list[Interval]:
    """A stretch that no child covers, cut where the span itself starts and ends: what lies before
    is getting ready, what lies after is waiting for what it set off."""
    cuts = [start, *sorted(t for t in (span.start_us, span.end_us) if start < t < end), end]
    return [Interval(span, a, b, then if b == end else None) for a, b in pairwise(cuts) if a < b]


def _waited_for(span: Span, until: int) -> list[Span]:
    """The children that the span's end depended on, last first, none overlapping the next."""
    chosen: list[Span] = []
    for child in sorted(span.children, key=lambda c: (-c.last_us, c.first_us, c.span_id)):
        if child.first_us < until and (not chosen or child.last_us <= until + ROUNDING_US):
            chosen.append(child)
            until = child.first_us
    return chosen
