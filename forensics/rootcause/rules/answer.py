"""A node that left no records of its own, judged by what its caller saw."""

from __future__ import annotations

from forensics.model import Evidence
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Finding, Place, excerpt_of
from forensics.rootcause.rules.timeout import slow_words
from forensics.rootcause.words import error_words, node_words, outcome_words

__all__ = ["answered_badly", "answered_slowly", "never_reached"]


def answered_slowly(place: Place) -> Finding | None:
    """Its caller ran out of time waiting for it, and nothing below it was open: it is slow.

    A callee that only went silent is never the sole origin: the way to it stays an equal
    alternative until something else decides.
    """
    me = place.me
    if place.deadline_us is None or me.is_failed or _has_open_call(place):
        return None
    rule = "callee_did_not_answer"
    text = f"{node_words(me.node)} {slow_words(place)}"
    way = (me.node, "connection", f"the way to {me.node.name} may have failed: no record tells them apart")
    return Finding(
        rule, "strong", (place.claim(text, rule),), category="dependency_slow", because=slow_words(place),
        would_decide=(f"metrics or logs of {me.node.name}", f"flow logs of the way to {me.node.name}"),
        equals=(way,) if me.is_virtual and me.status == "unknown" else (),
    )  # fmt: skip


def answered_badly(place: Place) -> Finding | None:
    """It answered with a throttle, a fault or a refusal."""
    me = place.me
    if not me.is_virtual or not me.is_failed or _is_unseen_function(place):
        return None
    category = classify(me.error_type, me.error_message, me.http_status, is_throttle=me.is_throttle)
    category = category or ("dependency_fault" if me.http_status is not None else "connection")
    rule = f"answered_{category}"
    said = error_words(me.error_type, me.error_message)
    operation = f" {me.operation}" if me.operation else ""
    answer = f" {me.http_status}" if me.http_status is not None else ""
    text = (
        f"{node_words(me.node)} answered{operation} with{answer or ' an error'}{f': {said}' if said else ''}"
    )
    claims = (Evidence(text, rule, me.locator, excerpt_of(me)),)
    exact = category != "dependency_fault" or me.http_status is not None
    return Finding(
        rule, "exact" if exact else "strong", claims, category=category,
        because=_because(category, place, said),
    )  # fmt: skip


def never_reached(place: Place) -> Finding | None:
    """A function was called and the call failed, but no record shows that it ever started."""
    if not _is_unseen_function(place):
        return None
    me = place.me
    category = classify(me.error_type, me.error_message, me.http_status, is_throttle=me.is_throttle)
    rule = "never_reached"
    text = f"the call to {node_words(me.node)} failed, and no record shows that it started"
    claims = (Evidence(text, rule, me.locator, excerpt_of(me)),)
    return Finding(
        rule, "strong", claims, category=category or "never_reached",
        because=f"was never reached ({outcome_words(me)})",
        would_decide=(f"log group and metrics (Throttles, Invocations) of {me.node.name}",),
    )  # fmt: skip


def _is_unseen_function(place: Place) -> bool:
    me = place.me
    unseen = me.is_virtual or (me.is_throttle and me.duration_us is None)
    return me.node.kind == "AWS::Lambda::Function" and unseen and me.is_failed


def _has_open_call(place: Place) -> bool:
    deadline = place.deadline_us or 0
    return any(c.ended_us is None or c.ended_us >= deadline for c in place.calls)


def _because(category: str, place: Place, said: str) -> str:
    me = place.me
    operation = f" {me.operation}" if me.operation else ""
    told = f" ({said})" if said else ""
    if category == "throttled":
        return f"throttled{operation}{told}"
    if me.http_status is not None:
        return f"answered{operation} with {me.http_status}{told}"
    return f"failed{operation}{told}"
