"""Queues, topics, buses, buckets and pipes: who gets what was sent, when, and how often."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.demo.scenario import (
    BUS,
    CONTAINER,
    FUNCTION,
    PIPE,
    POD,
    QUEUE,
    STREAM,
    TABLE,
    TOPIC,
    WORKFLOW,
    CallTo,
    Delivery,
    Node,
)
from forensics.demo.simulation import events, streams
from forensics.demo.simulation.admission import refused
from forensics.demo.simulation.calls import make
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
)

# Lambda stops a loop through SQS, SNS or itself after about so many turns.
_LOOP_LIMIT = 16
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})


def send(world: World, call: Call, caller: Invocation) -> None:
    """What a successful call put into its carrier."""
    target, spec = call.target, call.spec
    if target.kind == TABLE and spec.operation not in _WRITES:
        return
    if target.kind.endswith("Bucket") and spec.operation not in ("PutObject", "CopyObject"):
        return
    if target.kind not in (QUEUE, TOPIC, BUS) and not target.deliveries:
        return
    at = call.ended or call.started
    for _ in range(spec.batch):
        message = _message(world, call, caller, target, at)
        call.messages.append(message)
        arrive(world, message, at)


def _message(world: World, call: Call, caller: Invocation, source: Node, at: Micros) -> Message:
    chain = call.chain or caller.chain
    hops = max((receive.message.hops for receive in caller.messages), default=0) + 1
    group = _group(source, chain.customer)
    message = Message(world.ids.request(), chain, source, caller, call, at, group=group, hops=hops)
    if source.kind in (STREAM, TABLE):
        message.sequence = world.ids.sequence()
        message.shard = int(chain.root.id[-2:], 16) % source.shards
    chain.messages.append(message)
    return message


def _group(source: Node, customer: str) -> str:
    return f"group-{int(customer[2:]) % source.groups}" if source.groups else customer


def forward(world: World, chain: Chain, producer: Invocation, target: Node, at: Micros) -> None:
    """The platform itself sends on: a destination, a dead letter."""
    spec = CallTo(to=target.name, operation="SendMessage")
    call = Call(world.ids.span(), spec, target, at, at, world.ids.request())
    message = Message(world.ids.request(), chain, target, producer, call, at)
    chain.messages.append(message)
    if target.kind == FUNCTION:
        _to_function(world, message, Delivery(target.name), target, at)
    else:
        arrive(world, message, at)


def arrive(world: World, message: Message, at: Micros) -> None:
    """A message is in its carrier now."""
    source = message.source
    if message.hops > _LOOP_LIMIT:
        _stop_loop(world, message, at)
        return
    for delivery in source.deliveries:
        if delivery.share < 1 and world.rng.random() >= delivery.share:
            continue
        _route(world, message, delivery, at)


def _route(world: World, message: Message, delivery: Delivery, at: Micros) -> None:
    source, consumer = message.source, world.nodes[delivery.to]
    fault = world.weather.on_delivery(consumer, [message.chain], at)
    if fault and fault.kind == "dropped":
        root = world.begins(fault, source)
        root.kind, root.message = "lost", f"{consumer.name} never got it"
        world.delivered(message, delivery, consumer, at, 1, "dropped", None, root)
        world.lost(message.chain, message, at, root, consumer)
        return
    if fault:
        at += world.rng.randint(*fault.slow_ms) * 1000
    if source.kind in (STREAM, TABLE):
        streams.put(world, message, delivery, at)
    elif source.kind == QUEUE:
        world.hold([message.chain], [message.producer.trace])
        _show(world, message, delivery, at + delivery.window_ms * 1000 + world.spread(25))
    else:
        _push(world, message, delivery, consumer, at + world.spread(12))


def _push(world: World, message: Message, delivery: Delivery, consumer: Node, at: Micros) -> None:
    """A topic, a bus, a bucket or a pipe hands it on by itself."""
    if consumer.kind == FUNCTION:
        _to_function(world, message, delivery, consumer, at)
        return
    world.hold([message.chain], [message.producer.trace])

    def hand_over(now: Micros) -> None:
        _pass_on(world, message, delivery, consumer, now)
        world.release([message.chain], [message.producer.trace])

    world.later(at, hand_over)


def _to_function(world: World, message: Message, delivery: Delivery, consumer: Node, at: Micros) -> None:
    event = events.Event(
        consumer,
        message.producer.trace,
        at,
        [message.chain],
        world.ids.request(),
        parent_for(message.producer, message.sent_by.id),
        message.producer,
        message=message,
        spec=delivery,
    )
    events.enqueue(world, event)


def _pass_on(world: World, message: Message, delivery: Delivery, consumer: Node, at: Micros) -> None:
    """To another carrier, a workflow, or a service."""
    if consumer.kind in (WORKFLOW, CONTAINER, POD):
        _call_consumer(world, message, delivery, consumer, at)
        return
    copy = Message(
        world.ids.request(),
        message.chain,
        consumer,
        message.producer,
        message.sent_by,
        at,
        body_of=message.id,
        hops=message.hops + 1,
    )
    if consumer.kind in (STREAM, TABLE):
        copy.sequence = world.ids.sequence()
    message.chain.messages.append(copy)
    world.delivered(message, delivery, consumer, at, 1, "done")
    arrive(world, copy, at)


def _call_consumer(world: World, message: Message, delivery: Delivery, consumer: Node, at: Micros) -> None:
    chain, trace = message.chain, message.producer.trace
    parent = parent_for(message.producer, message.sent_by.id)
    started = world.accept(consumer, trace, at, [chain], message.producer, parent)
    started.messages = [Receive(message, 1)]
    world.servers[consumer.kind](world, started)
    failure = started.failure
    world.delivered(message, delivery, consumer, at, 1, "done" if failure is None else "returned", started)
    if failure:
        world.failed(chain, started, failure)


# ---------------------------------------------------------------- queues


def _show(world: World, message: Message, delivery: Delivery, at: Micros) -> None:
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
    batch = [message for message in waiting.values() if _is_its_turn(world, message)][: delivery.batch]
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
        world.lines[queue.name, message.group].remove(message)
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
    _show(world, message, delivery, back_at)


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
        arrive(world, moved, at)
    _leaves(world, message, delivery, at)
    world.release([message.chain], [message.producer.trace])


def _stop_loop(world: World, message: Message, at: Micros) -> None:
    """Lambda's loop detection: the message goes no further."""
    fault = next((f for f in world.scenario.faults if f.kind == "loop"), None)
    node = message.producer.node
    root = world.begins(fault, node) if fault else Failure("fault", node, category="recursion")
    root.kind, root.message = "fault", "recursive invocation stopped"
    world.lost(message.chain, message, at, root, node)


# ---------------------------------------------------------------- pipes


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
