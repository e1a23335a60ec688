"""One chain or one trace for the eye: what `why`, `invocation` and `trace` show."""

from __future__ import annotations

from dataclasses import dataclass

from forensics.model.chain import Locator, Node
from forensics.model.document import Failure, Gap, StepEdge, Window
from forensics.model.story import Story

__all__ = [
    "Answer",
    "CaseStatus",
    "ChainView",
    "Member",
    "PathStep",
    "Slow",
    "Slowness",
    "TableStatus",
    "Told",
    "TraceCounts",
    "TraceDocument",
    "TraceEntry",
    "TraceLine",
    "TraceSpan",
    "UnitStatus",
]


@dataclass(frozen=True, slots=True)
class TraceSpan:
    span_id: str
    parent_id: str | None
    name: str
    node: Node
    inferred: bool
    started_at: str | None
    ended_at: str | None
    status: str
    logs: int
    depth: int = 0
    marks: tuple[str, ...] = ()
    said: str | None = None


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A log line where it happened: `span` is the place of its span among the trace's. `rank`: 0 tells of a
    failure, 1 warns, 2 is any other, 3 the platform's own."""

    span: int
    at: str
    level: str | None
    rank: int
    text: str
    locator: Locator


@dataclass(frozen=True, slots=True)
class PathStep:
    span_id: str
    name: str
    node: Node
    started_at: str
    ended_at: str


@dataclass(frozen=True, slots=True)
class TraceEntry:
    node: Node
    url: str | None


@dataclass(frozen=True, slots=True)
class TraceCounts:
    errors: int
    faults: int
    throttles: int
    cold_starts: int
    cold_starts_anywhere: int


@dataclass(frozen=True, slots=True)
class Slow:
    """An invocation that took longer than others of its node and operation: `own_ms` is time that no call of
    its own explains (of a node without records what its caller waited); `others` traces say what is usual."""

    node: Node
    operation: str
    invocation: str
    own_ms: float
    usual_ms: float
    p95_ms: float
    others: int


@dataclass(frozen=True, slots=True)
class Slowness:
    """`baseline` is None where the rest of the case is it; `note` says why nothing was judged."""

    baseline: Window | None
    judged: int
    slow: tuple[Slow, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class TraceDocument:
    """What `trace ID` shows; `breakdown_ms` divides the critical path and sums to the duration."""

    trace_id: str
    started_at: str | None
    ended_at: str | None
    duration_ms: float
    entry: TraceEntry | None
    partial: bool
    spans_total: int
    counts: TraceCounts
    critical_path: tuple[PathStep, ...]
    breakdown_ms: dict[str, float]
    spans: tuple[TraceSpan, ...]
    warnings: tuple[str, ...]
    failures: tuple[Failure, ...]
    lines: tuple[TraceLine, ...] = ()
    lines_total: int = 0
    slowness: Slowness | None = None


@dataclass(frozen=True, slots=True)
class ChainView:
    """One chain for the eye: its members from the entry down, with what their logs say."""

    chain: str
    entry: Node
    status: str
    started_at: str | None
    duration_ms: float | None
    members: tuple[Member, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Member:
    """An invocation of a chain; `caller` is the member it hangs on in the tree."""

    invocation: str
    caller: str | None
    node: Node
    status: str
    edge: StepEdge | None
    started_at: str | None
    duration_ms: float | None
    trace_id: str | None
    request_id: str | None
    said: str | None
    logs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A record as its source wrote it: a log event's message, or JSON of a change or a span."""

    locator: Locator
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What `why ID` found: what the id was taken for, its chains, and their verdicts. `stories` tell the
    first chains whole, `records` are there where the id is one record's own."""

    id: str
    taken_for: str
    chains: tuple[ChainView, ...]
    chains_total: int
    failures: tuple[Failure, ...]
    stories: tuple[Story, ...] = ()
    slowness: Slowness | None = None
    records: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class TableStatus:
    """An evidence table of a case: its rows, and the files they lie in."""

    name: str
    rows: int
    parts: int
    bytes: int


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """Units of work of one kind: `open` ones are read again by the next run."""

    kind: str
    done: int
    open: int


@dataclass(frozen=True, slots=True)
class NextRun:
    """What `pull` with the same filters over the same time would read.

    `windows`: those that were read while AWS could still add to them, and those that an interrupted
    run left out between what it read; `source_minutes` is their length (an hour of a log group is
    60). `gaps` could be closed by it. Nothing was asked for from `since` on (UTC).
    """

    windows: int
    source_minutes: int
    gaps: int
    since: str | None


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """What `status` shows."""

    id: str
    analysed: bool
    tables: tuple[TableStatus, ...]
    units: tuple[UnitStatus, ...]
    gaps: tuple[Gap, ...]
    next_run: NextRun | None
