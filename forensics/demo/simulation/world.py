"""The account while it lives: its clock, its environments, and the bookkeeping of what is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Literal

from forensics.demo.scenario import (
    BALANCER,
    CONTAINER,
    FUNCTION,
    FUNCTION_URL,
    HTTP_API,
    PIPE,
    POD,
    SCHEDULE,
    CallTo,
    Delivery,
    Fault,
    Node,
    Scenario,
)
from forensics.demo.simulation.environments import Environments, Tasks
from forensics.demo.simulation.ids import Ids
from forensics.demo.simulation.weather import Weather
from forensics.demo.story import (
    Call,
    Chain,
    Deliver,
    Ending,
    Environment,
    Failure,
    Happening,
    Invocation,
    Message,
    Micros,
    Outcome,
    Step,
    Trace,
)


@dataclass(slots=True)
class Shard:
    """The records of a shard that its consumer has not got past yet."""

    records: list[Message] = field(default_factory=list)
    busy: bool = False
    attempts: int = 0
    size: int = 0  # of the next batch, where bisecting made it smaller


Action = Callable[[Micros], None]
# Serves an accepted invocation to its end.
Serve = Callable[["World", Invocation], None]
# Hands over a message, an event or a record that a call sent.
Send = Callable[["World", Call, Invocation], None]

# What a call meets whose target's tasks are in trouble.
Trouble = Callable[["World", Invocation, Sequence[Chain], Call, Fault], None]

# Sends on to a destination or a dead-letter queue.
Forward = Callable[["World", Chain, Invocation, Node, Micros], None]

# A message is in its carrier from now on.
Arrive = Callable[["World", Message, Micros], None]

# They pass the trace header on and leave no segment to be a parent.
_SILENT = frozenset({HTTP_API, BALANCER, FUNCTION_URL, SCHEDULE, PIPE})

GRACE: Micros = 45 * 60 * 1_000_000
_CATEGORY = {
    "exception": "unhandled_exception",
    "slow": "timeout",
    "hang": "timeout",
    "out_of_memory": "out_of_memory",
    "crash": "crash",
    "init_failure": "init_failure",
    "answer": "unhandled_exception",
    "malformed": "validation",
    "lose": "data_loss",
    "partial": "poison_message",
    "throttled": "throttled",
    "denied": "permission_denied",
    "expired": "credential_expired",
    "missing": "not_found",
    "invalid": "validation",
    "error": "dependency_fault",
    "slowed": "dependency_slow",
    "silent": "dependency_slow",
    "pool": "resource_exhausted",
    "no_ports": "resource_exhausted",
    "no_address": "resource_exhausted",
    "dropped": "never_reached",
    "killed": "container_killed",
    "crash_loop": "crash",
    "image_pull": "init_failure",
}


class World:
    """What every room of the simulation shares; `servers` and `senders` are filled by `account`."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rng = Random(scenario.seed)
        self.ids = Ids(self.rng)
        self.nodes = scenario.by_name
        self.weather = Weather(scenario)
        self.servers: dict[str, Serve] = {}
        self.senders: dict[str, Send] = {}
        self.trouble: Trouble = _no_trouble
        self.last_trouble: dict[str, Failure] = {}
        self.forward: Forward = _nowhere
        self.arrive: Arrive = _never
        # Messages that a consumer could fetch now, by queue and consumer.
        self.visible: dict[tuple[str, str], dict[int, Message]] = {}
        # What is in a FIFO queue, in order, by queue and message group.
        self.lines: dict[tuple[str, str], list[Message]] = {}
        # What lies in a dead-letter queue until somebody moves it back, by queue.
        self.lying: dict[str, list[Message]] = {}
        # What waits in a stream, by stream, consumer and number of the shard.
        self.shards: dict[tuple[str, str, int], Shard] = {}
        self.versions = {node.name: dict(node.versions) for node in scenario.nodes}
        zones = scenario.zones
        self.functions = {
            node.name: Environments(node, self.rng, self.ids, node.zones or zones)
            for node in scenario.nodes
            if node.kind == FUNCTION
        }
        self.tasks = {
            node.name: Tasks(node, self.rng, self.ids, node.zones or zones)
            for node in scenario.nodes
            if node.kind in (CONTAINER, POD)
        }
        self.starts = int(scenario.starts_at.timestamp()) * 1_000_000
        self.ends = self.starts + scenario.minutes * 60_000_000
        self.step = Step(self.starts)
        self._waiting: list[tuple[Micros, int, Action]] = []
        self._scheduled = 0

    # ------------------------------------------------------------ time

    def later(self, at: Micros, action: Action) -> None:
        """Do this at that moment; those of one moment in the order of asking."""
        self._scheduled += 1
        heappush(self._waiting, (at, self._scheduled, action))

    def due(self, until: Micros | None) -> bool:
        return bool(self._waiting) and (until is None or self._waiting[0][0] <= until)

    def next(self) -> Step:
        """Let the next thing happen; the step tells all that came of it."""
        at, _, action = heappop(self._waiting)
        return self.during(at, action)

    def during(self, at: Micros, action: Action) -> Step:
        self.step = Step(at)
        action(at)
        return self.step

    def spread(self, ms: float) -> Micros:
        """Around `ms`, with the long tail that latencies have."""
        return int(ms * 1000 * self.rng.lognormvariate(0, 0.25)) + 1

    # ------------------------------------------------------------ what is under way

    def hold(self, chains: Iterable[Chain], traces: Iterable[Trace] = ()) -> None:
        """Something may still be added to these."""
        for chain in chains:
            chain.under_way += 1
        for trace in traces:
            trace.pending += 1

    def release(self, chains: Iterable[Chain], traces: Iterable[Trace] = ()) -> None:
        for chain in chains:
            chain.under_way -= 1
            if not chain.under_way:
                self.step.chains.append(chain)
        for trace in traces:
            trace.pending -= 1
            if not trace.pending:
                self.step.traces.append(trace)

    def new_trace(self, at: Micros, sampled: bool) -> Trace:
        return Trace(self.ids.trace(at), sampled)

    def accept(
        self,
        node: Node,
        trace: Trace,
        at: Micros,
        chains: Sequence[Chain],
        caller: Invocation | None = None,
        parent_id: str = "",
        asked: CallTo | None = None,
        request_id: str = "",
    ) -> Invocation:
        """An invocation begins to be: it belongs to its trace, its chains, and this step."""
        ids = self.ids
        made = Invocation(node, trace, ids.span(), request_id or ids.request(), at, parent_id, ids.span())
        made.started = made.ended = made.released = at
        made.caller, made.asked = caller, asked
        made.chains = list(chains)
        made.version = self._version(node)
        self._note(made)
        return made

    def again(self, first: Invocation, at: Micros, attempt: int) -> Invocation:
        """A later attempt of an asynchronous invocation: the same request id, the same trace."""
        ids = self.ids
        made = Invocation(first.node, first.trace, first.id, first.request_id, at, first.parent_id)
        made.code_id = ids.span()
        made.started = made.ended = made.released = at
        made.caller, made.asked, made.asynchronous = first.caller, first.asked, True
        made.chains, made.messages = list(first.chains), first.messages
        made.version, made.attempt, made.first = first.version, attempt, first
        first.retries.append(made)
        self._note(made)
        return made

    def _note(self, made: Invocation) -> None:
        made.trace.invocations.append(made)
        for chain in made.chains:
            chain.invocations.append(made)
        self.step.invocations.append(made)

    def _version(self, node: Node) -> str:
        shares = self.versions[node.name]
        if not shares:
            return "$LATEST" if node.kind == FUNCTION else "1"
        if len(shares) == 1:
            return next(iter(shares))
        return self.rng.choices(list(shares), list(shares.values()))[0]

    def happens(
        self, at: Micros, kind: str, node: Node, environment: Environment | None = None, **details: object
    ) -> None:
        self.step.happenings.append(Happening(at, kind, node, environment, details))

    def delivered(
        self,
        message: Message,
        spec: Delivery,
        consumer: Node,
        at: Micros,
        attempt: int,
        outcome: Outcome,
        invocation: Invocation | None = None,
        failure: Failure | None = None,
    ) -> None:
        """One attempt to hand over a message, and what came of it."""
        made = Deliver(message, spec, consumer, at, attempt, outcome, invocation, failure)
        message.deliveries.append(made)
        message.chain.deliveries.append(made)
        self.step.deliveries.append(made)

    # ------------------------------------------------------------ how things end

    def begins(self, fault: Fault, node: Node) -> Failure:
        """The root of all that comes of a fault; what it looks like is for the caller to say."""
        return Failure("fault", node, fault=fault, category=category(fault), id=self.ids.span())

    def failed(
        self, chain: Chain, symptom: Invocation, failure: Failure, way: Sequence[Invocation] = ()
    ) -> None:
        """Counted once, where it shows."""
        at = symptom.released or symptom.ended
        chain.failures.append(Ending(symptom.node, at, failure, list(way) or [symptom]))

    def lost(self, chain: Chain, message: Message, at: Micros, failure: Failure, symptom: Node) -> None:
        """A message that nobody will ever work on."""
        way = [deliver.invocation for deliver in message.deliveries if deliver.invocation]
        chain.failures.append(Ending(symptom, at, failure, way or [message.producer], message=message))

    def absorbed(
        self,
        chain: Chain,
        handler: Node,
        failure: Failure,
        at: Micros,
        how: Literal["caught", "retried", "redelivered", "tolerated", "swallowed"],
        way: Sequence[Invocation],
    ) -> None:
        chain.absorbed.append(Ending(failure.node, at, failure, list(way), handler, how))


def parent_for(caller: Invocation, call_id: str) -> str:
    """The parent of what this caller calls: without segments of its own it hands on its own parent."""
    if caller.node.kind in _SILENT or caller.node.tracing != "active":
        return caller.parent_id
    return call_id


def _never(world: World, message: Message, at: Micros) -> None:
    raise NotImplementedError


def _nowhere(world: World, chain: Chain, producer: Invocation, target: Node, at: Micros) -> None:
    raise NotImplementedError


def _no_trouble(world: World, caller: Invocation, chains: Sequence[Chain], call: Call, fault: Fault) -> None:
    raise NotImplementedError


def category(fault: Fault) -> str:
    """What the author of the scenario calls it, else the usual word."""
    if fault.expect:
        return fault.expect.category
    if fault.absorbed:
        return fault.absorbed.category
    return _CATEGORY.get(fault.kind, "connection")
