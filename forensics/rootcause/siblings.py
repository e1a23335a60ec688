"""What a trace told of some failures, said of those alike that were not sampled.

Sampling chooses by chance: an invocation that failed at the same node, with the same error and at the
same time as one whose trace shows why, failed for the same reason, unless the traced ones disagree.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from forensics.model import Evidence, Invocation, Locator, Node
from forensics.rootcause.place import Finding
from forensics.rootcause.walk import Step, Walk
from forensics.rootcause.words import node_words

__all__ = ["Siblings"]

# Faults come in stretches; what failed alike half an hour away may be another fault.
_NEAR_US = 1_800_000_000
_AGREE = 0.9

Mask = Callable[[str], str]
_Shape = tuple[Node, str, str, str, int | None]


@dataclass(slots=True)
class _Told:
    """What traces said of one shape of failure: origins, the first of each, and when and where."""

    origins: Counter[tuple[Node, str]] = field(default_factory=Counter)
    first: dict[tuple[Node, str], Step] = field(default_factory=dict)
    first_us: int | None = None
    last_us: int | None = None
    locator: Locator | None = None


class Siblings:
    """Collects from explained failures, and explains others by them."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._told: dict[_Shape, _Told] = defaultdict(_Told)

    def learn(self, walked: Walk) -> None:
        """Take in every traced step of a failure whose origin is known for certain or nearly so."""
        origin = walked.origin
        if "weak" in {step.finding.strength for step in walked.steps}:
            return
        for step in walked.steps:
            if step.me.trace_id is not None and step.me.invocation and not step.me.is_virtual:
                self._note(step.me, origin)

    def _note(self, me: Invocation, began: Step) -> None:
        origin = (began.me.node, began.finding.category or "unknown")
        told = self._told[self._shape(me)]
        at = me.ended_us or me.started_us or 0
        told.origins[origin] += 1
        told.first.setdefault(origin, began)
        told.first_us = at if told.first_us is None else min(told.first_us, at)
        told.last_us = at if told.last_us is None else max(told.last_us, at)
        told.locator = told.locator or me.locator

    def explain(self, walked: Walk) -> Walk:
        """The same walk, led on to where its traced siblings began; unchanged where none tell.

        A node that was only named below the last record gives way to what traces prove.
        """
        steps = walked.steps if walked.origin.me.invocation else walked.steps[:-1]
        last = steps[-1]
        told = self._told.get(self._shape(last.me))
        if told is None or not _is_near(told, last.me):
            return walked
        (node, category), count = min(told.origins.items(), key=lambda i: (-i[1], i[0][0].name, i[0][1]))
        total = sum(told.origins.values())
        if count < _AGREE * total or told.locator is None:
            return walked
        began = told.first[node, category]
        finding = _finding(last, began, total, told.locator)
        if node == last.me.node:
            return replace(walked, steps=(*steps[:-1], Step(last.me, finding, last.edge)))
        named = replace(
            last.me, invocation="", node=node, is_virtual=True, span_id=None, logs=(), http_status=None,
            is_client_error=False, is_cold_start=None, duration_us=None, operation=began.me.operation,
            end_reason=began.me.end_reason,
            error_type=began.me.error_type, error_message=began.me.error_message, code=began.me.code,
        )  # fmt: skip
        below = Step(named, replace(finding, claims=()), None)
        return replace(walked, steps=(*steps[:-1], Step(last.me, finding, last.edge), below))

    def _shape(self, me: Invocation) -> _Shape:
        message = self._mask(me.error_message or "")[:160]
        # logs seldom tell the status, and a trace gives a function that threw a 200
        tells = bool(me.error_type or message or me.end_reason)
        return me.node, me.error_type or "", message, me.end_reason or "", None if tells else me.http_status


def _finding(last: Step, began: Step, total: int, locator: Locator) -> Finding:
    """It is the same issue as theirs, so it has the error of where they began."""
    rule = "as_its_traced_siblings"
    node, category = began.me.node, began.finding.category or "unknown"
    others = "one failure" if total == 1 else f"{total:,} failures"
    text = f"the traces of {others} of {last.me.node.name} with the same error lead to {node_words(node)}"
    seen = last.finding.claims[:1]
    claims = (*seen, Evidence(text, rule, locator, "the first of them"))
    return Finding(
        rule, "strong", claims, category=category,
        because=f"failed it, as traces of {others} with the same error at that time show ({category})",
        error_type=began.finding.error_type, error_message=began.finding.error_message,
    )  # fmt: skip


def _is_near(told: _Told, me: Invocation) -> bool:
    at = me.ended_us or me.started_us or 0
    return (told.first_us or 0) - _NEAR_US <= at <= (told.last_us or 0) + _NEAR_US
