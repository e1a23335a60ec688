"""What a good investigation says about a failure: from the story, beside what its author expects."""

from __future__ import annotations

from forensics.demo.scenario import Absorbed, Fault, Node, Verdict
from forensics.demo.story import Chain, Ending, Invocation
from forensics.demo.truth.decidable import path
from forensics.demo.truth.records import calls_of


def expected(ending: Ending) -> Verdict | None:
    fault = ending.failure.root.fault
    return fault.expect if fault else None


def roles(ending: Ending) -> dict[str, str]:
    """Node → role; where the author gives one, the author's word wins.

    The root is the origin, whoever is above it a victim. An amplifier is a program that made the
    failing call again by itself; an SDK's own attempts and a queue's redelivery are how things are
    meant to be, and make an amplifier only where the author says so.
    """
    derived = dict.fromkeys((ending.symptom.name, *_names(ending)), "victim")
    derived |= dict.fromkeys(_amplifiers(ending), "amplifier")
    if ending.handler:
        derived[ending.handler.name] = "handler"
    derived[ending.failure.root.node.name] = "origin"
    verdict = expected(ending)
    return derived | dict(verdict.roles) if verdict else derived


def _names(ending: Ending) -> list[str]:
    return [failure.node.name for failure in path(ending)]


def _amplifiers(ending: Ending) -> list[str]:
    on_path = set(_names(ending))
    return [invocation.node.name for invocation in ending.invocations if _repeats(invocation, on_path)]


def _repeats(invocation: Invocation, on_path: set[str]) -> bool:
    failed = [call for call in calls_of(invocation) if call.failure and call.target.name in on_path]
    return len({call.target.name for call in failed}) < len(failed)


def must_not_blame(chain: Chain, ending: Ending) -> list[str]:
    """What the author names, else everybody in the chain except the origin."""
    verdict = expected(ending)
    if verdict and verdict.must_not_blame:
        return list(verdict.must_not_blame)
    return sorted(_nodes(chain) - {ending.failure.root.node.name})


def _nodes(chain: Chain) -> set[str]:
    served = {invocation.node.name for invocation in chain.invocations}
    called = {call.target.name for invocation in chain.invocations for call in calls_of(invocation)}
    return served | called


def agrees(ending: Ending) -> bool:
    """Whether the story's root is the one that the author of the scenario expects."""
    verdict, root = expected(ending), ending.failure.root
    if verdict is None:
        return root.fault is not None
    blamed = [name for name, role in verdict.roles.items() if role == "origin"]
    return (
        _same(verdict, root.node, root.category)
        and all(name == root.node.name for name in blamed)
        and verdict.roles.get(root.node.name, "origin") == "origin"
        and root.node.name not in verdict.must_not_blame
    )


def agrees_absorbed(ending: Ending) -> bool:
    """A fault may be absorbed without its author saying so: a retry that helped."""
    root = ending.failure.root
    known = root.fault.absorbed if root.fault else None
    if known is None:
        return root.fault is not None
    handler = ending.handler.name if ending.handler else ""
    return _same(known, root.node, root.category) and known.handler == handler


def _same(said: Verdict | Absorbed, node: Node, category: str) -> bool:
    return said.origin.name == node.name and said.category == category


def fault_name(ending: Ending) -> str | None:
    fault: Fault | None = ending.failure.root.fault
    return fault.name if fault else None
