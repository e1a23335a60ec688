"""Asynchronous invocations: Lambda's own queue in front of a function, its retries and its last resort.

Two more attempts after a minute and two, with the request id of the first; throttles are put back
and do not count (Lambda developer guide, "Asynchronous invocation").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from forensics.demo.scenario import FUNCTION, CallTo, Delivery, Node
from forensics.demo.simulation.admission import refused
from forensics.demo.simulation.world import GRACE, World, parent_for
from forensics.demo.story import (
    Call,
    Chain,
    Failure,
    Invocation,
    Message,
    Micros,
    Outcome,
    Receive,
    Trace,
)

_BACK_OFF: Micros = 60_000_000
_MAX_WAIT: Micros = 300_000_000


@dataclass(slots=True)
class Event:
    """One event in the queue of a function."""

    node: Node
    trace: Trace
    accepted: Micros
    chains: Sequence[Chain]
    request_id: str
    parent_id: str
    caller: Invocation | None = None
    asked: CallTo | None = None
    call: Call | None = None
    message: Message | None = None
    spec: Delivery | None = None
    first: Invocation | None = None
    throttled: int = 0
    failures: list[Failure] = field(default_factory=list)


def send(world: World, call: Call, caller: Invocation) -> None:
    """A program's own asynchronous Invoke: answered 202 at once."""
    call.status, call.inferred_id = 202, ""
    event = Event(
        call.target,
        caller.trace,
        call.ended or call.started,
        [call.chain or caller.chain],
        call.request_id,
        parent_for(caller, call.id),
        caller,
        call.spec,
        call,
    )
    enqueue(world, event)


def enqueue(world: World, event: Event) -> None:
    world.hold(event.chains, (event.trace,))
    if event.caller:
        world.hold((), (event.caller.trace,))
    dwell = world.spread(25)
    world.later(event.accepted + dwell, lambda now: _attempt(world, event, now, 1))


def _attempt(world: World, event: Event, now: Micros, number: int) -> None:
    stopped = refused(world, event.node, now)
    if stopped:
        _put_back(world, event, now, number, stopped)
        return
    invocation = _run(world, event, now, number)
    failure = invocation.failure
    _note(world, event, invocation, now, number, "done" if failure is None else "returned")
    if failure is None:
        if event.failures:
            way = [event.first or invocation, invocation]
            world.absorbed(event.chains[0], event.node, event.failures[0], invocation.ended, "retried", way)
        _settle(world, event)
        return
    event.failures.append(failure)
    if number <= event.node.event_retries:
        again = invocation.released + number * _BACK_OFF
        world.later(again + world.spread(400), lambda at: _attempt(world, event, at, number + 1))
        return
    _give_up(world, event, invocation, failure)


def _run(world: World, event: Event, now: Micros, number: int) -> Invocation:
    if event.first is None:
        invocation = world.accept(
            event.node,
            event.trace,
            event.accepted,
            event.chains,
            event.caller,
            event.parent_id,
            event.asked,
            event.request_id,
        )
        event.first = invocation
        invocation.asynchronous = True
        if event.message:
            invocation.messages = [Receive(event.message, number)]
        if event.call:
            event.call.callee = invocation
    else:
        invocation = world.again(event.first, event.accepted, number)
    # Taken from the queue now, however long ago it was accepted.
    accepted, invocation.accepted = invocation.accepted, now
    world.servers[FUNCTION](world, invocation)
    invocation.accepted = accepted
    return invocation


def _put_back(world: World, event: Event, now: Micros, number: int, stopped: Failure) -> None:
    event.throttled += 1
    wait = min(_MAX_WAIT, 1_000_000 * 2**event.throttled)
    world.happens(now, "throttled", event.node, reason=stopped.reason)
    if now + wait < world.ends + GRACE:
        world.later(now + wait, lambda at: _attempt(world, event, at, number))
        return
    event.failures.append(stopped)
    producer = event.caller
    if producer:
        world.failed(event.chains[0], producer, stopped)
    _settle(world, event)


def _give_up(world: World, event: Event, last: Invocation, failure: Failure) -> None:
    first = event.first or last
    world.failed(event.chains[0], last, failure, [first, *first.retries])
    destination = event.node.on_failure or (event.spec.dead_letter if event.spec else "")
    if destination:
        world.forward(world, event.chains[0], last, world.nodes[destination], last.released)
        _note(world, event, None, last.released, last.attempt, "dead-lettered")
    else:
        _note(world, event, None, last.released, last.attempt, "discarded")
    _settle(world, event)


def _settle(world: World, event: Event) -> None:
    if event.caller:
        world.release((), (event.caller.trace,))
    world.release(event.chains, (event.trace,))


def _note(
    world: World,
    event: Event,
    invocation: Invocation | None,
    at: Micros,
    number: int,
    outcome: Outcome,
) -> None:
    if event.message and event.spec:
        failure = invocation.failure if invocation else None
        world.delivered(event.message, event.spec, event.node, at, number, outcome, invocation, failure)
