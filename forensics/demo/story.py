"""What happened in the account, before anybody writes it down.

The simulation makes these records; `telemetry` and `truth` each tell them in their own way. They
know nothing of documents or log lines. Times are whole microseconds since 1970, by a clock that is
right everywhere (a node's own clock may be off: `Node.clock_offset_ms` is for those who write).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from forensics.demo.scenario import CallTo, Delivery, Fault, Node, Route, State, Thrown

Micros = int
Level = Literal["DEBUG", "INFO", "WARN", "ERROR"]
FailureKind = Literal[
    "exception",  # thrown by the program, and not caught
    "timeout",  # ended by the platform, or given up by the client of a call
    "out_of_memory",
    "crash",
    "init",  # the environment could not start
    "throttle",  # refused because of a limit, 429
    "refusal",  # refused with another 4xx
    "fault",  # answered with a 5xx
    "connection",  # there was no answer: refused, reset, DNS, TLS, no port
    "answered",  # the code answered an error without throwing
    "partial",  # single records of a batch failed, the invocation succeeded
    "workflow",  # an execution failed
    "slow",  # not an error: what a caller lost its time on
    "lost",  # work that was skipped without a word
]
Outcome = Literal["done", "returned", "dead-lettered", "expired", "dropped", "redriven", "discarded"]


@dataclass(slots=True)
class Failure:
    """How something ended badly; `type` and `message` as the program, or the caller, sees them.

    `cause` is the failure that brought this one about; the last of them, `root`, is where it began.
    Only a root names its `fault` and its `category` (in the words of the result document).
    """

    kind: FailureKind
    node: Node
    type: str = ""
    message: str = ""
    exception: Thrown | None = None
    status: int = 0
    cause: Failure | None = None
    fault: Fault | None = None
    category: str = "unknown"
    reason: str = ""  # why Lambda throttled: `Reason` of TooManyRequestsException
    id: str = ""  # of the exception in the callee's or caller's segment, 16 hex digits

    @property
    def root(self) -> Failure:
        failure = self
        while failure.cause is not None:
            failure = failure.cause
        return failure

    def path(self) -> Iterator[Failure]:
        """From this one to its root."""
        failure: Failure | None = self
        while failure is not None:
            yield failure
            failure = failure.cause


@dataclass(slots=True)
class Remark:
    """Something that a program says about its work. Whether it gets written is up to its dialect.

    With `failure` and without `text` it is what the runtime writes of an exception nobody caught.
    `call`: what it speaks of, so that a chatty service can name the callee's request id.
    """

    at: Micros
    level: Level
    text: str
    failure: Failure | None = None
    call: Call | None = None


@dataclass(slots=True)
class Environment:
    """One execution environment of a function, one task of a service, one pod."""

    id: str  # 32 hex digits: the end of a log stream's name, the id of a task
    log_stream: str
    node: Node
    started: Micros
    free_at: Micros
    memory_mb: int
    init_ms: float
    version: str = "$LATEST"
    zone: str = "a"
    host: str = ""  # instance or worker node under it
    fresh: bool = True
    reset: Failure | None = None  # the failure after which it has to start anew, inside an invocation
    served: int = 0
    ended: Micros | None = None
    restarts: int = 0  # of the container in a pod, which stays the same pod


@dataclass(slots=True)
class Trace:
    """One trace id. `pending` counts what may still add to it, or to its links."""

    id: str  # 1-xxxxxxxx-24 hex digits
    sampled: bool
    invocations: list[Invocation] = field(default_factory=list)
    pending: int = 0


@dataclass(slots=True)
class Attempt:
    """One try of an asynchronous invocation, or of a task of a workflow."""

    number: int  # from 1
    started: Micros
    ended: Micros | None
    invocation: Invocation | None = None
    failure: Failure | None = None


@dataclass(slots=True)
class Call:
    """A call as its caller sees it. `ended` is None where the caller died, or gave up, waiting.

    `failure` is what the caller got; the callee may have ended well all the same, and late.
    `attempts` (at least 1) are those of the client's SDK inside this one call; a program that calls
    again makes another Call. `callee` is the invocation that answered (of the last attempt), also of
    an asynchronous invocation; `messages` are those that it sent.
    """

    id: str
    spec: CallTo
    target: Node
    started: Micros
    ended: Micros | None
    request_id: str
    status: int = 200
    attempts: int = 1
    failure: Failure | None = None
    callee: Invocation | None = None
    messages: list[Message] = field(default_factory=list)
    inferred_id: str = ""
    state: str = ""  # of the workflow that makes it
    zone: str = ""
    version: str = ""
    slow: Failure | None = None  # what made it slow, also where it ended well
    execution_arn: str = ""  # of the execution that it started
    chain: Chain | None = None  # for whom, where its caller works on a batch

    @property
    def message_id(self) -> str:
        return self.messages[0].id if self.messages else ""


@dataclass(slots=True)
class StateRun:
    """One visit of a workflow's state."""

    spec: State
    entered: Micros
    exited: Micros | None
    attempts: list[Attempt] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    failure: Failure | None = None
    caught_by: str = ""
    items: int = 0
    failed_items: int = 0
    children: list[Invocation] = field(default_factory=list)


@dataclass(slots=True)
class Invocation:
    """One request served by an entry or a container, one execution of a function or a workflow.

    `accepted` is when the platform took the request, `started` when code began to run (later, after
    a cold start), `ended` when it stopped, `released` when the platform had its answer.
    A function's `id` is its service segment, `code_id` the segment of its own code.
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
    version: str = "$LATEST"
    init: Micros = 0  # visible initialisation, before `started`
    suppressed_init: Micros = 0  # inside the invocation: after a crash, a time-out, a failed init
    status: int = 200
    failure: Failure | None = None
    calls: list[Call] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    # How it was called
    asked: CallTo | None = None
    caller: Invocation | None = None
    asynchronous: bool = False
    attempt: int = 1  # of an asynchronous invocation: the same request id again
    first: Invocation | None = None  # the first attempt, where this is a later one
    retries: list[Invocation] = field(default_factory=list)  # later attempts, on the first
    messages: list[Receive] = field(default_factory=list)  # those of its batch
    failed_messages: list[str] = field(default_factory=list)  # ids in `batchItemFailures`
    route: Route | None = None
    client_ip: str = ""
    user_agent: str = ""
    # What it used
    memory_mb: int = 0
    duration: Micros = 0
    # Of a workflow
    execution_arn: str = ""
    states: list[StateRun] = field(default_factory=list)
    children_of: str = ""  # the execution whose distributed map started this one
    input: str = ""
    # What is not an error by itself
    slow: Failure | None = None  # what made its own work slow
    bad_answer: Failure | None = None  # its answer cannot be read by its caller
    deadline: Micros = 0  # when the platform ends it
    delivery: Delivery | None = None  # the mapping that handed it its batch
    # Which requests it worked for
    chains: list[Chain] = field(default_factory=list)

    @property
    def message(self) -> Receive | None:
        return self.messages[0] if self.messages else None

    @property
    def chain(self) -> Chain:
        """The first of its chains: whose order it speaks of."""
        return self.chains[0]


@dataclass(slots=True)
class Message:
    """A message, record, event or object on its way: who sent it, and what became of it."""

    id: str
    chain: Chain
    source: Node  # the carrier: queue, topic, bus, stream, bucket, table
    producer: Invocation
    sent_by: Call
    sent: Micros
    body_of: str = ""  # the id of the message that this one repeats: a fan-out, a redrive
    redriven: bool = False  # put back from a dead-letter queue, under an id of its own
    group: str = ""  # message group, partition key or hot key
    sequence: str = ""  # of a record in a shard
    shard: int = 0
    received: int = 0
    first_received: Micros = 0
    hops: int = 0  # how often its chain went through a carrier before
    deliveries: list[Deliver] = field(default_factory=list)


@dataclass(slots=True)
class Receive:
    """A message as one receive saw it; `received` counts from 1 and does not change any more."""

    message: Message
    received: int
    failure: Failure | None = None  # of this message, where the batch reports them one by one

    @property
    def id(self) -> str:
        return self.message.id


@dataclass(slots=True)
class Deliver:
    """One attempt to hand a message to one consumer, by a mapping, subscription or rule."""

    message: Message
    spec: Delivery
    consumer: Node
    at: Micros
    attempt: int
    outcome: Outcome
    invocation: Invocation | None = None
    failure: Failure | None = None
    event_id: str = ""


@dataclass(slots=True)
class Ending:
    """A failure of the chain, or an error that somebody absorbed (`handler`)."""

    symptom: Node
    failed_at: Micros
    failure: Failure
    invocations: list[Invocation]  # those on the way, the one where it shows first
    handler: Node | None = None
    how: Literal["", "caught", "retried", "redelivered", "tolerated", "swallowed"] = ""
    message: Message | None = None


@dataclass(slots=True)
class Chain:
    """Everything that one request set off. `under_way` counts what is not finished yet."""

    root: Trace
    route: Route
    order: str
    items: int
    customer: str
    started: Micros
    picked: tuple[Fault, ...] = ()  # faults that chose this request
    slowed: Fault | None = None
    invocations: list[Invocation] = field(default_factory=list)
    under_way: int = 0
    failures: list[Ending] = field(default_factory=list)
    absorbed: list[Ending] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    deliveries: list[Deliver] = field(default_factory=list)

    @property
    def dead_lettered(self) -> int:
        return sum(delivery.outcome == "dead-lettered" for delivery in self.deliveries)


@dataclass(slots=True)
class Happening:
    """Something that no request did: a task was killed, a pod failed its probe, a change was made.

    `kind` is an open set: change, alarm, task_started, task_stopped, container_killed, probe_failed,
    back_off, image_pull_failed, eni_refused, ports_exhausted, rotated, …
    """

    at: Micros
    kind: str
    node: Node
    environment: Environment | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Step:
    """What one request or delivery did; nothing that a later step tells is earlier than `at`.

    `traces` and `chains` are those to which nothing will be added any more.
    """

    at: Micros
    invocations: list[Invocation] = field(default_factory=list)
    deliveries: list[Deliver] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
