"""From slow elements to the nodes where slowness began; the rest are victims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.model import Node
from forensics.rootcause.regression.pace import Course, Element
from forensics.rootcause.regression.scan import Slower

__all__ = ["Origin", "origins"]

_WAY_OUT = 3  # nodes that a node calls, all of them slowly: then it is its own way out
_NEAR = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Origin:
    """A node, its slow elements, the clearest first, and nodes that were slow because of it."""

    node: Node
    slower: tuple[Slower, ...]
    victims: tuple[str, ...]
    others: tuple[Node, ...]

    @property
    def since(self) -> datetime:
        return min(hit.since for hit in self.slower)

    @property
    def until(self) -> datetime:
        return max(hit.until for hit in self.slower)


def origins(
    hits: Iterable[Slower], found: Mapping[Element, Course], below: Mapping[str, set[str]]
) -> list[Origin]:
    """One per node that no slow node below it explains."""
    of_node: dict[Node, list[Slower]] = defaultdict(list)
    all_hits = sorted(hits, key=lambda h: (-h.z, h.element))
    for hit in all_hits:
        of_node[_owner(hit, all_hits, found)].append(hit)
    began = {node: Origin(node, tuple(mine), (), ()) for node, mine in of_node.items()}
    explained = {node: _explained_by(origin, began.values(), below) for node, origin in began.items()}
    return [
        Origin(
            node, origin.slower,
            tuple(sorted(other.name for other, by in explained.items() if node in by)),
            _others(origin),
        )
        for node, origin in sorted(began.items(), key=lambda pair: (pair[1].since, pair[0].name))
        if not explained[node]
    ]  # fmt: skip


def _owner(hit: Slower, hits: list[Slower], found: Mapping[Element, Course]) -> Node:
    """Delay on the ways into a node speaks for the node; on every way out of a caller for the caller."""
    element = hit.element
    if element.element != "way":
        return element.of
    slow = {
        h.element.node
        for h in hits
        if h.element.element == "way" and h.element.caller_node == element.caller_node
    }
    called = {e.node for e in found if e.element == "way" and e.caller_node == element.caller_node}
    if len(called) >= _WAY_OUT and slow == called:
        kinds = [e.kind for e in found if e.element == "own" and e.node == element.caller_node]
        return Node(element.caller_node, min(kinds, default=""))
    return element.of


def _explained_by(
    origin: Origin, others: Iterable[Origin], below: Mapping[str, set[str]]
) -> tuple[Node, ...]:
    """Slow nodes below it that were no later and added no less: it waited or piled up for them."""
    mine = max(hit.added_us for hit in origin.slower)
    return tuple(
        other.node
        for other in others
        if other.node.name in below.get(origin.node.name, ()) and other.node != origin.node
        and origin.node.name not in below.get(other.node.name, ())
        and other.since <= origin.since + _NEAR and origin.since <= other.until
        and max(hit.added_us for hit in other.slower) >= mine
    )  # fmt: skip


def _others(origin: Origin) -> tuple[Node, ...]:
    """Where only one caller saw it, its way there is as likely."""
    callers = {hit.element.caller_node for hit in origin.slower}
    ways = all(hit.element.element == "way" for hit in origin.slower)
    return tuple(Node(name, "") for name in sorted(callers)) if ways and len(callers) == 1 else ()
