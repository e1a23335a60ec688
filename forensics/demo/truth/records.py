"""What an invocation leaves behind, by how its node is set up.

One place for rules that tables, evidence and decidability share. They follow what the AWS guides say
of each service, not how anybody reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import (
    BALANCER,
    CONTAINER,
    ENTRIES,
    FUNCTION,
    HTTP_API,
    PIPE,
    POD,
    STAGE,
    WORKFLOW,
)
from forensics.demo.story import Call, Failure, Invocation, Remark

# X-Ray developer guide, "Integrating AWS X-Ray with other AWS services": load balancers, HTTP APIs,
# function URLs and schedules pass a header on, and send nothing themselves.
_SEND_SEGMENTS = frozenset({STAGE, FUNCTION, CONTAINER, POD, WORKFLOW})
_DIED = frozenset({"out_of_memory", "crash"})
_RUN_IN_ENVIRONMENTS = frozenset({FUNCTION, CONTAINER, POD})
# Dialects in which every line names the trace, or the id of the business.
_NAMES_TRACE = frozenset({"trace-id", "chatty"})
_NO_ANSWER = frozenset({"connection", "timeout"})
_NAMES_ORDER = frozenset({"correlation-id", "chatty"})


def key(invocation: Invocation) -> str:
    """Its id in the truth: attempts of an asynchronous invocation share segment and request id."""
    if invocation.attempt == 1:
        return invocation.id
    return f"{invocation.id}#{invocation.attempt}"


def traced(invocation: Invocation) -> bool:
    """Whether it left segments: sampled, its node sends some, and its process lived to send them.

    Lambda sends a function's segment itself; the children of a distributed map have none.
    """
    node, failure = invocation.node, invocation.failure
    if not invocation.trace.sampled or node.kind not in _SEND_SEGMENTS or node.tracing != "active":
        return False
    died = failure is not None and failure.kind in _DIED and node.kind in (CONTAINER, POD)
    return not died and not invocation.children_of


def runs_in_environment(invocation: Invocation) -> bool:
    return invocation.node.kind in _RUN_IN_ENVIRONMENTS


def logged(invocation: Invocation) -> bool:
    """Whether a line, an access log entry or an execution history names it."""
    node = invocation.node
    if node.kind == FUNCTION:
        return True
    if node.kind in (CONTAINER, POD):
        return _speaks(invocation) or any(True for _ in written(invocation))
    if node.kind == WORKFLOW and not node.express:
        return True
    if node.kind in (WORKFLOW, PIPE):
        return node.execution_log and node.log_level != "OFF"
    if node.kind == STAGE:
        return node.access_log or node.execution_log
    return node.kind in (HTTP_API, BALANCER) and node.access_log


def written(invocation: Invocation) -> Iterator[Remark]:
    """The remarks that its dialect lets through; of `platform` only what the runtime writes itself."""
    talks = invocation.node.log_dialect != "platform"
    return (said for said in invocation.remarks if talks or (said.failure and not said.text))


def names_trace(invocation: Invocation) -> bool:
    """Whether its lines name the trace: REPORT of a sampled function does, and two dialects."""
    node = invocation.node
    if node.kind == FUNCTION and traced(invocation):
        return True
    if node.kind in (BALANCER, STAGE):
        # The load balancer's trace_id field is always there, $context.xrayTraceId where traced.
        return node.access_log and (node.kind == BALANCER or traced(invocation))
    if node.kind != FUNCTION and node.sdk == "otel" and node.tracing == "off":
        return False
    return node.log_dialect in _NAMES_TRACE and _speaks(invocation)


def names_order(invocation: Invocation, order: str) -> bool:
    """Whether its lines name this id of the business, by dialect or in their own words."""
    dialect = invocation.node.log_dialect
    if dialect == "platform":
        return False
    if dialect in _NAMES_ORDER and invocation.chains and invocation.chain.order == order:
        return _speaks(invocation)
    return any(order in said.text for said in invocation.remarks)


def _speaks(invocation: Invocation) -> bool:
    """Whether its program writes lines of its own; chatty ones also write one per call."""
    dialect = invocation.node.log_dialect
    if any(said.text for said in invocation.remarks):
        return dialect != "platform"
    return dialect == "chatty" and bool(invocation.calls)


def mentions(invocation: Invocation, *words: str) -> bool:
    """Whether a line of it says one of these words."""
    return any(word in text for text in map(_text, written(invocation)) for word in words if word)


def names_request(caller: Invocation, call: Call) -> bool:
    """Chatty services print the request ids of those that answered them."""
    if caller.node.log_dialect != "chatty" or call.ended is None or not call.request_id:
        return False
    return call.failure is None or call.failure.kind not in _NO_ANSWER


def shows(invocation: Invocation, failure: Failure) -> bool:
    """Whether its own records show that it went wrong; a REPORT says nothing of an answered error."""
    if traced(invocation):
        return True
    if not logged(invocation):
        return False
    if invocation.node.kind in (*ENTRIES, WORKFLOW):
        return True
    if invocation.node.kind == FUNCTION and failure.kind != "answered":
        return True
    return any(said.failure or said.level in ("WARN", "ERROR") for said in written(invocation))


def calls_of(invocation: Invocation) -> Iterator[Call]:
    """Its calls in order; those of a workflow stand in its states."""
    yield from invocation.calls
    if invocation.states:
        known = {call.id for call in invocation.calls}
        yield from (call for run in invocation.states for call in run.calls if call.id not in known)


def _text(said: Remark) -> str:
    """A remark with the exception that stands below it, and the ones that this one wraps."""
    parts = [said.text]
    failure = said.failure
    while failure is not None:
        parts.append(f"{failure.type}: {failure.message}")
        failure = failure.cause if failure.exception and failure.exception.wraps else None
    return " ".join(parts)
