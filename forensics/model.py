"""The frozen values that rooms hand each other: progress events and the result document.

Field names and order of the result document are its public JSON schema (`report -o json`,
schema 1). Times are ISO 8601 strings in UTC with milliseconds, durations are milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = [
    "Absorbed",
    "Answer",
    "Alternative",
    "BlastRadius",
    "CaseInfo",
    "Chain",
    "ChainStep",
    "ChainView",
    "ClockSkew",
    "Contrast",
    "Coverage",
    "Document",
    "Edge",
    "Evidence",
    "Failure",
    "Frame",
    "Gap",
    "Invocation",
    "Issue",
    "LogLine",
    "Locator",
    "MapEdge",
    "MapNode",
    "Member",
    "Node",
    "OnProgress",
    "Progress",
    "Rate",
    "RootCause",
    "Sampling",
    "Section",
    "ServiceMap",
    "StepEdge",
    "Suspect",
    "Symptom",
    "TimelineEntry",
    "Tool",
    "Trigger",
    "TraceCounts",
    "TraceDocument",
    "TraceEntry",
    "TraceSpan",
    "PathStep",
    "Window",
    "XrayAgreement",
    "no_progress",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of long work: `done` of `total` (0 = not known) `unit`s of `stage`."""

    stage: str
    done: int
    total: int
    unit: str = ""


OnProgress = Callable[[Progress], None]


def no_progress(event: Progress) -> None:
    """The callback of whoever does not want to know."""


# --- what the walk reads: one chain, as plain values -----------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    """Who did it. `kind` follows X-Ray's type where there is one."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a record lies: `source` is the evidence table, the rest its identity there."""

    source: str
    trace_id: str | None = None
    segment_id: str | None = None
    log_group: str | None = None
    log_stream: str | None = None
    event_id: str | None = None
    timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log record that speaks of one invocation."""

    text: str
    kind: str
    level: str | None
    exception_type: str | None
    exception_message: str | None
    locator: Locator


@dataclass(frozen=True, slots=True)
class Invocation:
    """One row of `lake.invocation`, times in µs since the epoch (None = not recorded)."""

    invocation: str
    node: Node
    is_virtual: bool
    status: str
    is_client_error: bool
    is_throttle: bool
    http_status: int | None
    started_us: int | None
    ended_us: int | None
    attempt: int
    hop: int
    trace_id: str | None
    segment_id: str | None
    span_id: str | None
    request_id: str | None
    operation: str | None
    error_type: str | None
    error_message: str | None
    end_reason: str | None
    is_cold_start: bool | None
    memory_mb: int | None
    max_memory_mb: int | None
    duration_us: int | None
    locator: Locator
    logs: tuple[LogLine, ...] = ()

    @property
    def is_failed(self) -> bool:
        return self.status == "failed"


@dataclass(frozen=True, slots=True)
class Edge:
    """Caller → callee, with what proves it. What follows `call` is the caller's view of it."""

    caller: str
    callee: str
    kind: str
    evidence: str
    confidence: float
    candidates: int = 1
    call: Locator | None = None
    call_span_id: str | None = None
    operation: str | None = None
    call_failed: bool = False
    call_open: bool = False
    started_us: int | None = None
    ended_us: int | None = None
    http_status: int | None = None
    exception_type: str | None = None
    exception_message: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """A failing chain: its members by hop, the edges between them, and where it shows."""

    chain: str
    failure: str
    symptom: str
    entry: str
    invocations: tuple[Invocation, ...]
    edges: tuple[Edge, ...]


# --- the result document ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Window:
    starts_at: str | None
    ends_at: str | None


@dataclass(frozen=True, slots=True)
class CaseInfo:
    id: str
    window: Window
    baseline: Window | None
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    manifest_sha256: str


@dataclass(frozen=True, slots=True)
class Gap:
    kind: str
    what: str
    starts_at: str | None
    ends_at: str | None
    reason: str
    closable: bool


@dataclass(frozen=True, slots=True)
class Sampling:
    node: str
    share: float


@dataclass(frozen=True, slots=True)
class ClockSkew:
    node: str
    offset_ms: float


@dataclass(frozen=True, slots=True)
class XrayAgreement:
    """How often X-Ray's own root cause named the same node (0, 0, 0 where none was collected)."""

    same: int = 0
    other: int = 0
    none: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    log_events: int
    traces: int
    spans: int
    invocations: int
    untraced_invocations: int
    sampling: tuple[Sampling, ...]
    failures: int
    absorbed: int
    chains: int
    gaps: tuple[Gap, ...]
    warnings: dict[str, int]
    clock_skew: tuple[ClockSkew, ...]
    xray_agreement: XrayAgreement


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    occurred_at: str
    kind: str
    node: Node | None
    text: str
    locator: Locator | None


@dataclass(frozen=True, slots=True)
class Trigger:
    occurred_at: str
    text: str
    locator: Locator | None


@dataclass(frozen=True, slots=True)
class Rate:
    starts_at: str
    failures: int
    chains: int


@dataclass(frozen=True, slots=True)
class Frame:
    path: str
    line: int | None
    label: str
    in_app: bool


@dataclass(frozen=True, slots=True)
class Contrast:
    dimension: str
    value: str
    lift: float
    failing: int
    healthy: int


@dataclass(frozen=True, slots=True)
class BlastRadius:
    chains: int
    invocations: int
    messages: int
    entry_points: tuple[str, ...]
    nodes: tuple[str, ...]
    wasted_ms: int
    wasted_usd: float | None
    at_least: bool


@dataclass(frozen=True, slots=True)
class Issue:
    id: str
    fingerprint: str
    title: str
    explanation: str
    category: str
    node: Node
    failures: int
    onset: str | None
    last_seen: str | None
    ongoing: bool
    trigger: Trigger | None
    rate: tuple[Rate, ...]
    frames: tuple[Frame, ...]
    contrast: tuple[Contrast, ...]
    next_steps: tuple[str, ...]
    next_commands: tuple[str, ...]
    blast_radius: BlastRadius
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Symptom:
    node: Node
    invocation: str
    kind: str
    message: str | None


@dataclass(frozen=True, slots=True)
class RootCause:
    node: Node
    category: str
    explanation: str
    confidence: float
    band: str
    onset: str | None
    trigger: Trigger | None
    contributing: tuple[str, ...]
    would_decide: tuple[str, ...]
    invocation: str | None


@dataclass(frozen=True, slots=True)
class StepEdge:
    kind: str
    evidence: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ChainStep:
    node: Node
    role: str
    invocation: str
    span_id: str | None
    started_at: str | None
    duration_ms: float | None
    status: str
    edge: StepEdge | None


@dataclass(frozen=True, slots=True)
class Evidence:
    claim: str
    rule: str
    locator: Locator
    excerpt: str


@dataclass(frozen=True, slots=True)
class Alternative:
    node: Node
    category: str
    why_rejected: str


@dataclass(frozen=True, slots=True)
class Failure:
    id: str
    issue: str
    trace_id: str | None
    chain_id: str
    failed_at: str | None
    symptom: Symptom
    root_cause: RootCause
    chain: tuple[ChainStep, ...]
    evidence: tuple[Evidence, ...]
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Absorbed:
    node: Node
    category: str
    count: int
    handler: Node
    example: Locator


@dataclass(frozen=True, slots=True)
class Suspect:
    node: Node
    score: float
    category: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapNode:
    name: str
    kind: str
    virtual: bool
    invocations: int
    failures: int
    absorbed: int
    p50_ms: float | None
    p99_ms: float | None
    usd: float | None


@dataclass(frozen=True, slots=True)
class MapEdge:
    caller: str
    callee: str
    kind: str
    evidence: str
    calls: int
    failures: int


@dataclass(frozen=True, slots=True)
class ServiceMap:
    nodes: tuple[MapNode, ...] = ()
    edges: tuple[MapEdge, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """How much of a list the document shows."""

    shown: int
    total: int


@dataclass(frozen=True, slots=True)
class Document:
    """What `report` found. `sections` says how much of each list is shown."""

    schema: int
    tool: Tool
    case: CaseInfo
    coverage: Coverage
    timeline: tuple[TimelineEntry, ...]
    issues: tuple[Issue, ...]
    failures: tuple[Failure, ...]
    absorbed: tuple[Absorbed, ...]
    suspects: tuple[Suspect, ...]
    map: ServiceMap
    sections: dict[str, Section] = field(default_factory=dict)


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
class Answer:
    """What `why ID` found: what the id was taken for, its chains, and their verdicts."""

    id: str
    taken_for: str
    chains: tuple[ChainView, ...]
    chains_total: int
    failures: tuple[Failure, ...]


# --- one trace -------------------------------------------------------------------------------


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
