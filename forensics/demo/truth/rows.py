"""The story's records as rows of the tables, in the order of the schemas' columns."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from forensics.demo.scenario import CARRIERS, FUNCTION, POD, SHARED, Node, Scenario
from forensics.demo.story import (
    Call,
    Chain,
    Deliver,
    Ending,
    Failure,
    Happening,
    Invocation,
    Micros,
    Trace,
)
from forensics.demo.telemetry.containers import log_stream
from forensics.demo.telemetry.line import billed_ms, function_stream, log_group
from forensics.demo.truth import evidence, verdicts
from forensics.demo.truth.decidable import decide, path
from forensics.demo.truth.parquet import Row
from forensics.demo.truth.records import calls_of, key, logged, runs_in_environment, traced

_NOT_FAILED = frozenset({"partial", "slow"})
_PLAIN = (str, int, float, bool, dict, list, tuple)
_encode = msgspec.json.Encoder(order="sorted", enc_hook=str).encode


def invocation_row(invocation: Invocation) -> Row:
    node, environment, failure = invocation.node, invocation.environment, invocation.failure
    function = node.kind == FUNCTION
    return (
        key(invocation),
        invocation.request_id,
        invocation.attempt,
        node.name,
        node.kind,
        invocation.trace.id,
        invocation.trace.sampled,
        traced(invocation),
        logged(invocation),
        log_group(node) if runs_in_environment(invocation) else None,
        _log_stream(invocation),
        invocation.version if function else None,
        environment.id if environment else None,
        invocation.execution_arn or None,
        invocation.started,
        invocation.ended,
        invocation.duration if function else invocation.ended - invocation.started,
        invocation.init > 0,
        invocation.suppressed_init > 0,
        "ok" if failure is None or failure.kind in _NOT_FAILED else "failed",
        failure.kind if failure else None,
        (failure.type or None) if failure else None,
        invocation.status,
        len(invocation.failed_messages),
        billed_ms(invocation) if function else None,
        invocation.memory_mb if function else None,
        [chain.root.id for chain in invocation.chains],
    )


def edges_of_trace(trace: Trace) -> Iterator[Row]:
    """All calls that were made in it, and the attempts that no call names any more."""
    named: set[int] = set()
    for caller in trace.invocations:
        for call in calls_of(caller):
            reached = _callees(call)
            named.update(map(id, reached))
            if reached:
                yield from (_call_edge(caller, call, callee) for callee in reached)
            else:
                yield _edge_to_node(caller, call)
        for child in (child for run in caller.states for child in run.children):
            named.add(id(child))
            yield _child_edge(caller, child)
    for callee in trace.invocations:
        above = callee.caller
        replaced = above is not None and above.trace is trace and not callee.messages
        if above is not None and replaced and id(callee) not in named:
            yield _call_edge(above, None, callee)


def _callees(call: Call) -> list[Invocation]:
    return [call.callee, *call.callee.retries] if call.callee else []


def _call_edge(caller: Invocation, call: Call | None, callee: Invocation) -> Row:
    return (
        key(caller),
        key(callee),
        caller.node.name,
        callee.node.name,
        None,
        "call",
        callee.asynchronous,
        caller.trace.id,
        callee.trace.id,
        call.id if call else None,
        callee.request_id,
        None,
        None,
        callee.execution_arn or None,
        bool(call is None or call.failure or call.ended is None),
        evidence.of_call(caller, call, callee),
    )


def _edge_to_node(caller: Invocation, call: Call) -> Row:
    target = call.target
    return (
        key(caller),
        None,
        caller.node.name,
        target.name,
        None,
        "call",
        target.kind in CARRIERS or call.spec.asynchronous,
        caller.trace.id,
        None,
        call.id,
        call.request_id,
        call.message_id or None,
        None,
        None,
        call.failure is not None or call.ended is None,
        evidence.of_store(caller),
    )


def _child_edge(parent: Invocation, child: Invocation) -> Row:
    ids = (None, child.request_id, None, None, child.execution_arn or None)
    return (
        *(key(parent), key(child), parent.node.name, child.node.name, None, "call", False),
        *(parent.trace.id, child.trace.id, *ids, child.failure is not None),
        evidence.of_child(child),
    )


def _log_stream(invocation: Invocation) -> str | None:
    environment, node = invocation.environment, invocation.node
    if environment is None:
        return None
    if node.kind == POD:
        return log_stream(environment)
    return function_stream(node, environment) if node.kind == FUNCTION else environment.log_stream


def edges_of_deliveries(chain: Chain) -> Iterator[Row]:
    for deliver in chain.deliveries:
        consumer, message = deliver.invocation, deliver.message
        if consumer is None:
            continue
        producer = message.producer
        yield (
            *(key(producer), key(consumer), producer.node.name, consumer.node.name),
            *(message.source.name, "link", True, producer.trace.id, consumer.trace.id),
            *(message.sent_by.id, consumer.request_id, message.id, deliver.event_id or None),
            *(consumer.execution_arn or None, deliver.failure is not None),
            evidence.of_delivery(deliver, consumer),
        )


def edges_of_configuration(account: Scenario) -> Iterator[Row]:
    """What nodes share: known from the configuration, whoever calls whom."""
    for node in account.nodes:
        for name in _shares(node):
            if account.node(name).kind in SHARED:
                ids = (None,) * 7
                # What a pod uses is known to Kubernetes, not to an API of AWS.
                proof = [] if node.kind == POD else ["configured"]
                yield (None, None, node.name, name, None, "uses", False, *ids, False, proof)


def _shares(node: Node) -> Iterator[str]:
    yield from (name for name in (*node.subnets, node.role, *node.layers, node.nat) if name)


def delivery_row(chain: Chain, deliver: Deliver) -> Row:
    message, consumer = deliver.message, deliver.invocation
    return (
        message.id,
        message.body_of or None,
        chain.root.id,
        message.source.name,
        key(message.producer),
        deliver.consumer.name,
        key(consumer) if consumer else None,
        deliver.attempt,
        deliver.outcome,
        deliver.failure.kind if deliver.failure else None,
        deliver.event_id or None,
        deliver.at,
    )


def chain_row(account: Scenario, chain: Chain) -> Row:
    route = chain.route
    ended = max((inv.released or inv.ended for inv in chain.invocations), default=chain.started)
    return (
        chain.root.id,
        route.name if route else None,
        account.entry_of(route).name if route else None,
        chain.order,
        len(chain.invocations),
        len(chain.messages),
        chain.started,
        ended,
        chain.root.sampled,
        "failed" if chain.failures else "absorbed" if chain.absorbed else "ok",
        len(chain.failures),
        len(chain.absorbed),
        chain.dead_lettered,
        [fault.name for fault in chain.picked],
    )


def failure_row(account: Scenario, chain: Chain, ending: Ending) -> Row:
    failure = ending.failure
    root, verdict = failure.root, verdicts.expected(ending)
    return (
        chain.root.id,
        ending.symptom.name,
        ending.symptom.kind,
        ending.failed_at,
        failure.kind,
        failure.message or None,
        [key(invocation) for invocation in ending.invocations],
        [place.node.name for place in path(ending)],
        root.node.name,
        root.node.kind,
        root.category,
        verdicts.fault_name(ending),
        verdict.origin.name if verdict else None,
        verdict.category if verdict else None,
        verdicts.agrees(ending),
        None,  # onset: known at the end
        *_trigger(account, root),
        sorted(verdicts.roles(ending).items()),
        verdicts.must_not_blame(chain, ending),
        *decide(account, ending),
    )


def _trigger(account: Scenario, root: Failure) -> tuple[str | None, Micros | None]:
    name = root.fault.expect.trigger if root.fault and root.fault.expect else ""
    for change in account.changes:
        if name and change.name == name:
            return name, starts(account) + int(change.minute * 60_000_000)
    return None, None


def starts(account: Scenario) -> Micros:
    return int(account.starts_at.timestamp()) * 1_000_000


def absorbed_row(chain: Chain, ending: Ending) -> Row:
    root = ending.failure.root
    return (
        chain.root.id,
        root.node.name,
        root.kind,
        root.category,
        verdicts.fault_name(ending),
        ending.handler.name if ending.handler else None,
        ending.how or None,
        ending.failed_at,
        verdicts.agrees_absorbed(ending),
        1,
    )


def happening_row(happening: Happening) -> Row:
    environment = happening.environment
    return (
        happening.at,
        happening.kind,
        happening.node.name,
        environment.id if environment else None,
        (environment.host or None) if environment else None,
        _encode({name: _plain(value) for name, value in happening.details.items()}).decode(),
    )


def _plain(value: object) -> object:
    """Records of the story lead to each other in circles: their names are enough."""
    if value is None or isinstance(value, _PLAIN):
        return value
    return getattr(value, "name", None) or getattr(value, "id", None) or str(value)
