"""What a rule sees: one failed invocation of a chain, its calls, and what it left behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from forensics.model import Edge, Evidence, Invocation, Locator, LogLine, Node, Omitted
from forensics.rootcause.around import Around
from forensics.rootcause.classify import classify

__all__ = ["HAND_ON", "Call", "Finding", "Place", "evidence_of_call", "excerpt_of"]

_EXCERPT = 400
# These hand on what a client asked for, and what was answered.
HAND_ON = ("AWS::ApiGateway", "AWS::ElasticLoadBalancing", "AWS::AppSync", "AWS::CloudFront")
_NOTHING = Around()
# Record types of lines that the program or its platform wrote, not a service about it.
_ITS_OWN = frozenset({"log", "error", "timeout", "exit", "report", "partial"})


@dataclass(frozen=True, slots=True)
class Call:
    """An outgoing edge with its callee."""

    edge: Edge
    callee: Invocation

    @property
    def is_failed(self) -> bool:
        """The callee failed, or its caller saw it fail."""
        return self.callee.is_failed or self.edge.call_failed

    @property
    def ended_us(self) -> int | None:
        """When the caller had its answer (None: it never had one, or nobody wrote it down)."""
        if self.edge.call_open:
            return None
        return self.edge.ended_us if self.edge.call else self.callee.ended_us

    @property
    def started_us(self) -> int | None:
        return self.edge.started_us or self.callee.started_us


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found at a place.

    Either the failure came `from_` a callee, and the walk goes on there, or it began here, as a
    `category`: at this node, or at `elsewhere`, a node that left no record of this request.
    `strength` is exact (a record says so), strong (nothing else fits) or weak.
    """

    rule: str
    strength: str
    claims: tuple[Evidence, ...]
    from_: str | None = None
    category: str | None = None
    elsewhere: Node | None = None
    because: str = ""
    error_type: str | None = None
    error_message: str | None = None
    deadline_us: int | None = None
    would_decide: tuple[str, ...] = ()
    contributing: tuple[str, ...] = ()
    equals: tuple[tuple[Node, str, str], ...] = field(default=())


@dataclass(frozen=True)
class Place:
    """An invocation on the way back from the symptom, and the edges that leave it.

    `deadline_us` is when a caller gave up on it, `around` what the whole case knows, `sources` what
    handed it its messages, `handed_on` the status that a gateway before it gave to the client, `omitted` what
    a symptom that ended well did without.
    """

    me: Invocation
    by_id: dict[str, Invocation]
    edges: tuple[Edge, ...]
    deadline_us: int | None = None
    around: Around = _NOTHING
    sources: tuple[Node, ...] = ()
    handed_on: int | None = None
    omitted: Omitted | None = None

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Calls of this invocation, earliest first; what it merely handed over is not among them."""
        found = [
            Call(e, self.by_id[e.callee]) for e in self.edges if e.kind == "call" and e.callee in self.by_id
        ]
        return tuple(sorted(found, key=lambda c: (c.started_us or 0, c.callee.invocation)))

    @property
    def answered(self) -> int | None:
        """The status that whoever asked was given, by itself or by the gateway before it."""
        return self.me.http_status or self.handed_on

    @cached_property
    def failed_calls(self) -> tuple[Call, ...]:
        return tuple(c for c in self.calls if c.is_failed)

    @cached_property
    def errors(self) -> tuple[str, ...]:
        """Every error text that this invocation left: its exception, and its error lines."""
        texts = [self.me.error_type, self.me.error_message, self.me.cause_type, self.me.cause_message]
        for line in self.me.logs:
            if line.kind in _ITS_OWN and line.level != "WARN":
                texts += [line.exception_type, line.exception_message, line.text]
        return tuple(t for t in texts if t)

    def lines(self, kind: str) -> tuple[LogLine, ...]:
        """What a service said of it: `init_report`, `gateway`, `container`."""
        return tuple(line for line in self.me.logs if line.kind == kind)

    @cached_property
    def own_exception(self) -> tuple[str | None, str | None] | None:
        """Type and message of what this node itself threw or logged last; None where nothing tells.

        Where that says nothing of its kind (`could not open a transaction`), the innermost exception that it
        wraps, if that does.
        """
        if self.me.node.kind.startswith(HAND_ON):
            return None  # runs no code of its own: what it says is of what it called
        threw, wrapped = self._thrown, (self.me.cause_type, self.me.cause_message)
        return wrapped if threw and classify(*threw) is None and classify(*wrapped) else threw

    @property
    def _thrown(self) -> tuple[str | None, str | None] | None:
        if self.me.error_type or self.me.error_message or self.me.end_reason == "error":
            return self.me.error_type, self.me.error_message
        logged = [x for x in self.me.logs if (x.exception_type or x.exception_message) and x.level != "WARN"]
        return (logged[-1].exception_type, logged[-1].exception_message) if logged else None

    def retried_to_success(self, call: Call) -> bool:
        """A later call to the same node and operation ended well."""
        return any(
            later.callee.node == call.callee.node
            and later.edge.operation == call.edge.operation
            and later.callee.status == "ok"
            and not later.is_failed
            and (later.started_us or 0) > (call.started_us or 0)
            for later in self.calls
        )

    def claim(self, text: str, rule: str, locator: Locator | None = None, excerpt: str = "") -> Evidence:
        """A sentence about this invocation with the record that proves it."""
        return Evidence(text, rule, locator or self.me.locator, excerpt or excerpt_of(self.me))

    def log_claims(self, text: str, rule: str, kinds: Iterable[str]) -> tuple[Evidence, ...]:
        """The same sentence with the first log line of one of these record types, if there is one."""
        wanted = set(kinds)
        lines = (line for line in self.me.logs if line.kind in wanted)
        return tuple(Evidence(text, rule, line.locator, _cut(line.text)) for line in list(lines)[:1])


def excerpt_of(invocation: Invocation) -> str:
    """What the record says of how the invocation ended, in the record's own terms."""
    parts = [f"status={invocation.status}"]
    if invocation.http_status is not None:
        parts.append(f"http={invocation.http_status}")
    if invocation.end_reason:
        parts.append(f"end={invocation.end_reason}")
    if invocation.is_throttle:
        parts.append("throttle=true")
    if invocation.error_type or invocation.error_message:
        parts.append(": ".join(t for t in (invocation.error_type, invocation.error_message) if t))
    if invocation.cause_type or invocation.cause_message:
        wrapped = ": ".join(t for t in (invocation.cause_type, invocation.cause_message) if t)
        parts.append(f"caused by {wrapped}")
    return _cut(" ".join(parts))


def evidence_of_call(call: Call, text: str, rule: str) -> Evidence:
    """A sentence about a call, with the caller's record of it where there is one."""
    edge, callee = call.edge, call.callee
    parts = [edge.operation, f"http={edge.http_status}" if edge.http_status is not None else None]
    parts += ["in_progress" if edge.call_open else None, edge.exception_type, edge.exception_message]
    said = " ".join(p for p in parts if p)
    return Evidence(text, rule, edge.call or callee.locator, _cut(said) or excerpt_of(callee))


def _cut(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"
