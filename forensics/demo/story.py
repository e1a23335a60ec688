"""What happened in the account, before anybody writes it down.

The simulation makes these records; `xray`, `logs` and `truth` each tell them in their own way.
They know nothing of documents or log lines. Times are whole microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from forensics.demo.scenario import CallTo, Fault, Node, Route, Thrown

Micros = int
Level = Literal["INFO", "WARN", "ERROR"]
FailureKind = Literal["exception", "throttle", "timeout", "out_of_memory", "answered"]


@dataclass(slots=True)
class Failure:
    """How something ended badly; `type` and `message` as the program sees them."""

    kind: FailureKind
    type: str = ""
    message: str = ""
    exception: Thrown | None = None
    id: str = ""


@dataclass(slots=True)
class Remark:
    """Something that a program says about its work. Whether it gets written is up to its dialect."""

    at: Micros
    level: Level
    text: str
    failure: Failure | None = None


@dataclass(slots=True)
class Environment:
    """One execution environment of a function, or one task of a container service."""

    id: str
    log_stream: str
    node: Node
    free_at: Micros
    memory_mb: int
    init_ms: float
    fresh: bool = True
    reset: bool = False


@dataclass(slots=True)
class Trace:
    id: str
    sampled: bool
    invocations: list[Invocation] = field(default_factory=list)


@dataclass(slots=True)
class Call:
    """A call as its caller sees it. `ended` is None where the caller died waiting."""

    id: str
    spec: CallTo
    target: Node
    started: Micros
    ended: Micros | None
    request_id: str
    status: int = 200
    failure: Failure | None = None
    callee: Invocation | None = None
    message_id: str = ""
    inferred_id: str = ""
    deliveries: list[Invocation] = field(default_factory=list)


@dataclass(slots=True)
class Invocation:
    """One request served by a stage or container, or one execution of a function.

    `accepted` is when the platform took the request, `started` when code began to run (later, after
    a cold start). A function's `id` is its service segment, `code_id` the segment of its own code.
    """

    node: Node
    trace: Trace
    id: str
    request_id: str
    accepted: Micros
    parent_id: str = ""
    code_id: str = ""
    started: Micros = 0
    ended: Micros = 0
    released: Micros = 0
    environment: Environment | None = None
    init: Micros = 0
    suppressed_init: Micros = 0
    status: int = 200
    failure: Failure | None = None
    calls: list[Call] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    message: Message | None = None
    asked: CallTo | None = None
    route: Route | None = None
    client_ip: str = ""
    memory_mb: int = 0
    duration: Micros = 0


@dataclass(slots=True)
class Message:
    """A message on its way: where it came from and which attempt this is."""

    id: str
    chain: Chain
    queue: Node
    producer: Invocation
    sent_by: Call
    received: int = 0

    def as_received(self) -> Message:
        """The message as this receive sees it: the attempt must not change with the next one."""
        return replace(self)


@dataclass(slots=True)
class Ending:
    """A failure of the chain, or an error that somebody absorbed (`handler`)."""

    symptom: Node
    failed_at: Micros
    message: str
    invocations: list[Invocation]
    handler: Node | None = None


@dataclass(slots=True)
class Chain:
    """Everything that one request set off."""

    root: Trace
    route: Route
    order: str
    items: int
    started: Micros
    fault: Fault | None = None
    slowed: Fault | None = None
    traces: list[Trace] = field(default_factory=list)
    under_way: int = 0
    failures: list[Ending] = field(default_factory=list)
    absorbed: list[Ending] = field(default_factory=list)
    dead_lettered: int = 0

    @property
    def invocations(self) -> Iterator[Invocation]:
        for trace in self.traces:
            yield from trace.invocations

    def note_failure(self, shows_at: Invocation, invocations: list[Invocation]) -> None:
        """Counted once, where it shows."""
        text = shows_at.failure.message if shows_at.failure else ""
        self.failures.append(Ending(shows_at.node, shows_at.ended, text, invocations))

    def note_absorbed(self, handler: Invocation, call: Call) -> None:
        text = call.failure.message if call.failure else ""
        invocations = [handler, call.callee] if call.callee else [handler]
        at = call.ended or call.started
        self.absorbed.append(Ending(call.target, at, text, invocations, handler.node))


@dataclass(slots=True)
class Step:
    """One request or one delivery with all that ran in it; nothing after it is earlier than `at`.

    `finished` is its chain, once nothing of it is under way any more.
    """

    at: Micros
    trace: Trace
    finished: Chain | None
