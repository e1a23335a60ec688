"""The result document: `report -o json`, schema 1.

Field names and their order are the public JSON schema. Times are ISO 8601 strings in UTC with
milliseconds, durations are milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from forensics.model.chain import Locator, Node

__all__ = [
    "Absorbed",
    "Alternative",
    "BlastRadius",
    "CaseInfo",
    "ChainStep",
    "ClockSkew",
    "Contrast",
    "Counted",
    "Coverage",
    "Document",
    "Evidence",
    "Failure",
    "Frame",
    "Gap",
    "Impact",
    "Issue",
    "MapDocument",
    "MapEdge",
    "MapNode",
    "Measured",
    "Point",
    "Rate",
    "RootCause",
    "Sampling",
    "Section",
    "ServiceMap",
    "Shown",
    "StepEdge",
    "Summary",
    "Suspect",
    "Symptom",
    "TimelineEntry",
    "Tool",
    "Trigger",
    "Window",
    "XrayAgreement",
]


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
    """Traced failures of which X-Ray's own root cause names the same node, another, or that it has none of
    (0, 0, 0 where no summary of a trace was collected)."""

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
    datapoints: int = 0
    changes: int = 0
    unmeasured: tuple[str, ...] = ()
    unlogged: tuple[str, ...] = ()
    lost_traces: int = 0


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    occurred_at: str
    kind: str
    node: Node | None
    text: str
    locator: Locator | None


@dataclass(frozen=True, slots=True)
class Trigger:
    """The change before an issue; `node` is what was changed."""

    occurred_at: str
    text: str
    locator: Locator | None
    node: Node | None = None


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
    """A trait that failing chains have more often than healthy ones, counted over at most 10,000 of each."""

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
class Shown:
    """Where failures of an issue showed, and what was seen there."""

    node: Node
    kind: str
    message: str | None
    failures: int


@dataclass(frozen=True, slots=True)
class Issue:
    """`recovery` is the first good end that followed, and stands only where an issue is over; `mitigation`
    the change that can have ended it."""

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
    shown_at: tuple[Shown, ...] = ()
    course: str = ""
    recovery: TimelineEntry | None = None
    mitigation: TimelineEntry | None = None


@dataclass(frozen=True, slots=True)
class Symptom:
    node: Node
    invocation: str
    kind: str
    message: str | None


@dataclass(frozen=True, slots=True)
class RootCause:
    """`confidence` is the share of verdicts of the same kind that were right where the truth is known; of a
    kind are those with the same band, by the same `rule`, whose `way` to the origin is known as well: exact
    (every edge is a record) or inferred. An `unknown` is right where the records do not tell."""

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
    rule: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class StepEdge:
    kind: str
    evidence: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ChainStep:
    node: Node
    role: str
    invocation: str | None
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
class Impact:
    """One kind of harm, counted; `note` says what the count leaves open."""

    what: str
    count: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Point:
    starts_at: str
    value: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What CloudWatch counted (Sum per `period_s`) of a node around an issue; `told` in a sentence. A period
    without a point has no datapoint, which is not zero."""

    node: str
    namespace: str
    metric: str
    period_s: int
    points: tuple[Point, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The first screen: the issue that comes first, in the order in which one asks.

    `sees` is what a user meets, `course` whether it goes on, `rejected` the best other explanation of the
    example that `origin` is taken from, `change` the last change before the onset (`change_note` says what
    was looked at where there is none), `measured` the metric's line. What could overturn it
    is the document's `unseen`.
    """

    issue: str
    sees: str
    since: str | None
    last_seen: str | None
    ongoing: bool
    course: str
    origin: str
    node: Node
    band: str
    confidence: float
    rejected: Alternative | None
    change: Trigger | None
    change_note: str
    impact: tuple[Impact, ...]
    next_commands: tuple[str, ...]
    measured: Measured | None = None


@dataclass(frozen=True, slots=True)
class Absorbed:
    node: Node
    category: str
    count: int
    handler: Node
    example: Locator


@dataclass(frozen=True, slots=True)
class Suspect:
    """A node that behaves otherwise in the window than in the baseline. `score` counts in what healthy
    nodes reach by chance: from 1 on it stands out."""

    node: Node
    score: float
    category: str
    reasons: tuple[str, ...]

    @property
    def stands_out(self) -> bool:
        return self.score >= 1


@dataclass(frozen=True, slots=True)
class MapNode:
    """Of its invocations `failures` ended badly, whoever was to blame. Those that did not end well are
    `errors` (refused with a 4xx), `throttles`, `faults`, or `unknown` where nobody recorded the end.

    `seen`: ran (records of its own), called (only its callers tell), measured (only its metrics tell) or
    configured (nothing tells that it did anything). `untraced` invocations have no trace, only log lines.
    """

    name: str
    kind: str
    virtual: bool
    invocations: int
    failures: int
    absorbed: int
    p50_ms: float | None
    p99_ms: float | None
    usd: float | None
    errors: int = 0
    throttles: int = 0
    unknown: int = 0
    faults: int = 0
    p95_ms: float | None = None
    untraced: int = 0
    seen: str = "ran"


@dataclass(frozen=True, slots=True)
class MapEdge:
    """Times are what a caller waited, or how long a hand-over lay until somebody began with it. `how`: by
    which piece of configuration, of an edge that no record was seen to take (`evidence` configured)."""

    caller: str
    callee: str
    kind: str
    evidence: str
    calls: int
    failures: int
    confidence: float = 1.0
    errors: int = 0
    throttles: int = 0
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    how: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceMap:
    nodes: tuple[MapNode, ...] = ()
    edges: tuple[MapEdge, ...] = ()


@dataclass(frozen=True, slots=True)
class MapDocument:
    """What `map` shows: the window's map, the baseline's beside it where there is one, and what the map
    cannot know."""

    case: str
    window: Window
    baseline: Window | None
    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    before: ServiceMap | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """How much of a list the document shows."""

    shown: int
    total: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What a metric counts beyond what any record shows (`unseen` of `counted`): `what` it is of, as in the
    view `failures.counted`, `told` in a sentence, and `command` prints the metric."""

    node: Node
    namespace: str
    metric: str
    what: str
    counted: int
    unseen: int
    first_at: str
    last_at: str
    told: str
    command: str


@dataclass(frozen=True, slots=True)
class Document:
    """What `report` found. `sections` says how much of each list is shown; `unseen` what was not seen and
    could overturn it, a sentence each, also where nothing failed; `counted` what of it metrics count."""

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
    summary: Summary | None = None
    unseen: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()
