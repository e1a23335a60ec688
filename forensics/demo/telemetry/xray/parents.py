"""Who writes segments, and which span stands above whose segment."""

from __future__ import annotations

from forensics.demo.scenario import (
    CONTAINER,
    FUNCTION,
    POD,
    STAGE,
    TOPIC,
    WORKFLOW,
    Node,
)
from forensics.demo.story import Call, Invocation, Message
from forensics.demo.telemetry.xray.values import derived

# HTTP APIs, load balancers, function URLs and schedules pass a trace header on and send nothing.
_TRACED = frozenset({STAGE, FUNCTION, CONTAINER, POD, WORKFLOW})
# What ends a container's process ends the spans that it had not sent yet.
_DIED = frozenset({"out_of_memory", "crash"})


def traces(node: Node) -> bool:
    """Whether it sends segments of its own."""
    return node.kind in _TRACED and node.tracing == "active"


def left_a_segment(invocation: Invocation) -> bool:
    """A container that was killed in the middle of a request never sent that request's segment.

    (A function's segment is written by the Lambda service.) Step Functions does not trace the
    children of a distributed map.
    """
    node, failure = invocation.node, invocation.failure
    if not traces(node) or invocation.children_of:
        return False
    return node.kind not in (CONTAINER, POD) or failure is None or failure.kind not in _DIED


def was_sent_to(invocation: Invocation) -> Message | None:
    """The message that started it and kept its trace: by SNS, EventBridge or S3."""
    received = invocation.message
    if received is None or received.message.producer.trace is not invocation.trace:
        return None
    return received.message


def parent_of(invocation: Invocation, is_inferring: bool = True) -> str:
    """The id above its segment, empty for a root.

    Whoever sends no segments itself passes the header on as it came, so that the parent is
    whatever was the parent there.
    """
    message = was_sent_to(invocation)
    if message:
        return _above_message(message, is_inferring)
    caller = invocation.caller
    if caller is None or not invocation.parent_id:
        return invocation.parent_id
    return invocation.parent_id if _has_calls(caller) else parent_of(caller, is_inferring)


def _above_message(message: Message, is_inferring: bool) -> str:
    """As recorded: below the segment inferred for the topic, below the subsegment of the S3 call."""
    producer, call = message.producer, message.sent_by
    if not _has_calls(producer):
        return parent_of(producer, is_inferring)
    return inferred_id(call) if call.target.kind == TOPIC and is_inferring else call.id


def _has_calls(invocation: Invocation) -> bool:
    """Whether its calls have subsegments for others to stand under."""
    return traces(invocation.node) and not invocation.children_of


def inferred_id(call: Call) -> str:
    return call.inferred_id or derived(call.id, 1)
