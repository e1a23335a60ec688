"""Nothing else explains it: the node's own exception, or a failure that says nothing."""

from __future__ import annotations

from forensics.model import Evidence
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Finding, Place
from forensics.rootcause.words import error_words, node_words, outcome_words

__all__ = ["raised_here", "unexplained"]


def raised_here(place: Place) -> Finding | None:
    """An exception that no failed callee explains."""
    error_type, message, lines = _exception(place)
    if error_type is None and not lines:
        return None
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


def _exception(place: Place) -> tuple[str | None, str | None, tuple[Evidence, ...]]:
    """The exception and the log lines that show it; the trace's word goes before the log's."""
    me = place.me
    telling = [line for line in me.logs if line.exception_type]
    text = f"{node_words(me.node)} logged it"
    lines = tuple(Evidence(text, "raised_here", line.locator, line.text[:400]) for line in telling[:1])
    if me.error_type or me.end_reason == "error":
        return me.error_type, me.error_message, lines
    if telling:
        return telling[-1].exception_type, telling[-1].exception_message, lines
    return None, None, ()
