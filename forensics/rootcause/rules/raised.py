"""Nothing else explains it: the node's own exception, or a failure that says nothing."""

from __future__ import annotations

import re

from forensics.model import Evidence, Node
from forensics.rootcause.classify import classify, is_of_caller, is_of_reading, names_no_host
from forensics.rootcause.place import HAND_ON, Call, Finding, Place, evidence_of_call
from forensics.rootcause.rules.container import was_down
from forensics.rootcause.rules.dependency import FEW
from forensics.rootcause.rules.message import is_poison
from forensics.rootcause.words import error_words, node_words, outcome_words

__all__ = ["raised_here", "threw_over_a_dependency", "unexplained"]

# Error texts that speak of somebody who was asked, where no record of the call itself is left.
_OF_OTHERS = frozenset({
    "throttled", "concurrency_limit", "connection", "timeout", "not_found", "dependency_fault",
    "resource_exhausted",
})  # fmt: skip
# What only who was asked can have said, and what says all; who is throttled asks whose limit it was.
_OF_ITSELF = ("resource_exhausted",)
# What is said where nobody serves.
_OF_ABSENCE = ("connection", "dependency_slow", "dependency_fault")
# How each language reads an environment variable that must be there.
_VARIABLE = re.compile(
    r"os\.environ|os\.py\", line \d+, in __getitem__|process\.env\b|System\.getenv|os\.Getenv|LookupEnv"
    # not what Rust advises under every panic
    r"|Environment\.GetEnvironmentVariable|ENV\.fetch|(?<!RUST_BACKTRACE=1` )environment variable",
    re.IGNORECASE,
)


def threw_over_a_dependency(place: Place) -> Finding | None:
    """Its exception tells of a call that left no record: who was called is named, or it is not known."""
    if place.own_exception is None:
        return None
    error_type, message = place.own_exception
    category = classify(error_type, message, place.me.http_status, is_throttle=place.me.is_throttle)
    if category not in _OF_OTHERS or is_of_caller(category, error_type, message):
        return None
    alike = [call for call in place.failed_calls if _family(call) == category]
    # what only its time ties to this node is what it waited for, whoever stood between
    near = [call for call in place.failed_calls if call.edge.evidence == "configured"]
    if alike or near:
        return _over_a_call(place, (alike or near)[-1])
    category = "dependency_slow" if category == "timeout" else category
    rule = "threw_over_a_dependency"
    said = error_words(error_type, message)
    claims = _claims(place, f"{node_words(place.me.node)} raised {said}", rule)
    named = place.around.named_in([*place.errors, *_warnings(place)], place.me.node.name)
    if named is not None and _is_misled(place, named):
        return Finding(
            rule, "strong", claims, category="configuration", error_type=error_type, error_message=message,
            because=f"calls {named.name}, a name that nobody answers at, since it was changed ({said})",
        )  # fmt: skip
    named = (place.around.service_of(named) or named) if named is not None else None
    database = place.around.database_of(place.errors) if named is None else None
    if database is not None:
        return Finding(
            rule, "weak", claims, category=category, elsewhere=database,
            because=f"is the only one of its engine in any record, and {place.me.node.name} raised {said}",
            error_type=error_type, error_message=message,
        )  # fmt: skip
    # what a service said of itself needs no record of its own beside it: a full database says that it is full
    if named is None or (place.around.keeps_records(named) and category not in _OF_ITSELF):
        down = was_down(place, named, *claims) if named and category in _OF_ABSENCE else None
        if down is not None:
            return down
        who = f"{named.name}, none of whose records is tied to it" if named else "a call of its own"
        return Finding(
            rule, "weak", claims, category="unknown",
            because=f"raised {said}, which speaks of {who}; no record says what went wrong there",
            error_type=error_type, error_message=message,
            would_decide=(f"a trace of {place.me.node.name}, or its log lines around its calls",),
        )  # fmt: skip
    if category == "dependency_fault" and named.kind == "remote" and place.around.is_down_for_all(named):
        category = "provider_outage"
    return Finding(
        rule, "strong", claims, category=category, elsewhere=named,
        because=f"was named in what {place.me.node.name} raised: {said}",
        error_type=error_type, error_message=message,
    )  # fmt: skip


def _is_misled(place: Place, host: Node) -> bool:
    """A name that no server knows, and that its lines have only held since it was changed."""
    error_type, message = place.own_exception or (None, None)
    return names_no_host(error_type, message) and place.around.began_with_a_change(place.me.node, host)


def _over_a_call(place: Place, call: Call) -> Finding:
    """Its exception is of the kind that a call of it ended with, though no text ties the two."""
    rule = "threw_over_a_dependency"
    text = f"{node_words(call.callee.node)} {outcome_words(call.callee)}, and the exception fits that"
    claims = (
        *_claims(place, f"{node_words(place.me.node)} failed", rule),
        evidence_of_call(call, text, rule),
    )
    because = f"failed because {node_words(call.callee.node)} {outcome_words(call.callee)}"
    strength = "strong" if call.edge.candidates <= FEW else "weak"
    return Finding(rule, strength, claims, from_=call.callee.invocation, because=because)


def _family(call: Call) -> str | None:
    edge, callee = call.edge, call.callee
    status = edge.http_status or callee.http_status
    return classify(
        edge.exception_type or callee.error_type, edge.exception_message or callee.error_message, status,
        is_throttle=callee.is_throttle,
    )  # fmt: skip


def raised_here(place: Place) -> Finding | None:
    """An exception that no failed callee explains."""
    if place.own_exception is None:
        return None
    error_type, message = place.own_exception
    me = place.me
    rule = "raised_here"
    said = error_words(error_type, message)
    category = classify(error_type, message, me.http_status, is_throttle=me.is_throttle)
    if _lacks_a_variable(place, error_type):
        category = "configuration"
    if is_of_reading(error_type) and (place.answered or 0) >= 500:
        category = None  # a 5xx says that the request was right (RFC 9110, 15.6)
    if category is None and is_poison(place, error_type):
        category = "poison_message"
    text = f"{node_words(me.node)} raised {said}" + (
        "" if place.failed_calls or me.trace_id is None else ", and no call of it had failed"
    )
    # without a trace nobody knows whether one had
    exact = (me.error_type is not None or me.end_reason == "error") and me.trace_id is not None
    return Finding(
        rule, "exact" if exact and not place.failed_calls else "strong", _claims(place, text, rule),
        category=category or "unhandled_exception", because=f"raised {said}",
        error_type=error_type, error_message=message,
    )  # fmt: skip


def unexplained(place: Place) -> Finding:
    """It failed, and no record says why."""
    me = place.me
    rule = "no_explanation"
    category = classify(None, None, me.http_status, is_throttle=me.is_throttle) or "unknown"
    lines = place.log_claims(f"{node_words(me.node)} logged an error", rule, ("error", "log"))
    is_door = me.node.kind.startswith(HAND_ON)  # its lines are of requests, and who failed stands behind it
    logged = f" (it logged: {error_words(None, lines[0].excerpt)})" if lines and not is_door else ""
    told = f" ({error_words(None, me.error_message)})" if me.error_message else logged
    behind = f"lines or traces of what stands behind {me.node.name} at that time"
    text = f"{node_words(me.node)} {outcome_words(me)}, and no record of it or below it says why"
    return Finding(
        rule, "weak", (place.claim(text, rule), *lines), category=category,
        because=outcome_words(me) + told + ("" if logged else ", and no record tells why"),
        would_decide=(behind if is_door else f"error logs or traced calls of {me.node.name} at that time",),
    )  # fmt: skip


def _lacks_a_variable(place: Place, error_type: str | None) -> bool:
    """It was started without a setting that its code reads: the frames show the look-up."""
    if classify(error_type, None) in ("out_of_memory", "throttled"):
        return False
    return any(
        _VARIABLE.search(line.text) for line in place.me.logs if line.exception_type or line.kind == "error"
    )


def _warnings(place: Place) -> list[str]:
    return [line.text for line in place.me.logs if line.level == "WARN"]


def _claims(place: Place, text: str, rule: str) -> tuple[Evidence, ...]:
    """The record of how it ended, and the log line that shows the exception, where there is one."""
    telling = [line for line in place.me.logs if line.exception_type and line.level != "WARN"]
    logged = f"{node_words(place.me.node)} logged it"
    lines = tuple(Evidence(logged, rule, line.locator, line.text[:400]) for line in telling[:1])
    return (*([place.claim(text, rule)] if place.me.error_type or not lines else []), *lines)
