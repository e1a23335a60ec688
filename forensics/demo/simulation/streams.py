"""Streams: records in order per shard, one batch at a time, and what a bad record does to the rest.

A batch that fails comes again until it succeeds, was tried `max_retries` times, or its records
expired; nothing behind it moves meanwhile (Lambda developer guide, "Kinesis as an event source").
"""

from __future__ import annotations

from forensics.demo.scenario import Delivery, Node
from forensics.demo.simulation.admission import refused
from forensics.demo.simulation.world import GRACE, Shard, World
from forensics.demo.story import (
    Chain,
    Failure,
    Invocation,
    Message,
    Micros,
    Outcome,
    Receive,
)

_POLL: Micros = 1_000_000
_BACK_OFF: Micros = 1_000_000
_MAX_BACK_OFF: Micros = 60_000_000


def put(world: World, message: Message, delivery: Delivery, at: Micros) -> None:
    key = (message.source.name, delivery.to, message.shard)
    shard = world.shards.setdefault(key, Shard())
    world.hold([message.chain], [message.producer.trace])

    def appear(now: Micros) -> None:
        shard.records.append(message)
        if not shard.busy:
            shard.busy = True
            wait = delivery.window_ms * 1000 + world.spread(_POLL / 4000)
            world.later(now + wait, lambda later: _work_off(world, shard, delivery, later))

    world.later(at, appear)


def _work_off(world: World, shard: Shard, delivery: Delivery, now: Micros) -> None:
    size = min(shard.size or delivery.batch, len(shard.records))
    batch, consumer = shard.records[:size], world.nodes[delivery.to]
    stopped = refused(world, consumer, now)
    if stopped:
        world.happens(now, "throttled", consumer, reason=stopped.reason)
        _again(world, shard, delivery, now + _POLL)
        return
    invocation = _invoke(world, batch, delivery, consumer, now)
    failed = set(invocation.failed_messages)
    if invocation.failure is None and not failed:
        _advance(world, shard, delivery, invocation, size, "done")
        return
    # Of a batch that names its failures, those before the first one are behind us.
    first = next((n for n, message in enumerate(batch) if message.id in failed), 0)
    if failed and first:
        _advance(world, shard, delivery, invocation, first, "done")
        return
    _retry(world, shard, delivery, invocation, batch)


def _invoke(
    world: World, batch: list[Message], delivery: Delivery, consumer: Node, now: Micros
) -> Invocation:
    sampled = world.rng.random() < batch[0].chain.route.sampling
    trace = world.new_trace(now, sampled)
    world.hold((), (trace,))
    chains: dict[int, Chain] = {id(message.chain): message.chain for message in batch}
    invocation = world.accept(consumer, trace, now, list(chains.values()))
    for message in batch:
        message.received += 1
        message.first_received = message.first_received or now
    invocation.messages = [Receive(message, message.received) for message in batch]
    invocation.delivery = delivery
    world.servers[consumer.kind](world, invocation)
    world.release((), (trace,))
    return invocation


def _retry(
    world: World, shard: Shard, delivery: Delivery, invocation: Invocation, batch: list[Message]
) -> None:
    shard.attempts += 1
    failure = invocation.failure or next(r.failure for r in invocation.messages if r.failure)
    spent = 0 <= delivery.max_retries < shard.attempts
    expired = invocation.released > world.ends + GRACE
    if spent and delivery.bisect and len(batch) > 1:
        shard.size, shard.attempts, spent = max(1, len(batch) // 2), 0, False
    else:
        # The very same records again, however many have come since.
        shard.size = len(batch)
    if spent or expired:
        _drop(world, shard, delivery, invocation, batch, failure)
        return
    for message in batch:
        _note(world, message, delivery, invocation, "returned", failure)
    wait = min(_MAX_BACK_OFF, _BACK_OFF * 2 ** min(shard.attempts, 6))
    _again(world, shard, delivery, invocation.released + wait)


def _drop(
    world: World,
    shard: Shard,
    delivery: Delivery,
    invocation: Invocation,
    batch: list[Message],
    failure: Failure,
) -> None:
    """Given up: its records are lost, what waited behind it goes on."""
    outcome: Outcome = "dead-lettered" if delivery.on_failure else "expired"
    for message in batch:
        world.lost(message.chain, message, invocation.released, failure, invocation.node)
    if delivery.on_failure:
        target = world.nodes[delivery.on_failure]
        world.forward(world, batch[0].chain, invocation, target, invocation.released)
    _advance(world, shard, delivery, invocation, len(batch), outcome, failure)


def _advance(
    world: World,
    shard: Shard,
    delivery: Delivery,
    invocation: Invocation,
    count: int,
    outcome: Outcome,
    failure: Failure | None = None,
) -> None:
    gone, shard.records = shard.records[:count], shard.records[count:]
    shard.attempts = shard.size = 0
    for message in gone:
        _note(world, message, delivery, invocation, outcome, failure)
        earlier = [made.failure for made in message.deliveries if made.failure]
        if outcome == "done" and earlier and earlier[0]:
            way = [made.invocation for made in message.deliveries if made.invocation]
            at = invocation.released
            world.absorbed(message.chain, message.source, earlier[0], at, "redelivered", way)
        world.release([message.chain], [message.producer.trace])
    if shard.records:
        _again(world, shard, delivery, invocation.released + _POLL // 4)
    else:
        shard.busy = False


def _again(world: World, shard: Shard, delivery: Delivery, at: Micros) -> None:
    world.later(at, lambda now: _work_off(world, shard, delivery, now))


def _note(
    world: World,
    message: Message,
    spec: Delivery,
    invocation: Invocation,
    outcome: Outcome,
    failure: Failure | None,
) -> None:
    at, attempt = invocation.accepted, message.received
    world.delivered(message, spec, invocation.node, at, attempt, outcome, invocation, failure)
