"""Time ran out: over a callee that was still running, or over the node's own work."""

from __future__ import annotations

from forensics.model import Evidence
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Call, Finding, Place, evidence_of_call
from forensics.rootcause.words import node_words, outcome_words

__all__ = [
    "gave_up_on_a_call",
    "gave_up_on_running_callee",
    "timed_out_by_itself",
    "timed_out_over_running_callee",
]

# A caller's last record of a call and its own end are written by the same clock; a call that ended
# this shortly before the time-out was cut off by it.
_CUT_OFF_US = 20_000


def timed_out_over_running_callee(place: Place) -> Finding | None:
    """A call had no answer when the time-out struck: the walk goes on there."""
    if place.me.end_reason != "timeout":
        return None
    deadline = _earlier(place.deadline_us, place.me.ended_us)
    call = _running(place, deadline)
    if call is None:
        return None
    rule = "timeout_over_running_callee"
    text = f"{node_words(place.me.node)} {outcome_words(place.me)}"
    open_text = f"its call to {node_words(call.callee.node)} had no answer when the time-out struck"
    claims = (*_timeout_claims(place, text, rule), evidence_of_call(call, open_text, rule))
    return Finding(
        rule, "strong", claims, from_=call.callee.invocation,
        because=f"{outcome_words(place.me)} waiting for {node_words(call.callee.node)}",
        deadline_us=deadline,
    )  # fmt: skip


def gave_up_on_a_call(place: Place) -> Finding | None:
    """A call ended in the caller's own time-out, while the callee still ran or never said anything."""
    for call in reversed(place.failed_calls):
        edge, callee = call.edge, call.callee
        timed_out = classify(edge.exception_type, edge.exception_message) == "timeout" or (
            edge.http_status == 504 and not callee.is_virtual
        )
        ended = edge.ended_us or place.me.ended_us
        went_on = callee.ended_us is None or ended is None or callee.ended_us >= ended - _CUT_OFF_US
        if not timed_out or not went_on or place.retried_to_success(call):
            continue
        rule = "gave_up_on_a_call"
        text = f"{node_words(place.me.node)} gave up waiting for {node_words(callee.node)}"
        claims = (evidence_of_call(call, text, rule),)
        because = f"gave up waiting for {node_words(callee.node)}"
        return Finding(rule, "strong", claims, from_=callee.invocation, because=because, deadline_us=ended)
    return None


def gave_up_on_running_callee(place: Place) -> Finding | None:
    """A gateway or client gave up (504) while its callee went on, and the callee then ended."""
    me = place.me
    if me.http_status != 504 and place.deadline_us is None:
        return None
    call = _running(place, place.deadline_us or me.ended_us)
    if call is None:
        return None
    rule = "gave_up_on_running_callee"
    text = f"{node_words(me.node)} gave up while {node_words(call.callee.node)} was still running"
    because = f"gave up waiting for {node_words(call.callee.node)}"
    deadline = place.deadline_us or me.ended_us
    claims = (place.claim(text, rule), evidence_of_call(call, text, rule))
    return Finding(
        rule, "strong", claims, from_=call.callee.invocation, because=because, deadline_us=deadline
    )


def timed_out_by_itself(place: Place) -> Finding | None:
    """Time ran out with no call open: the node's own work, or work that left no record."""
    if place.me.end_reason != "timeout":
        return None
    rule = "timeout_of_its_own"
    text = f"{node_words(place.me.node)} {outcome_words(place.me)} with no recorded call open"
    claims = _timeout_claims(place, text, rule)
    # without a trace nobody knows whether it waited for somebody
    traced = place.me.trace_id is not None
    return Finding(
        rule, "strong" if traced and place.calls else "weak", claims,
        category="timeout" if traced else "unknown",
        because=outcome_words(place.me)
        + (" in its own work" if traced else ", and without a trace nothing tells what it waited for"),
        would_decide=(f"traced calls, or log lines with times, of {place.me.node.name}",),
    )  # fmt: skip


def _earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two moments, where both are known."""
    return min(one, other) if one is not None and other is not None else one or other


def _running(place: Place, deadline_us: int | None) -> Call | None:
    """The call that was open at a moment: the one that began last, since it was waited for."""
    if deadline_us is None:
        return None
    running = [
        call
        for call in place.calls
        if (call.started_us or 0) <= deadline_us
        and (call.ended_us is None or call.ended_us >= deadline_us - _CUT_OFF_US)
    ]
    return running[-1] if running else None


def _timeout_claims(place: Place, text: str, rule: str) -> tuple[Evidence, ...]:
    lines = place.log_claims(text, rule, ("timeout", "report", "platform"))
    return lines or (place.claim(text, rule),)
