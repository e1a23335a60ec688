"""What made it worse or helped it along: conditions that records show of the steps from symptom to origin."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.model import Invocation
from forensics.rootcause.walk import Walk
from forensics.rootcause.words import node_words

__all__ = ["conditions"]

# Whoever waits feels a cold start; who raises an exception does not.
_SLOW = frozenset({"timeout", "timeout_mismatch", "dependency_slow", "init_failure", "latency_regression"})
_NEARLY_ALL = 0.95


def conditions(walked: Walk, again: int) -> tuple[str, ...]:
    """Sentences without a full stop; `again` is how many more attempts failed like the symptom's."""
    found = [c for step in walked.steps for c in step.finding.contributing]
    if again:
        found.append(
            f"{node_words(walked.steps[0].me.node)} was tried {again + 1} times, and failed each time"
        )
    category = walked.origin.finding.category or "unknown"
    for step in walked.steps:
        found += _of(step.me, category)
    return tuple(dict.fromkeys(found))


def _of(me: Invocation, category: str) -> Iterator[str]:
    who = node_words(me.node)
    if me.is_cold_start and category in _SLOW:
        yield f"{who} had a cold start"
    memory, used = me.memory_mb, me.max_memory_mb
    if memory and used and used >= _NEARLY_ALL * memory and category != "out_of_memory":
        yield f"{who} had used {used} of {memory} MB"
