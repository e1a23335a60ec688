"""What does not hold together in a scenario that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from forensics.demo.scenario import CallEffect, Fault, Node, Scenario

_NEED_EXCEPTION = ("exception",)
_ON_CALLS = frozenset(get_args(CallEffect))


def mistakes(scenario: Scenario) -> Iterator[str]:
    """A sentence each, the first the most basic."""
    names = [node.name for node in scenario.nodes]
    yield from (f"node {name} stands there twice" for name in set(names) if names.count(name) > 1)
    if scenario.starts_at.tzinfo is None:
        yield "starts_at needs a time zone, as in 2026-10-05T02:00:00Z"
    if abs(sum(route.share for route in scenario.routes) - 1) > 1e-9:
        yield "the shares of the routes do not add up to 1"
    known = set(names)
    yield from (
        f"{where} names the node {name}, which there is not"
        for where, name in _mentions(scenario)
        if name not in known
    )
    for fault in scenario.faults:
        yield from _of_fault(scenario, fault)


def _mentions(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for route in scenario.routes:
        yield f"route {route.name}", route.to
        if route.entry:
            yield f"route {route.name}", route.entry
    for node in scenario.nodes:
        yield from ((f"node {node.name}", name) for name in _named_by(node) if name)
    for fault in scenario.faults:
        named = (fault.node, fault.before, fault.goes_to, *fault.callers)
        yield from ((f"fault {fault.name}", name) for name in named if name)
        yield from ((f"the verdict of fault {fault.name}", name) for name in _judged(fault))
    for change in scenario.changes:
        yield f"change {change.name}", change.node
    for measured in scenario.measured:
        yield f"metric {measured.metric}", measured.node


def _named_by(node: Node) -> Iterator[str]:
    calls = (*node.call, *(call for state in node.state for call in state.call))
    yield from (call.to for call in calls)
    for delivery in node.deliver:
        yield from (delivery.to, delivery.on_failure, delivery.dead_letter)
    yield from (node.role, node.nat, node.consumer, node.dead_letter, node.on_failure)
    yield from (*node.subnets, *node.layers)


def _judged(fault: Fault) -> Iterator[str]:
    if fault.expect:
        verdict = fault.expect
        yield from (
            verdict.origin.name,
            *verdict.chain,
            *verdict.roles,
            *verdict.must_not_blame,
            *verdict.also_at,
        )
        yield from (verdict.symptom,) if verdict.symptom else ()
    if fault.absorbed:
        yield from (fault.absorbed.origin.name, fault.absorbed.handler)


def _of_fault(scenario: Scenario, fault: Fault) -> Iterator[str]:
    where = f"fault {fault.name}"
    if (fault.route or fault.requests) and fault.route not in {route.name for route in scenario.routes}:
        yield f"{where} hits the route {fault.route}, which there is not"
    if not 0 <= fault.from_minute < fault.until_minute <= scenario.minutes:
        yield f"{where} lasts from minute {fault.from_minute} to {fault.until_minute} of {scenario.minutes}"
    if fault.kind in _NEED_EXCEPTION and fault.exception is None:
        yield f"{where} is of kind {fault.kind} and needs an exception"
    if fault.callers and fault.kind not in _ON_CALLS:
        yield f"{where} is of kind {fault.kind}, which has no callers"
    changes = {change.name for change in scenario.changes}
    if fault.expect and fault.expect.trigger and fault.expect.trigger not in changes:
        yield f"{where} was triggered by {fault.expect.trigger}, which is no change of the scenario"
    expected = fault.expect.failures if fault.expect else fault.absorbed and fault.absorbed.count
    if fault.requests and expected is not None and expected != fault.requests:
        yield f"{where} hits {fault.requests} requests, but {expected} are expected to show it"
