"""A node that left no records of its own, judged by what its caller saw."""

from __future__ import annotations

from forensics.model import Evidence
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Finding, Place, excerpt_of
from forensics.rootcause.rules.timeout import slow_words
from forensics.rootcause.words import error_words, node_words, outcome_words

__all__ = ["answered_badly", "answered_slowly", "never_reached", "refused", "throttled"]


def answered_slowly(place: Place) -> Finding | None:
    """Its caller ran out of time waiting for it, and nothing below it was open: it is slow.

    A callee that only went silent is never the sole origin: the way to it stays an equal
    alternative until something else decides.
    """
    me = place.me
    is_silent = me.is_virtual and me.http_status is None
    if place.deadline_us is None or (me.is_failed and not is_silent) or _has_open_call(place):
        return None
    rule = "callee_did_not_answer"
    text = f"{node_words(me.node)} {slow_words(place)}"
    way = (me.node, "connection", f"the way to {me.node.name} may have failed: no record tells them apart")
    return Finding(
        rule, "strong", (place.claim(text, rule),), category="dependency_slow", because=slow_words(place),
        would_decide=(f"metrics or logs of {me.node.name}", f"flow logs of the way to {me.node.name}"),
        equals=(way,) if is_silent else (),
    )  # fmt: skip


def answered_badly(place: Place) -> Finding | None:
    """It answered with a throttle, a fault or a refusal."""
    me = place.me
    if not me.is_virtual or not me.is_failed or _is_unseen_function(place):
        return None
    category = classify(me.error_type, me.error_message, me.http_status, is_throttle=me.is_throttle)
    strength = "strong" if category == "connection" else "exact"
    if category is None:  # a status says that it answered; a name alone only that the call failed
        strength = "exact" if me.http_status is not None else "strong" if me.error_type else "weak"
        category = "dependency_fault" if strength != "weak" else "unknown"
    rule = f"answered_{category}"
    said = error_words(me.error_type, me.error_message)
    operation = f" {me.operation}" if me.operation else ""
    answer = f" {me.http_status}" if me.http_status is not None else ""
    text = (
        f"{node_words(me.node)} answered{operation} with{answer or ' an error'}{f': {said}' if said else ''}"
    )
    claims = (Evidence(text, rule, me.locator, excerpt_of(me)),)
    return Finding(rule, strength, claims, category=category, because=_because(category, place, said))


def refused(place: Place) -> Finding | None:
    """A node with records of its own that answered with a 4xx: it did its work, and said no."""
    me = place.me
    if me.is_virtual or me.is_failed or not me.is_client_error:
        return None
    category = classify(None, None, me.http_status) or "validation"
    text = f"{node_words(me.node)} answered {me.http_status}"
    claims = (Evidence(text, "refused", me.locator, excerpt_of(me)),)
    return Finding("refused", "strong", claims, category=category, because=f"answered {me.http_status}")


def throttled(place: Place) -> Finding | None:
    """The node's own record says that it was throttled, and nothing that it called failed."""
    me = place.me
    if not me.is_throttle or me.is_virtual or place.failed_calls:
        return None
    text = f"{node_words(me.node)} was throttled"
    claims = (Evidence(text, "throttled", me.locator, excerpt_of(me)),)
    status = f" ({me.http_status})" if me.http_status is not None else ""
    return Finding(
        "throttled", "exact", claims, category="throttled", because=f"was throttled{status}",
        would_decide=(f"concurrency limits and Throttles of {me.node.name}",),
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
    return me.node.kind == "AWS::Lambda::Function" and me.is_virtual and me.is_failed


def _has_open_call(place: Place) -> bool:
    deadline = place.deadline_us or 0
    return any(c.ended_us is None or c.ended_us >= deadline for c in place.calls)


def _because(category: str, place: Place, said: str) -> str:
    me = place.me
    operation = f" {me.operation}" if me.operation else ""
    told = f" ({said})" if said else ""
    if category == "connection":
        return f"could not be connected to{told}"
    if category == "throttled":
        return f"throttled{operation}{told}"
    if me.http_status is not None:
        return f"answered{operation} with {me.http_status}{told}"
    return f"failed{operation}{told}"
