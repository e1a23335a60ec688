"""CloudWatch's metrics of the account: statistic sets of one minute, as the services publish them.

`Metrics` is told every step and hands out the minutes that are over. What AWS does not send is not
there: a minute without a datapoint is not a minute with 0. Who collects what: `functions`, `queues`,
`carriers` (topics, buses, pipes, streams), `stores` (tables, databases, NAT gateways), `entries`
(APIs, load balancers, schedules, state machines), `containers`, and `measured` for what is scripted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forensics.demo.scenario import (
    BALANCER,
    BUS,
    CARRIERS,
    CONTAINER,
    DATABASE,
    FUNCTION,
    FUNCTION_URL,
    HTTP_API,
    NAT,
    PIPE,
    POD,
    QUEUE,
    REMOTE,
    SCHEDULE,
    STAGE,
    STREAM,
    TABLE,
    TOPIC,
    WORKFLOW,
    Node,
    Scenario,
)
from forensics.demo.story import Call, Deliver, Invocation, Micros, Step
from forensics.demo.telemetry.metrics.carriers import BusMetrics, PipeMetrics, StreamMetrics, TopicMetrics
from forensics.demo.telemetry.metrics.collector import Collector
from forensics.demo.telemetry.metrics.containers import ServiceMetrics, service_metrics
from forensics.demo.telemetry.metrics.entries import (
    BalancerMetrics,
    ScheduleMetrics,
    WorkflowMetrics,
    function_url,
    gateway,
)
from forensics.demo.telemetry.metrics.functions import AccountMetrics, FunctionMetrics, VersionedMetrics
from forensics.demo.telemetry.metrics.measured import Scripted, dimensions
from forensics.demo.telemetry.metrics.queues import QueueMetrics
from forensics.demo.telemetry.metrics.sheet import MINUTE, Row, Sheet, key_of
from forensics.demo.telemetry.metrics.stores import DatabaseMetrics, NatMetrics, TableMetrics, UserErrors

__all__ = ["Metrics", "Row", "dimensions", "key_of"]

# Calls to these are told to a collector of theirs; a function only hears of asynchronous ones.
_TOLD_OF_CALLS = (QUEUE, TOPIC, STREAM, TABLE, DATABASE)


class Metrics:
    def __init__(self, account: Scenario) -> None:
        self._account = account
        self._of: dict[str, Collector[Any]] = {}
        self._build()
        self._serves = {name: made.invoked for name, made in self._of.items()}
        self._hears = {name: self._of[name].called for name in self._listeners()}
        self._ways_out = _ways_out(account, self._of)
        self._remotes = frozenset(node.name for node in account.nodes if node.kind == REMOTE)
        self._scripted = Scripted(account)
        self._next = int(account.starts_at.timestamp()) // 60

    # ------------------------------------------------------------ what happens

    def add(self, step: Step) -> None:
        serves, hears, ways_out = self._serves, self._hears, self._ways_out
        for made in step.invocations:
            name = made.node.name
            told = serves.get(name)
            if told is not None:
                told(made)
            for call in made.calls:
                heard = hears.get(call.target.name)
                if heard is not None:
                    heard(made, call)
            if name in ways_out:
                self._leave(made, ways_out[name])
        for deliver in step.deliveries:
            self._deliver(deliver)
        for happening in step.happenings:
            if happening.node.name in self._of:
                self._of[happening.node.name].happened(happening)

    def _leave(self, made: Invocation, gateways: list[NatMetrics]) -> None:
        """Calls that leave the network do so through a gateway of one of the caller's subnets."""
        for call in made.calls:
            if call.target.name in self._remotes:
                self._gateway(call, gateways).called(made, call)

    def _gateway(self, call: Call, gateways: list[NatMetrics]) -> NatMetrics:
        blamed = self._of.get(call.failure.root.node.name) if call.failure else None
        if isinstance(blamed, NatMetrics):
            return blamed
        return gateways[int(call.id[:2], 16) % len(gateways)]

    def _deliver(self, deliver: Deliver) -> None:
        source = self._of.get(deliver.message.source.name)
        if source:
            source.delivered(deliver)
        consumer, outcome = deliver.consumer, deliver.outcome
        if outcome == "dead-lettered" and deliver.spec.on_failure and deliver.invocation:
            # One record of a stream's batch stands for it: the destination gets one message for all.
            first = deliver.invocation.message
            if first and first.message is deliver.message and deliver.spec.on_failure in self._of:
                self._of[deliver.spec.on_failure].arrived(deliver.invocation.released)
        is_passed_on = outcome in ("done", "redriven") and deliver.invocation is None
        is_copy = is_passed_on and consumer.kind in CARRIERS
        if is_copy or _is_new_event(deliver):
            self._of[consumer.name].arrived(deliver.at)

    # ------------------------------------------------------------ what is written

    def rows(self, until: Micros | None) -> Iterator[Row]:
        """Datapoints of the minutes that are over by `until`; of all that is left where it is None.

        In order of time, namespace, metric and dimensions. `until` may be the `at` of the last step:
        nothing that comes later is earlier. What is all the same becomes a datapoint of its own.
        """
        if until is None:
            last = max((m for one in self._order for m in one.minutes()), default=self._next - 1) + 1
            last = max(last, int(self._account.starts_at.timestamp()) // 60 + self._account.minutes)
        else:
            last = until // MINUTE
            if last <= self._next:
                return  # asked after every step, this has to cost nothing
        for number in range(min(self._earliest(last), self._next), last):
            sheet = Sheet(number)
            for one in self._order:
                one.write(sheet)
            self._scripted.write(sheet)
            sheet.rows.sort(key=key_of)
            yield from sheet.rows
        self._next = max(self._next, last)

    def _earliest(self, otherwise: int) -> int:
        return min((m for one in self._order for m in one.minutes()), default=otherwise)

    # ------------------------------------------------------------ who collects

    def _build(self) -> None:
        """In the order in which they write: sums after what they add up, queues before who sends there."""
        account, of = self._account, self._of
        functions: dict[str, FunctionMetrics] = {}
        services: dict[str, ServiceMetrics] = {}
        tables: dict[str, TableMetrics] = {}
        kinds = (CONTAINER, POD, FUNCTION, TABLE)
        for node in sorted(account.nodes, key=lambda node: node.kind not in kinds):
            if node.kind == FUNCTION:
                of[node.name] = functions[node.name] = self._function(node)
            elif node.kind in (CONTAINER, POD):
                of[node.name] = services[node.name] = service_metrics(account, node)
            elif node.kind == TABLE:
                of[node.name] = tables[node.name] = TableMetrics(account, node)
            elif node.kind == BALANCER:
                of[node.name] = BalancerMetrics(account, node, services)
            elif node.kind == QUEUE:
                of[node.name] = QueueMetrics(node, _consumer(node, functions))
            elif made := _simple(account, node):
                of[node.name] = made
        self._share_schedules()
        self._join_dead_letters()
        once = list(dict.fromkeys(of.values()))
        self._order = [*once, AccountMetrics(account, functions), UserErrors(tables)]

    def _function(self, node: Node) -> FunctionMetrics:
        shifted = any(change.versions for change in self._account.changes if change.node == node.name)
        kind = VersionedMetrics if node.versions or node.alias or shifted else FunctionMetrics

        def last_resort(at: Micros) -> None:
            if node.on_failure in self._of:
                self._of[node.on_failure].arrived(at)

        return kind(node, {"FunctionName": node.name}, last_resort)

    def _share_schedules(self) -> None:
        together = ScheduleMetrics()
        for node in self._account.nodes:
            if node.kind == SCHEDULE:
                self._of[node.name] = together

    def _join_dead_letters(self) -> None:
        for node in self._account.nodes:
            queue, dead = self._of.get(node.name), self._of.get(node.dead_letter)
            if isinstance(queue, QueueMetrics) and isinstance(dead, QueueMetrics):
                queue.dead_letters = dead

    def _listeners(self) -> Iterator[str]:
        """Whom calls are told to."""
        nodes = self._account.nodes
        invoked = {call.to for node in nodes for call in node.call if call.asynchronous}
        invoked |= {route.to for route in self._account.routes}
        for node in nodes:
            if node.kind in _TOLD_OF_CALLS or (node.kind == FUNCTION and node.name in invoked):
                yield node.name


def _simple(account: Scenario, node: Node) -> Collector[Any] | None:
    if node.kind in (STAGE, HTTP_API):
        return gateway(node)
    if node.kind == FUNCTION_URL:
        return function_url(account, node)
    if node.kind == WORKFLOW:
        return WorkflowMetrics(account, node)
    if node.kind == TOPIC:
        return TopicMetrics(account, node)
    if node.kind == BUS:
        return BusMetrics(account, node)
    if node.kind == PIPE:
        return PipeMetrics(node)
    if node.kind == STREAM:
        return StreamMetrics(node)
    if node.kind == DATABASE:
        return DatabaseMetrics(node)
    return NatMetrics(node) if node.kind == NAT else None


def _consumer(queue: Node, functions: dict[str, FunctionMetrics]) -> FunctionMetrics | None:
    return next((functions[d.to] for d in queue.deliveries if d.to in functions), None)


def _is_new_event(deliver: Deliver) -> bool:
    """A topic, a bus or a bucket handed it over to the function's own queue."""
    pushed = deliver.message.source.kind not in (QUEUE, STREAM, TABLE, PIPE)
    taken = deliver.attempt == 1 and deliver.outcome in ("done", "returned")
    return pushed and taken and deliver.consumer.kind == FUNCTION


def _ways_out(account: Scenario, of: dict[str, Collector[Any]]) -> dict[str, list[NatMetrics]]:
    """Through which NAT gateways the traffic of a node leaves."""
    found: dict[str, list[NatMetrics]] = {}
    for node in account.nodes:
        names = sorted({account.node(subnet).nat for subnet in node.subnets} - {""})
        gateways = [made for name in names if isinstance(made := of.get(name), NatMetrics)]
        if gateways:
            found[node.name] = gateways
    return found
