"""The failure came from a callee: its exception was passed on, or it failed and nothing else did."""

from __future__ import annotations

import re

from forensics.model import Evidence
from forensics.rootcause.classify import statuses_in_text
from forensics.rootcause.place import HAND_ON, Call, Finding, Place, evidence_of_call
from forensics.rootcause.rules.caller import asked_wrongly
from forensics.rootcause.words import node_words, outcome_words

__all__ = ["FEW", "answer_was_lost", "callee_failed", "exception_passed_on", "status_passed_on"]

# Shorter texts ("error", "502") stand in too many messages to say that one carries the other.
_TELLING = 12
_TELLING_BESIDE_A_NAME = 4
# Clocks of two nodes differ; a callee that ended this little after its caller still came first.
_SKEW_US = 50_000
# A call that made a node fail is the last thing that it did: what it throws then, it throws at once.
_AT_ONCE_US, _AT_ONCE_SHARE = 20_000, 0.02
# Of more invocations that ran around it, time does not tell which one waited.
FEW = 2
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
        return _towards(place, call, rule, "exact", claims)
    return None


def status_passed_on(place: Place) -> Finding | None:
    """What this node threw names a status, and one node alone had answered it with that."""
    if place.own_exception is None:
        return None
    told = statuses_in_text(": ".join(t for t in place.own_exception if t))
    calls = [c for c in _candidates(place) if not _is_lost(c) and _status(c) in told]
    if len({call.callee.node for call in calls}) != 1:
        return None
    rule, call = "status_passed_on", calls[-1]
    text = f"{node_words(place.me.node)} threw over the {_status(call)} of {node_words(call.callee.node)}"
    claims = (place.claim(text, rule), evidence_of_call(call, text, rule))
    return _towards(place, call, rule, "strong", claims)


def callee_failed(place: Place) -> Finding | None:
    """A callee failed before this node did, was not retried to success, and nothing else explains it.

    Where the node threw something of its own that says nothing of the call, not even who was called, the
    call was caught, unless it was the last thing that happened. A refusal (4xx) is an answer that programs
    expect: it explains only where nothing else does, and never surely.
    """
    calls = [call for call in _candidates(place) if not _is_lost(call)]
    faults = [call for call in calls if not _is_refusal(call)]
    own = place.own_exception is not None
    if own:
        faults, calls = [c for c in faults if _is_last_act(place, c) or _is_named(place, c)], []
    calls = faults or calls
    if not calls:
        return None
    call = _decisive(calls)
    rule = "callee_failed"
    text = f"{node_words(call.callee.node)} {outcome_words(call.callee)} before {place.me.node.name} failed"
    claims = [place.claim(_me_failed(place), rule), evidence_of_call(call, text, rule)]
    if call.callee.locator != call.edge.call:
        claims.append(place.claim(text, rule, call.callee.locator, _callee_excerpt(call)))
    strength = _strength(place, calls) if faults else "weak"
    return _towards(place, call, rule, strength, tuple(claims))


def _towards(place: Place, call: Call, rule: str, strength: str, claims: tuple[Evidence, ...]) -> Finding:
    """The walk goes on at the callee, unless the call tells that the caller itself was at fault."""
    if call.edge.evidence == "configured" and call.edge.candidates > FEW:
        strength = "weak"
    ours = asked_wrongly(place, call)
    if ours is None:
        return Finding(rule, strength, claims, from_=call.callee.invocation, because=_because(call))
    category, weaker, because = ours
    return Finding(
        rule, "strong" if weaker and strength == "exact" else strength, claims, category=category,
        because=because, error_type=call.edge.exception_type or call.callee.error_type,
        error_message=call.edge.exception_message or call.callee.error_message,
    )  # fmt: skip


def answer_was_lost(place: Place) -> Finding | None:
    """The caller saw a failure, though the callee's own record says that it answered well."""
    lost = [call for call in _candidates(place) if _is_lost(call)]
    if not lost or (place.own_exception is not None and not _is_last_act(place, lost[-1])):
        return None
    call = lost[-1]
    rule = "answer_was_lost"
    callee = node_words(call.callee.node)
    text = f"{node_words(place.me.node)} saw its call to {callee} fail, though {callee} answered well"
    claims = (evidence_of_call(call, text, rule), place.claim(text, rule, call.callee.locator, "status=ok"))
    status = f" with {call.edge.http_status}" if call.edge.http_status is not None else ""
    return Finding(
        rule, "weak", claims, category="connection",
        because=f"saw its call to {callee} fail{status}, though {callee} answered well: "
        "the answer was lost or replaced on the way",
        would_decide=(f"access logs of the proxy or load balancer before {call.callee.node.name}",),
    )  # fmt: skip


def _candidates(place: Place) -> list[Call]:
    """Failed calls that can explain this failure, in order of time."""
    end = place.me.ended_us
    return [
        call
        for call in place.failed_calls
        if not place.retried_to_success(call)
        and (end is None or call.started_us is None or call.started_us <= end)
        and (end is None or call.ended_us is None or call.ended_us <= end + _SKEW_US)
        and (end is None or call.callee.ended_us is None or call.callee.ended_us <= end + _SKEW_US)
    ]


def _is_lost(call: Call) -> bool:
    callee = call.callee
    return not callee.is_virtual and callee.status == "ok" and not callee.is_client_error


def _is_refusal(call: Call) -> bool:
    return call.callee.is_client_error


def _is_last_act(place: Place, call: Call) -> bool:
    """Nothing was begun after it, and the node ended at once."""
    end, done = place.me.ended_us, call.ended_us
    if end is None or done is None:
        return True
    if any((other.started_us or 0) > done for other in place.calls):
        return False
    whole = end - (place.me.started_us or end)
    return end - done <= max(_AT_ONCE_US, int(whole * _AT_ONCE_SHARE))


def _decisive(calls: list[Call]) -> Call:
    """The last one, or of those that ran beside it the one that failed first: the rest were cut off."""
    last = calls[-1]
    beside = [
        c for c in calls if c.ended_us is None or last.started_us is None or c.ended_us >= last.started_us
    ]
    return min(beside, key=lambda c: (c.ended_us or 0, c.callee.invocation))


def _strength(place: Place, calls: list[Call]) -> str:
    """Exact for what does nothing but hand one call through, as a gateway does."""
    if place.me.node.kind.startswith(HAND_ON) and len(place.calls) == 1 and place.own_exception is None:
        return "exact"
    nodes = {call.callee.node for call in calls}
    return "strong" if len(nodes) == 1 else "weak"


def _carried(place: Place, call: Call) -> str | None:
    """The text of this node's error that repeats the callee's message, exception or answer."""
    callee = call.callee
    told = [callee.error_message, *(line.exception_message for line in callee.logs)]
    if callee.is_virtual or callee.is_failed:  # else the caller's own words prove nothing of it
        told.append(call.edge.exception_message)
    messages = [m for m in told if m and len(m) >= _TELLING]
    for text in place.errors:
        if len(text) >= _TELLING and any(m in text or text in m for m in messages):
            return text
        if callee.request_id and callee.request_id in text:
            return text
        if callee.node.name in text and _names_status(text, call):
            return text
        if _speaks_of(text, call) and any(m in text for m in told if m and len(m) >= _TELLING_BESIDE_A_NAME):
            return text
    return None


def _is_named(place: Place, call: Call) -> bool:
    """What was thrown speaks of who was called."""
    return any(_speaks_of(text, call) for text in place.own_exception or () if text)


def _speaks_of(text: str, call: Call) -> bool:
    """The callee's name is a word of it: `tax-calc returned FunctionError: 'vat_rules'`."""
    name = call.callee.node.name or ""
    is_telling = len(name) >= _TELLING_BESIDE_A_NAME
    return is_telling and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _names_status(text: str, call: Call) -> bool:
    """`inventory answered 503`: the callee's name together with the status that it answered."""
    return str(_status(call)) in _HTTP_STATUS.findall(text)


def _status(call: Call) -> int | None:
    return call.edge.http_status or call.callee.http_status


def _because(call: Call) -> str:
    return f"failed because {node_words(call.callee.node)} {outcome_words(call.callee)}"


def _me_failed(place: Place) -> str:
    return f"{node_words(place.me.node)} {outcome_words(place.me)}"


def _callee_excerpt(call: Call) -> str:
    callee = call.callee
    return ": ".join(t for t in (callee.error_type, callee.error_message) if t)
