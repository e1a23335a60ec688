"""What proves an edge, in order of strength: only kinds of proof that the telemetry really holds.

trace_parent   both sides left segments in one trace, and the callee's has a parent
trace_link     SQS to Lambda: both sides left segments, and the consumer's links to the producer's
               (20 links per segment: X-Ray's limit)
request_id     the caller's subsegment, access log, execution history or chatty line names the
               request id that the callee's own lines carry
message_id     both sides' records name the message
execution_arn  the caller's lines, or the parent execution's history, name the execution
event_id       the bus writes logs, and the target's lines name the event
trace_header   lines of both sides name the same trace
correlation    lines of both sides name the same id of the business
configured     a mapping, rule, subscription or integration says that it can be: never exact alone
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import (
    BUS,
    CONTAINER,
    ENTRIES,
    FUNCTION,
    HTTP_API,
    POD,
    QUEUE,
    STAGE,
    WORKFLOW,
)
from forensics.demo.story import Call, Deliver, Invocation
from forensics.demo.truth.records import (
    logged,
    mentions,
    names_order,
    names_request,
    names_trace,
    traced,
)

EXACT = frozenset(
    {
        "trace_parent",
        "trace_link",
        "request_id",
        "message_id",
        "execution_arn",
        "event_id",
        "trace_header",
        "correlation",
    }
)
_MAX_LINKS = 20


def of_call(caller: Invocation, call: Call | None, callee: Invocation) -> list[str]:
    """Of a call that reached somebody; `call` is None for an attempt that another one replaced."""
    return list(_of_call(caller, call, callee))


def of_store(caller: Invocation) -> list[str]:
    """Of a call to what keeps no records of its own: the caller's subsegment names it."""
    return ["trace_parent"] if traced(caller) else []


def of_delivery(deliver: Deliver, consumer: Invocation) -> list[str]:
    return list(_of_delivery(deliver, consumer))


def of_child(child: Invocation) -> list[str]:
    """Of an execution that a distributed map started: ListExecutions and the history name the map."""
    return ["execution_arn"] if logged(child) else []


def _of_call(caller: Invocation, call: Call | None, callee: Invocation) -> Iterator[str]:
    if _parent(caller, callee):
        yield "trace_parent"
    if call is not None and _knows_request(caller, call, callee):
        yield "request_id"
    if callee.execution_arn and mentions(caller, callee.execution_arn):
        yield "execution_arn"
    yield from _joined(caller, callee, caller.chain.order if caller.chains else "")
    if caller.node.kind in ENTRIES:
        yield "configured"


def _of_delivery(deliver: Deliver, consumer: Invocation) -> Iterator[str]:
    message, producer = deliver.message, deliver.message.producer
    if _parent(producer, consumer):
        yield "trace_parent"
    elif _linked(deliver, producer, consumer):
        yield "trace_link"
    if _knows_message(deliver, producer) and mentions(consumer, message.id):
        yield "message_id"
    if deliver.event_id and _tells_events(deliver) and mentions(consumer, deliver.event_id):
        yield "event_id"
    yield from _joined(producer, consumer, message.chain.order)
    yield "configured"


def _parent(caller: Invocation, callee: Invocation) -> bool:
    same = caller.trace is callee.trace
    return same and bool(callee.parent_id) and traced(caller) and traced(callee)


def _knows_request(caller: Invocation, call: Call, callee: Invocation) -> bool:
    if callee.node.kind != FUNCTION:
        return False
    node, answered = caller.node, call.ended is not None
    if node.kind in (STAGE, HTTP_API):
        if call.failure and call.failure.kind == "timeout" and call.failure is not callee.failure:
            return False  # the gateway left before its integration answered
        return answered and (node.access_log or (node.execution_log and node.kind == STAGE))
    if node.kind == WORKFLOW:
        # TaskSucceeded.output holds SdkResponseMetadata.RequestId, TaskFailed.cause does not.
        return answered and call.failure is None and not node.express
    if node.kind in (FUNCTION, CONTAINER, POD):
        return (answered and traced(caller)) or names_request(caller, call)
    return False


def _linked(deliver: Deliver, producer: Invocation, consumer: Invocation) -> bool:
    if deliver.message.source.kind != QUEUE or deliver.message.redriven or consumer.node.kind != FUNCTION:
        return False
    if not (traced(producer) and traced(consumer)):
        return False
    linked = [receive.id for receive in consumer.messages[:_MAX_LINKS]]
    return deliver.message.id in linked


def _knows_message(deliver: Deliver, producer: Invocation) -> bool:
    """SendMessage's subsegment has the id of the message; a repeated one has another id."""
    message = deliver.message
    if message.body_of:
        return False
    batch = message.sent_by.spec.operation == "SendMessageBatch"
    in_segment = message.source.kind == QUEUE and traced(producer) and not batch
    return in_segment or mentions(producer, message.id)


def _tells_events(deliver: Deliver) -> bool:
    source = deliver.message.source
    return source.kind == BUS and source.execution_log and source.log_level == "ALL"


def _joined(caller: Invocation, callee: Invocation, order: str) -> Iterator[str]:
    if caller.trace is callee.trace and names_trace(caller) and names_trace(callee):
        yield "trace_header"
    if order and names_order(caller, order) and names_order(callee, order):
        yield "correlation"
