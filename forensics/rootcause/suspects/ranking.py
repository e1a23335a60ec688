"""One order of suspects out of three kinds of deviation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from forensics.lake import Lake
from forensics.model import Node, Suspect
from forensics.rootcause.suspects.habits import Habit, deviations
from forensics.rootcause.suspects.periods import Period, told
from forensics.rootcause.suspects.slowness import Slowness, elements, slowness
from forensics.rootcause.suspects.statistics import upper_decile
from forensics.rootcause.suspects.words import reasons_of

__all__ = ["below", "suspects"]

_MOST = 10
# Every kind of deviation is a normal z, healthy drift being part of its error, and the other nodes of the
# same window are the null of all kinds: where more than a tenth of them lie above what nine of ten stay below
# by chance, the kind is noisy, and its z count less.
_STANDS_OUT = 3.0
_DECILE = 1.28
_EXPLAINS = 0.8  # a callee explains a node's change of habits where its own is at least this part of it
_EXPLAINED = 0.4  # what is left of a change that a callee explains

_NODES = """
    select node, kind, count(*) as n from told group by all order by node, n desc, kind
"""
_CALLS = "select distinct caller_node, callee_node as node from links.edge where kind = 'call' order by all"


@dataclass(frozen=True, slots=True)
class _Node:
    slow: Slowness
    habits: tuple[Habit, ...]
    fails: tuple[Habit, ...]


def suspects(lake: Lake, window: Period, baseline: Period | None = None) -> tuple[Suspect, ...]:
    """The nodes of a window, the one that most likely began what differs first; at most ten.

    Without a baseline the rest of the case is it. Empty where the two have too little in common.
    """
    with told(lake, window, baseline):
        slow, habits = slowness(elements(lake)), deviations(lake)
        kinds: dict[str, str] = {}
        for row in lake.rows(_NODES):
            kinds.setdefault(row["node"], row["kind"] or "")
        reached = below(lake)
    nodes = {
        name: _Node(
            slow.get(name, Slowness(0.0, ())),
            tuple(h for h in habits.get(name, []) if h.habit != "fails"),
            tuple(h for h in habits.get(name, []) if h.habit == "fails"),
        )
        for name in sorted({*slow, *habits})
    }
    ranked = sorted(_scores(nodes, reached).items(), key=lambda pair: (-max(pair[1].values()), pair[0]))
    return tuple(
        _suspect(Node(name, kinds.get(name, "")), scores, nodes[name])
        for name, scores in ranked[:_MOST]
        if max(scores.values()) > 0
    )


def _suspect(node: Node, scores: Mapping[str, float], found: _Node) -> Suspect:
    leading = max(sorted(scores), key=lambda kind: scores[kind])
    category, reasons = reasons_of(leading, found.slow, found.habits, found.fails)
    return Suspect(node, round(max(scores.values()), 3), category, reasons)


def _scores(nodes: Mapping[str, _Node], below: Mapping[str, set[str]]) -> dict[str, dict[str, float]]:
    """Per node and kind of deviation: how far beyond the other nodes of the same window."""
    strongest = {name: max((h.strength for h in node.habits), default=0.0) for name, node in nodes.items()}
    failing = {name: max((h.strength for h in node.fails), default=0.0) for name, node in nodes.items()}
    raw = {
        "slow": {name: node.slow.score for name, node in nodes.items()},
        "habit": {name: _unexplained(name, strongest, below) for name in nodes},
        "fails": {name: _unexplained(name, failing, below, strongest) for name in nodes},
    }
    return {name: {kind: round(_score(name, mine), 6) for kind, mine in raw.items()} for name in nodes}


def _score(name: str, mine: Mapping[str, float]) -> float:
    others = upper_decile([value for other, value in mine.items() if other != name])
    return mine[name] / max(1.0, others / _DECILE) / _STANDS_OUT


def _unexplained(
    name: str, strength: Mapping[str, float], below: Mapping[str, set[str]], *also: Mapping[str, float]
) -> float:
    """A caller of the culprit changes too, but because of what it gets; and fails because of it, though the
    culprit itself may say that all is well."""
    mine = strength[name]
    others = [kind.get(other, 0.0) for other in below.get(name, set()) - {name} for kind in (strength, *also)]
    return mine if max(others, default=0.0) < _EXPLAINS * mine else _EXPLAINED * mine


def below(lake: Lake) -> dict[str, set[str]]:
    """Every node that a node reaches by calls."""
    direct: dict[str, set[str]] = defaultdict(set)
    for row in lake.rows(_CALLS):
        direct[row["caller_node"]].add(row["node"])
    reached: dict[str, set[str]] = {}
    for name in sorted(direct):
        seen: set[str] = set()
        pending = [name]
        while pending:
            for callee in direct.get(pending.pop(), ()):
                if callee not in seen:
                    seen.add(callee)
                    pending.append(callee)
        reached[name] = seen
    return reached
