"""Nothing else explains it: the node's own exception, or a failure that says nothing."""

from __future__ import annotations

from forensics.model import Evidence
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Finding, Place
from forensics.rootcause.words import error_words, node_words, outcome_words

__all__ = ["raised_here", "unexplained"]


def raised_here(place: Place) -> Finding | None:
    """An exception that no failed callee explains."""
    if place.own_exception is None:
        return None
    error_type, message = place.own_exception
    lines = _logged(place)
    me = place.me
    rule = "raised_here"
    said = error_words(error_type, message)
    category = classify(error_type, message, me.http_status, is_throttle=me.is_throttle)
    text = f"{node_words(me.node)} raised {said}" + (
        "" if place.failed_calls else ", and no call of it had failed"
    )
    claims = [place.claim(text, rule)] if me.error_type or not lines else []
    exact = me.error_type is not None or me.end_reason == "error"
    return Finding(
        rule, "exact" if exact and not place.failed_calls else "strong", (*claims, *lines),
        category=category or "unhandled_exception", because=f"raised {said}",
        error_type=error_type, error_message=message,
    )  # fmt: skip


def unexplained(place: Place) -> Finding:
    """It failed, and no record says why."""
    me = place.me
    rule = "no_explanation"
    category = classify(None, None, me.http_status, is_throttle=me.is_throttle) or "unknown"
    lines = place.log_claims(f"{node_words(me.node)} logged an error", rule, ("error", "log"))
    said = error_words(None, lines[0].excerpt) if lines else ""
    text = f"{node_words(me.node)} {outcome_words(me)}, and no record of it or below it says why"
    return Finding(
        rule, "weak", (place.claim(text, rule), *lines), category=category,
        because=outcome_words(me) + (f" (it logged: {said})" if said else ", and no record tells why"),
        would_decide=(f"error logs of {me.node.name} around that time", f"traced calls of {me.node.name}"),
    )  # fmt: skip


def _logged(place: Place) -> tuple[Evidence, ...]:
    """The log line that shows the exception, where there is one."""
    telling = [line for line in place.me.logs if line.exception_type]
    text = f"{node_words(place.me.node)} logged it"
    return tuple(Evidence(text, "raised_here", line.locator, line.text[:400]) for line in telling[:1])
