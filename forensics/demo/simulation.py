"""Lets the account of a scenario live through its window, one request or delivery at a time.

Calls that wait for their answer are followed at once, messages wait in a queue ordered by time:
so memory holds what is under way and nothing else, however long the window is.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

from forensics.demo.arrivals import Arrival, arrivals
from forensics.demo.environments import Environments
from forensics.demo.ids import Ids
from forensics.demo.remarks import comment, say, throw
from forensics.demo.scenario import (
    CONTAINER,
    FUNCTION,
    QUEUE,
    TABLE,
    CallTo,
    Fault,
    Node,
    Scenario,
    Thrown,
)
from forensics.demo.story import (
    Call,
    Chain,
    Failure,
    Invocation,
    Message,
    Micros,
    Step,
    Trace,
)

HANG: Micros = 60 * 1_000_000
# What Lambda adds to the limit before it reports a time-out.
GRACE: Micros = 200
# How long a program fills the memory before it is killed.
FILLING_MS = 1800


def simulate(scenario: Scenario) -> Iterator[Step]:
    """Everything that happens, in order of the time at which each step begins."""
    return _Account(scenario).live()


class _Account:
    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._arrivals = arrivals(scenario)
        self._rng = Random(scenario.seed)
        self._ids = Ids(self._rng)
        self._nodes = {node.name: node for node in scenario.nodes}
        self._environments = {
            node.name: Environments(node, self._rng, self._ids)
            for node in scenario.nodes
            if node.kind in (FUNCTION, CONTAINER)
        }
        self._waiting: list[tuple[Micros, int, Message]] = []
        self._sent = 0

    def live(self) -> Iterator[Step]:
        for arrival in self._arrivals:
            while self._waiting and self._waiting[0][0] <= arrival.at:
                yield self._deliver()
            yield self._request(arrival)
        while self._waiting:
            yield self._deliver()

    # ------------------------------------------------------------ steps

    def _request(self, arrival: Arrival) -> Step:
        trace = Trace(self._ids.trace(arrival.at), arrival.sampled)
        low, high = (1, 12)
        if arrival.fault and arrival.fault.items:
            low, high = arrival.fault.items
        items = self._rng.randint(low, high)
        chain = Chain(
            trace, arrival.route, self._ids.order(), items, arrival.at, arrival.fault, arrival.slowed
        )
        chain.traces.append(trace)
        gateway = self._accept(self._scenario.entry, trace, arrival.at)
        gateway.route = arrival.route
        gateway.client_ip = f"203.0.113.{self._rng.randrange(1, 255)}"
        self._pass_on(chain, gateway)
        if gateway.failure:
            chain.note_failure(gateway, list(trace.invocations))
        return Step(arrival.at, trace, None if chain.under_way else chain)

    def _deliver(self) -> Step:
        at, _, message = heappop(self._waiting)
        chain = message.chain
        message.received += 1
        trace = Trace(self._ids.trace(at), message.producer.trace.sampled)
        chain.traces.append(trace)
        consumer = self._accept(self._nodes[message.queue.consumer], trace, at)
        consumer.message = message.as_received()
        message.sent_by.deliveries.append(consumer)
        self._run_function(chain, consumer)
        chain.under_way -= 1
        if consumer.failure:
            self._return(message, consumer)
        return Step(at, trace, None if chain.under_way else chain)

    def _return(self, message: Message, consumer: Invocation) -> None:
        """A message whose consumer failed shows up again, until it has been received too often."""
        chain, queue = message.chain, message.queue
        if message.received < queue.max_receives:
            back_at = consumer.accepted + queue.visibility_timeout_ms * 1000
            self._put(message, back_at + self._spread(300))
            return
        chain.dead_lettered += 1
        receives = [inv for inv in chain.invocations if inv.message and inv.message.id == message.id]
        chain.note_failure(consumer, receives)

    def _put(self, message: Message, at: Micros) -> None:
        self._sent += 1
        message.chain.under_way += 1
        heappush(self._waiting, (at, self._sent, message))

    # ------------------------------------------------------------ who serves

    def _accept(self, node: Node, trace: Trace, at: Micros, parent_id: str = "") -> Invocation:
        ids = self._ids
        invocation = Invocation(node, trace, ids.span(), ids.request(), at, parent_id, ids.span())
        trace.invocations.append(invocation)
        return invocation

    def _pass_on(self, chain: Chain, gateway: Invocation) -> None:
        """A REST stage: hands over to its integration and turns a function error into a 502."""
        gateway.started = gateway.accepted
        spec = CallTo(to=chain.route.to, operation="Invoke")
        call = self._call(chain, gateway, spec, gateway.accepted + self._spread(2))
        gateway.ended = gateway.released = (call.ended or call.started) + self._spread(1)
        if call.failure:
            gateway.status = 502
            gateway.failure = Failure("answered", message="Internal server error")

    def _run_function(self, chain: Chain, invocation: Invocation) -> None:
        node = invocation.node
        environments = self._environments[node.name]
        ready = environments.prepare(invocation, invocation.accepted + self._spread(3))
        deadline = invocation.started + node.timeout_ms * 1000
        ended = self._work(chain, invocation, ready, deadline)
        if ended > deadline:
            ended = deadline + GRACE
            _time_out(invocation, deadline)
        invocation.ended = ended
        invocation.duration = ended - invocation.started
        invocation.released = ended + self._spread(2)
        environments.leave(invocation)

    def _run_container(self, chain: Chain, invocation: Invocation) -> None:
        invocation.environment = self._environments[invocation.node.name].spread()
        invocation.started = invocation.accepted
        ended = self._work(chain, invocation, invocation.started, invocation.started + HANG)
        invocation.ended = invocation.released = ended

    # ------------------------------------------------------------ what they do

    def _work(self, chain: Chain, invocation: Invocation, ready: Micros, deadline: Micros) -> Micros:
        """The node's calls one after the other; gives the end."""
        node = invocation.node
        think = node.work_ms / (len(node.call) + 1)
        say(chain, invocation, ready + self._spread(1), node.says)
        clock = ready + self._spread(think)
        for spec in node.call:
            broke = self._breaks(chain, invocation, spec.to, clock)
            if broke:
                return broke
            call = self._call(chain, invocation, spec, clock)
            clock = call.ended or clock
            if clock > deadline:
                return clock
            comment(chain, invocation, call, clock)
            if call.failure and _gives_up(chain, invocation, call, clock):
                return clock + self._spread(think)
            clock += self._spread(think)
        broke = self._breaks(chain, invocation, "", clock)
        if not broke:
            say(chain, invocation, clock, node.done)
        return broke or clock + self._spread(1)

    def _breaks(self, chain: Chain, invocation: Invocation, before: str, at: Micros) -> Micros | None:
        """When the chain's fault ends this invocation, if it does so before the call `before`."""
        fault = chain.fault
        if fault is None or fault.node != invocation.node.name or fault.before != before:
            return None
        if fault.kind == "exception" and fault.exception:
            throw(chain, invocation, fault.exception, at)
            return at + self._spread(1)
        if fault.kind == "out_of_memory":
            invocation.failure = Failure("out_of_memory", "Runtime.OutOfMemory", "out of memory")
            return at + self._spread(FILLING_MS)
        return None

    # ------------------------------------------------------------ whom they call

    def _call(self, chain: Chain, caller: Invocation, spec: CallTo, at: Micros) -> Call:
        target = self._nodes[spec.to]
        call = Call(self._ids.span(), spec, target, at, at, self._ids.request())
        caller.calls.append(call)
        if target.kind in (FUNCTION, CONTAINER):
            self._ask(chain, caller, call)
        else:
            call.inferred_id = self._ids.span()
            call.ended = at + self._latency(chain, target)
        if target.kind == TABLE:
            self._query(chain, call)
        elif target.kind == QUEUE:
            self._send(chain, caller, call)
        return call

    def _ask(self, chain: Chain, caller: Invocation, call: Call) -> None:
        at = call.started + self._spread(2)
        callee = self._accept(call.target, caller.trace, at, call.id)
        callee.asked = call.spec
        call.callee = callee
        run = self._run_function if call.target.kind == FUNCTION else self._run_container
        run(chain, callee)
        call.ended = callee.released + self._spread(2)
        call.request_id = callee.request_id
        if callee.failure:
            call.failure = callee.failure
            call.status = callee.status

    def _query(self, chain: Chain, call: Call) -> None:
        call.request_id = self._ids.table_request()
        fault = chain.fault
        if fault is None or fault.node != call.target.name or fault.exception is None:
            return
        thrown = fault.exception
        call.status = 400
        call.failure = Failure("throttle", thrown.type, thrown.message, thrown, self._ids.span())

    def _send(self, chain: Chain, caller: Invocation, call: Call) -> None:
        call.message_id = self._ids.request()
        message = Message(call.message_id, chain, call.target, caller, call)
        if call.target.consumer and call.ended is not None:
            self._put(message, call.ended + self._spread(25))

    def _latency(self, chain: Chain, target: Node) -> Micros:
        if _touches(chain.fault, target) and chain.fault and chain.fault.kind == "hang":
            return HANG
        if _touches(chain.slowed, target) and chain.slowed:
            return self._rng.randint(*chain.slowed.slow_ms) * 1000
        return self._spread(target.latency_ms)

    def _spread(self, ms: float) -> Micros:
        """Around `ms`, with the long tail that latencies have."""
        return int(ms * 1000 * self._rng.lognormvariate(0, 0.25)) + 1


def _gives_up(chain: Chain, invocation: Invocation, call: Call, at: Micros) -> bool:
    """What the caller makes of a failed call: go on without, answer an error, or throw."""
    spec, failure = call.spec, call.failure
    if spec.on_failure == "go on":
        chain.note_absorbed(invocation, call)
        return False
    if spec.on_failure == "answer":
        invocation.status = spec.answers
        invocation.failure = Failure("answered", message=f"answered {spec.answers}")
    elif failure:
        passed_on = Thrown(failure.type or "RuntimeError", failure.message)
        throw(chain, invocation, spec.exception or passed_on, at, call.status)
    return True


def _time_out(invocation: Invocation, deadline: Micros) -> None:
    """What had not come back by then never did, for this caller."""
    for call in invocation.calls:
        if call.ended is not None and call.ended > deadline:
            call.ended, call.failure = None, None
    invocation.remarks = [said for said in invocation.remarks if said.at <= deadline]
    seconds = invocation.node.timeout_ms / 1000
    invocation.failure = Failure("timeout", message=f"Task timed out after {seconds:.2f} seconds")


def _touches(fault: Fault | None, node: Node) -> bool:
    return fault is not None and fault.node == node.name
