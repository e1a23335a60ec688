"""A function that sets itself off."""

from __future__ import annotations

from forensics.rootcause.place import Finding, Place
from forensics.rootcause.words import node_words

__all__ = ["went_round"]


def went_round(place: Place) -> Finding | None:
    """What it wrote or sent came back to it until Lambda ended the chain (`failures.loop`). Each turn has its
    record; that Lambda dropped the next one is told by its metric RecursiveInvocationsDropped alone."""
    me = place.me
    if me.end_reason != "recursion":
        return None
    turns = sum(other.node == me.node for other in place.by_id.values())
    text = f"{node_words(me.node)} ran {turns} times in this chain, each time set off by the turn before"
    return Finding(
        "went_round", "exact", (place.claim(text, "went_round"),), category="recursion",
        because=f"set itself off {turns} times, until its chain was ended",
        would_decide=(f"the metric RecursiveInvocationsDropped of {me.node.name}",),
    )  # fmt: skip
