"""The failure came from a callee: its exception was passed on, or it failed and nothing else did."""

from __future__ import annotations

import re

from forensics.rootcause.place import Call, Finding, Place, evidence_of_call
from forensics.rootcause.words import node_words, outcome_words

__all__ = ["callee_failed", "exception_passed_on"]

# Shorter texts ("error", "502") stand in too many messages to say that one carries the other.
_TELLING = 12
# Clocks of two nodes differ; a callee that ended this little after its caller still came first.
_SKEW_US = 50_000
_HTTP_STATUS = re.compile(r"\b([45]\d\d)\b")


def exception_passed_on(place: Place) -> Finding | None:
    """What this node threw or logged carries what a failed callee said."""
    for call in reversed(_candidates(place)):
        said = _carried(place, call)
        if said is None:
            continue
        rule = "exception_passed_on"
        text = f"the error of {node_words(place.me.node)} carries that of {node_words(call.callee.node)}"
        seen = f"{node_words(place.me.node)} saw its call to {node_words(call.callee.node)} fail"
        lines = place.log_claims(text, rule, ("error", "log"))
        claims = (place.claim(text, rule, excerpt=said), evidence_of_call(call, seen, rule), *lines)
        return Finding(rule, "exact", claims, from_=call.callee.invocation, because=_because(call))
    return None


def callee_failed(place: Place) -> Finding | None:
    """A callee failed before this node did, and was not retried to success."""
    calls = _candidates(place)
    if not calls:
        return None
    call = calls[-1]
    rule = "callee_failed"
    text = f"{node_words(call.callee.node)} {outcome_words(call.callee)} before {place.me.node.name} failed"
    claims = [place.claim(_me_failed(place), rule), evidence_of_call(call, text, rule)]
    if call.callee.locator != call.edge.call:
        claims.append(place.claim(text, rule, call.callee.locator, _callee_excerpt(call)))
    return Finding(
        rule, _strength(place, calls), tuple(claims), from_=call.callee.invocation, because=_because(call)
    )


def _candidates(place: Place) -> list[Call]:
    """Failed calls that can explain this failure, in order of time."""
    end = place.me.ended_us
    return [
        call
        for call in place.failed_calls
        if not place.retried_to_success(call)
        and (end is None or call.started_us is None or call.started_us <= end)
        and (end is None or call.ended_us is None or call.ended_us <= end + _SKEW_US)
    ]


def _strength(place: Place, calls: list[Call]) -> str:
    """Exact where the node does nothing but hand one call through, as a gateway does."""
    own_error = place.me.error_type or any(line.exception_type for line in place.me.logs)
    if len(place.calls) == 1 and not own_error:
        return "exact"
    nodes = {call.callee.node for call in calls}
    return "strong" if len(nodes) == 1 else "weak"


def _carried(place: Place, call: Call) -> str | None:
    """The text of this node's error that repeats the callee's message, exception or answer."""
    callee = call.callee
    told = [callee.error_message, call.edge.exception_message]
    told += [line.exception_message for line in callee.logs]
    messages = [m for m in told if m and len(m) >= _TELLING]
    for text in place.errors:
        if len(text) >= _TELLING and any(m in text or text in m for m in messages):
            return text
        if callee.request_id and callee.request_id in text:
            return text
        if callee.node.name in text and _names_status(text, call):
            return text
    return None


def _names_status(text: str, call: Call) -> bool:
    """`inventory answered 503`: the callee's name together with the status that it answered."""
    status = call.edge.http_status or call.callee.http_status
    return status is not None and str(status) in _HTTP_STATUS.findall(text)


def _because(call: Call) -> str:
    return f"failed because {node_words(call.callee.node)} {outcome_words(call.callee)}"


def _me_failed(place: Place) -> str:
    return f"{node_words(place.me.node)} {outcome_words(place.me)}"


def _callee_excerpt(call: Call) -> str:
    callee = call.callee
    return ": ".join(t for t in (callee.error_type, callee.error_message) if t)
