"""Which fault hits what passes by: looked up by node, narrowed by time, chance and circumstance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import get_args

from forensics.demo.scenario import CallEffect, CallTo, Fault, Node, OwnEffect, Scenario
from forensics.demo.story import Chain, Environment, Invocation, Micros

OWN = frozenset(get_args(OwnEffect))
ON_CALLS = frozenset(get_args(CallEffect)) | {
    "killed",
    "crash_loop",
    "image_pull",
    "liveness",
    "readiness",
}
_MINUTE: Micros = 60_000_000


class Weather:
    """The scenario's faults. Each draws chances of its own, so that one does not shift another."""

    def __init__(self, scenario: Scenario) -> None:
        self._starts = int(scenario.starts_at.timestamp()) * 1_000_000
        self._chance = {fault.name: Random(f"{scenario.seed} {fault.name}") for fault in scenario.faults}
        self._own = _by_node(scenario.faults, OWN)
        self._calls = _by_node(scenario.faults, ON_CALLS)
        self._other = _by_node(scenario.faults, {"dropped", "delayed", "no_address"})
        self._bursts = [fault for fault in scenario.faults if fault.kind == "burst"]
        self._nats = _gateways(scenario)

    def starts(self, fault: Fault) -> Micros:
        return self._starts + int(fault.from_minute * _MINUTE)

    def ends(self, fault: Fault) -> Micros:
        return self._starts + int(fault.until_minute * _MINUTE)

    def on_work(self, invocation: Invocation, chains: Sequence[Chain], at: Micros) -> Fault | None:
        """What is wrong with the node's own work for this invocation."""
        found = self._own.get(invocation.node.name)
        if found is None:
            return None
        attempt = _attempt(invocation)
        for fault in found:
            if self._applies(fault, chains, at, invocation.environment, attempt) and (
                not fault.version or fault.version == invocation.version
            ):
                return fault
        return None

    def on_start(self, node: Node, environment: Environment, at: Micros) -> Fault | None:
        """What keeps a new environment of the node from coming up."""
        for fault in self._own.get(node.name, ()):
            if (
                fault.kind == "init_failure"
                and self._lasts(fault, at)
                and fault.version in ("", environment.version)
                and self._chance[fault.name].random() < fault.share
            ):
                return fault
        return None

    def on_call(
        self, caller: Invocation, chains: Sequence[Chain], target: Node, spec: CallTo, at: Micros
    ) -> Fault | None:
        """What is wrong with a call for these chains: at the target, or on the way to it."""
        for fault in self._calls.get(target.name, ()):
            if self._meets(fault, caller, chains, spec, at):
                return fault
        if target.kind == "remote" and caller.node.subnets:
            for nat in self._nats.get(caller.node.name, ()):
                for fault in self._calls.get(nat, ()):
                    if self._meets(fault, caller, chains, spec, at):
                        return fault
        return None

    def on_delivery(self, consumer: Node, chains: Sequence[Chain], at: Micros) -> Fault | None:
        for fault in self._other.get(consumer.name, ()):
            if fault.kind in ("dropped", "delayed") and self._applies(fault, chains, at, None, 1):
                return fault
        return None

    def burst(self, target: Node, at: Micros) -> Fault | None:
        """The rush that is on, or was a moment ago; one that speaks of this very function first."""
        after = 5 * _MINUTE
        on = [fault for fault in self._bursts if self.starts(fault) <= at < self.ends(fault) + after]
        return next((fault for fault in on if fault.node == target.name), on[0] if on else None)

    def no_address(self, node: Node, at: Micros) -> Fault | None:
        for subnet in node.subnets:
            for fault in self._other.get(subnet, ()):
                if fault.kind == "no_address" and self._lasts(fault, at):
                    return fault
        return None

    def _meets(
        self, fault: Fault, caller: Invocation, chains: Sequence[Chain], spec: CallTo, at: Micros
    ) -> bool:
        return (
            (not fault.callers or caller.node.name in fault.callers)
            and (not fault.operation or fault.operation == spec.operation)
            and (not fault.version or fault.version == caller.version)
            and self._applies(fault, chains, at, caller.environment, _attempt(caller))
        )

    def _applies(
        self,
        fault: Fault,
        chains: Iterable[Chain],
        at: Micros,
        environment: Environment | None,
        attempt: int,
    ) -> bool:
        if fault.kind == "init_failure":
            return False
        if fault.attempts and attempt > fault.attempts and fault.kind in OWN:
            return False
        if fault.requests:
            return any(fault in chain.picked for chain in chains)
        if not self._lasts(fault, at):
            return False
        if environment is not None and not self._concerns(fault, environment):
            return False
        return fault.share >= 1 or self._chance[fault.name].random() < fault.share

    def _concerns(self, fault: Fault, environment: Environment) -> bool:
        before = environment.started < self.starts(fault)
        return (
            (not fault.zone or environment.zone == fault.zone)
            and (not fault.warm_only or before)
            and (not fault.cold_only or not before)
        )

    def _lasts(self, fault: Fault, at: Micros) -> bool:
        return self.starts(fault) <= at < self.ends(fault)


def _attempt(invocation: Invocation) -> int:
    if invocation.messages:
        return max(receive.received for receive in invocation.messages)
    return invocation.attempt


def _by_node(faults: Iterable[Fault], kinds: Iterable[str]) -> dict[str, list[Fault]]:
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        if fault.kind in kinds:
            found.setdefault(fault.node, []).append(fault)
    return found


def _gateways(scenario: Scenario) -> dict[str, list[str]]:
    """Through which NAT gateways a node's traffic leaves."""
    return {
        node.name: sorted({scenario.by_name[subnet].nat for subnet in node.subnets} - {""})
        for node in scenario.nodes
        if node.subnets
    }
