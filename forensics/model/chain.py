"""What the walk reads: one failing chain, as plain values. Times are µs since the epoch."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Before",
    "Chain",
    "Edge",
    "Invocation",
    "Locator",
    "LogLine",
    "Node",
    "Omitted",
]


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
    """A log record that speaks of one invocation. `code`, where it was asked for, is the application's own
    code in the stack that it carries: `path function`, sorted, a line each."""

    text: str
    kind: str
    level: str | None
    exception_type: str | None
    exception_message: str | None
    locator: Locator
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """How the same environment had ended its process, `between` time-outs before an invocation."""

    invocation: str
    reason: str
    between: int
    locator: Locator


@dataclass(frozen=True, slots=True)
class Invocation:
    """One row of `lake.invocation`, times in µs since the epoch (None = not recorded). `code` is the
    application's own code that its exception went through, as in `LogLine`; `cause_type` and `cause_message`
    are the innermost exception that its exception wraps."""

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
    before: Before | None = None
    code: str | None = None
    cause_type: str | None = None
    cause_message: str | None = None

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
class Omitted:
    """A step that the symptom's invocation did without, though `before` in a row had taken it; `missing` of
    `of_asked` from the first to the last did. `carrier` should have handed on what `is_sent`; `change` says
    what was `changed` before, and `change_at` where that is recorded."""

    step: str
    callee: Node
    is_sent: bool
    before: int
    missing: int
    of_asked: int
    first_us: int
    carrier: Node | None
    change: str | None
    changed: str | None
    change_at: Locator | None


@dataclass(frozen=True, slots=True)
class Chain:
    """A failing chain: its members by hop, the edges between them, and where it shows.

    `message` was given up though the symptom's invocation ended well; `given_up` is the line that says so.
    """

    chain: str
    failure: str
    symptom: str
    entry: str
    invocations: tuple[Invocation, ...]
    edges: tuple[Edge, ...]
    message: str | None = None
    given_up: LogLine | None = None
    omitted: Omitted | None = None
