"""Links between the trace that sent messages to a queue and the traces that received them.

X-Ray keeps 20 links of a segment. Lambda's event source mapping makes them for SQS; other consumers
have them only from OpenTelemetry's own span links.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from forensics.demo.scenario import FUNCTION, QUEUE
from forensics.demo.story import Invocation, Receive
from forensics.demo.telemetry.xray.parents import left_a_segment
from forensics.demo.telemetry.xray.values import Document, millis

_MOST = 20
_REFERENCE = "aws.xray.reserved.reference_type"


def to_producers(invocation: Invocation) -> list[Document]:
    """One for each call that sent messages of this batch."""
    made: dict[tuple[str, str], Document] = {}
    if invocation.node.kind != FUNCTION and invocation.node.sdk != "otel":
        return []
    for received in invocation.messages:
        if not _is_linked(received, invocation):
            continue
        sent = received.message
        key = (sent.producer.trace.id, sent.sent_by.id)
        made[key] = {"trace_id": key[0], "id": key[1], "attributes": {_REFERENCE: "parent"}}
        if len(made) == _MOST:
            break
    return list(made.values())


def to_consumers(invocation: Invocation) -> list[Document]:
    """One for each function execution that received what this one sent."""
    return [_to_consumer(consumer) for consumer in islice(_consumers(invocation), _MOST)]


def _consumers(invocation: Invocation) -> Iterator[Invocation]:
    seen = set()
    for call in invocation.calls:
        for message in call.messages:
            if message.source.kind != QUEUE:
                continue
            for delivery in message.deliveries:
                consumer = delivery.invocation
                if consumer and consumer.id not in seen and _is_traced(consumer, invocation):
                    seen.add(consumer.id)
                    yield consumer


def _is_traced(consumer: Invocation, producer: Invocation) -> bool:
    if consumer.node.kind != FUNCTION or consumer.trace is producer.trace:
        return False
    return consumer.trace.sampled and left_a_segment(consumer)


def _is_linked(received: Receive, consumer: Invocation) -> bool:
    sent = received.message
    if sent.source.kind != QUEUE or sent.redriven or sent.producer.trace is consumer.trace:
        return False
    return sent.producer.trace.sampled and left_a_segment(sent.producer)


def _to_consumer(consumer: Invocation) -> Document:
    received = millis(consumer.accepted)
    return {
        "trace_id": consumer.trace.id,
        "id": consumer.id,
        "attributes": {
            "aws.xray.reserved.names": [consumer.node.name],
            "aws.xray.reserved.received_event_end_time": received,
            "aws.xray.reserved.type": "AWS::Lambda",
            "aws.xray.reserved.dwell_end_time": received,
            _REFERENCE: "child",
        },
    }
