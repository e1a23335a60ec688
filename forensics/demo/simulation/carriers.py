"""Topics, buses and buckets, and the way into every carrier: who gets what was sent, and when."""

from __future__ import annotations

from forensics.demo.scenario import (
    BUS,
    CONTAINER,
    FUNCTION,
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
from forensics.demo.simulation import events, queues, streams
from forensics.demo.simulation.world import World, parent_for
from forensics.demo.story import (
    Call,
    Chain,
    Failure,
    Invocation,
    Message,
    Micros,
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
        queues.show(world, message, delivery, at + delivery.window_ms * 1000 + world.spread(25))
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


def _stop_loop(world: World, message: Message, at: Micros) -> None:
    """Lambda's loop detection: the message goes no further."""
    fault = next((f for f in world.scenario.faults if f.kind == "loop"), None)
    node = message.producer.node
    root = world.begins(fault, node) if fault else Failure("fault", node, category="recursion")
    root.kind, root.message = "fault", "recursive invocation stopped"
    world.lost(message.chain, message, at, root, node)
