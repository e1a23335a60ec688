"""Queues: what a poller receives, in which batches, and what becomes of what its consumer could not do.

A message comes back when its visibility ends, until it was received `max_receives` times (SQS
developer guide, "Visibility timeout" and "Dead-letter queues"); in a FIFO queue it holds up those
behind it in its group. A pipe is a poller too, with an enrichment and a target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from forensics.demo.scenario import BUS, PIPE, QUEUE, WORKFLOW, CallTo, Delivery, Node
from forensics.demo.simulation.admission import refused
from forensics.demo.simulation.calls import make
from forensics.demo.simulation.world import GRACE, World
from forensics.demo.story import Chain, Failure, Invocation, Message, Micros, Outcome, Receive

REDRIVE = "StartMessageMoveTask"


def show(world: World, message: Message, delivery: Delivery, at: Micros) -> None:
    """Visible from now on; somebody polls."""
    key = (message.source.name, delivery.to)
    waiting = world.visible.setdefault(key, {})
    if message.source.fifo and not message.received:
        world.lines.setdefault((message.source.name, message.group), []).append(message)

    def poll(now: Micros) -> None:
        waiting[id(message)] = message
        if len(waiting) >= delivery.batch or not delivery.window_ms:
            _receive(world, message.source, delivery, now)
        else:
            world.later(
                now + delivery.window_ms * 1000,
                lambda later: _receive(world, message.source, delivery, later),
            )

    world.later(at, poll)


def _receive(world: World, queue: Node, delivery: Delivery, at: Micros) -> None:
    waiting = world.visible[(queue.name, delivery.to)]
    ready = (message for message in waiting.values() if _is_its_turn(world, message))
    batch = list(islice(ready, delivery.batch))
    if not batch:
        return
    consumer = world.nodes[delivery.to]
    for message in batch:
        del waiting[id(message)]
    stopped = refused(world, consumer, at)
    if stopped:
        world.happens(at, "throttled", consumer, reason=stopped.reason)
        _not_taken(world, batch, delivery, at, stopped)
        return
    _consume(world, queue, delivery, consumer, batch, at)


def _is_its_turn(world: World, message: Message) -> bool:
    """In a FIFO queue nothing passes what came before it in its message group."""
    source = message.source
    return not source.fifo or world.lines[source.name, message.group][0] is message


def _leaves(world: World, message: Message, delivery: Delivery, at: Micros) -> None:
    """It is out of its queue: whoever waited behind it in its group is next."""
    queue = message.source
    if not queue.fifo:
        return

    def move_up(now: Micros) -> None:
        line = world.lines[queue.name, message.group]
        line.remove(message)
        if not line:
            del world.lines[queue.name, message.group]
        _receive(world, queue, delivery, now)

    world.later(at, move_up)


def _not_taken(world: World, batch: list[Message], delivery: Delivery, at: Micros, stopped: Failure) -> None:
    """Throttled: received, and given back when its visibility ends."""
    for message in batch:
        message.received += 1
        _put_back(world, message, delivery, None, stopped, at)


def _consume(
    world: World, queue: Node, delivery: Delivery, consumer: Node, batch: list[Message], at: Micros
) -> None:
    for message in batch:
        message.received += 1
        message.first_received = message.first_received or at
    if consumer.kind == PIPE:
        _through_pipe(world, delivery, consumer, batch, at)
        return
    chains = _chains(batch)
    trace = world.new_trace(at, batch[0].producer.trace.sampled)
    world.hold((), (trace,))
    invocation = world.accept(consumer, trace, at, chains)
    invocation.messages = [Receive(message, message.received) for message in batch]
    invocation.delivery = delivery
    world.servers[consumer.kind](world, invocation)
    for receive in invocation.messages:
        _judge(world, receive, delivery, invocation)
    world.release((), (trace,))


def _chains(batch: Sequence[Message]) -> list[Chain]:
    found: dict[int, Chain] = {id(message.chain): message.chain for message in batch}
    return list(found.values())


def _judge(world: World, receive: Receive, delivery: Delivery, invocation: Invocation) -> None:
    """What this receive means for one message."""
    message, failure = receive.message, receive.failure or invocation.failure
    consumer = invocation.node
    if failure:
        _put_back(world, message, delivery, invocation, failure, invocation.accepted)
        return
    world.delivered(message, delivery, consumer, invocation.accepted, message.received, "done", invocation)
    earlier = [made.failure for made in message.deliveries if made.failure]
    if earlier and earlier[0]:
        way = [made.invocation for made in message.deliveries if made.invocation]
        at = invocation.released
        world.absorbed(message.chain, message.source, earlier[0], at, "redelivered", way)
    _leaves(world, message, delivery, invocation.released)
    world.release([message.chain], [message.producer.trace])


def _put_back(
    world: World,
    message: Message,
    delivery: Delivery,
    invocation: Invocation | None,
    failure: Failure,
    at: Micros,
) -> None:
    """It shows up again, until it has been received too often."""
    queue, consumer = message.source, world.nodes[delivery.to]
    back_at = at + queue.visibility_timeout_ms * 1000 + world.spread(300)
    if message.received >= queue.max_receives:
        _bury(world, message, delivery, invocation, failure, back_at)
        return
    world.delivered(message, delivery, consumer, at, message.received, "returned", invocation, failure)
    if back_at > world.ends + GRACE:
        world.lost(message.chain, message, at, failure, consumer)
        _leaves(world, message, delivery, at)
        world.release([message.chain], [message.producer.trace])
        return
    show(world, message, delivery, back_at)


def _bury(
    world: World,
    message: Message,
    delivery: Delivery,
    invocation: Invocation | None,
    failure: Failure,
    at: Micros,
) -> None:
    queue, consumer = message.source, world.nodes[delivery.to]
    outcome: Outcome = "dead-lettered" if queue.dead_letter else "expired"
    # The last receive, and the move that follows it.
    when = invocation.accepted if invocation else at
    world.delivered(message, delivery, consumer, when, message.received, outcome, invocation, failure)
    shown = invocation.released if invocation else at
    world.lost(message.chain, message, shown, failure, consumer)
    if queue.dead_letter:
        dead = world.nodes[queue.dead_letter]
        moved = Message(
            message.id,
            message.chain,
            dead,
            message.producer,
            message.sent_by,
            at,
            body_of=message.id,
            hops=message.hops + 1,
        )
        message.chain.messages.append(moved)
        world.arrive(world, moved, at)
        if _is_moved_back(world, dead, at):
            world.hold([moved.chain], [moved.producer.trace])
            world.lying.setdefault(dead.name, []).append(moved)
    _leaves(world, message, delivery, at)
    world.release([message.chain], [message.producer.trace])


def _is_moved_back(world: World, dead: Node, at: Micros) -> bool:
    """Whether somebody will do so later; what is worked on from there is no longer there."""
    return not dead.deliveries and any(
        change.event == REDRIVE
        and change.node == dead.name
        and world.starts + change.minute * 60_000_000 > at
        for change in world.scenario.changes
    )


def redrive(world: World, dead: Node, at: Micros) -> None:
    """What lies in a dead-letter queue goes back to where it came from, as new messages with ids and times of
    their own (SQS developer guide, "Configure a dead-letter queue redrive"). That they keep the trace header
    is documented nowhere, so they do not.
    """
    queue = next(node for node in world.scenario.nodes if node.dead_letter == dead.name)
    lying = world.lying.pop(dead.name, [])
    world.lying[dead.name] = [message for message in lying if message.sent > at]
    for message in lying:
        if message.sent > at:
            continue
        again = replace(
            message, id=world.ids.request(), source=queue, sent=at, body_of=message.id, redriven=True,
            received=0, first_received=0, hops=message.hops + 1, deliveries=[],
        )  # fmt: skip
        message.chain.messages.append(again)
        world.delivered(message, Delivery(queue.name), queue, at, 1, "redriven")
        world.arrive(world, again, at)
        world.release([message.chain], [message.producer.trace])


def _through_pipe(world: World, delivery: Delivery, pipe: Node, batch: list[Message], at: Micros) -> None:
    """Fetched, enriched by the pipe's call, handed to its target."""
    for message in batch:
        trace = message.producer.trace
        run = world.accept(pipe, trace, at, [message.chain], message.producer)
        run.messages, clock = [Receive(message, message.received)], at
        for spec in (*pipe.call, *(_target(world, made) for made in pipe.deliveries)):
            call = make(world, run, run.chains, spec, clock)
            clock = call.ended or clock
            if call.failure:
                run.failure = Failure("fault", pipe, message="pipe failed", cause=call.failure)
                break
        run.ended = run.released = clock + world.spread(3)
        _judge(world, run.messages[0], delivery, run)


def _target(world: World, delivery: Delivery) -> CallTo:
    target = world.nodes[delivery.to]
    operation = {WORKFLOW: "StartExecution", QUEUE: "SendMessage", BUS: "PutEvents"}.get(
        target.kind, "Invoke"
    )
    return CallTo(to=target.name, operation=operation)
