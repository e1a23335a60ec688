"""The same scenario with more, or fewer, requests."""

from __future__ import annotations

from msgspec.structs import replace

from forensics.demo.scenario import Absorbed, Fault, Scenario, Verdict


def scaled(scenario: Scenario, requests: int) -> Scenario:
    """The scenario with so many requests in the same minutes.

    Faults that pick their requests pick the same share of them, at least one each; what is expected
    of them grows alike.
    """
    ratio = requests / scenario.requests
    faults = tuple(_fault(fault, ratio) for fault in scenario.faults)
    return replace(scenario, requests=requests, faults=faults)


def _fault(fault: Fault, ratio: float) -> Fault:
    return replace(
        fault,
        requests=_count(fault.requests, ratio) or 0,
        also_slow=_count(fault.also_slow, ratio) or 0,
        expect=_verdict(fault.expect, ratio),
        absorbed=_absorbed(fault.absorbed, ratio),
    )


def _verdict(verdict: Verdict | None, ratio: float) -> Verdict | None:
    return verdict and replace(verdict, failures=_count(verdict.failures, ratio))


def _absorbed(absorbed: Absorbed | None, ratio: float) -> Absorbed | None:
    return absorbed and replace(absorbed, count=_count(absorbed.count, ratio))


def _count(count: int | None, ratio: float) -> int | None:
    return max(1, round(count * ratio)) if count else count
