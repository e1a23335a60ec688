"""A node that left no records of its own, judged by what its caller saw."""

from __future__ import annotations

import re

from forensics.model import Evidence
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Finding, Place, excerpt_of
from forensics.rootcause.words import error_words, node_words, outcome_words

__all__ = ["answered_badly", "never_reached", "refused", "throttled", "waited_too_long"]

# Invoke's own limits on who calls (Lambda API reference, Invoke, TooManyRequestsException.Reason).
_CALLER_RATE = re.compile(r"CallerRateLimitExceeded|FunctionInvocationRateLimitExceeded")
# Lambda API reference, Invoke, errors about a function's network.
_NO_ADDRESS = re.compile(r"SubnetIPAddressLimitReached")
_FUNCTION = "AWS::Lambda::Function"
# Why Lambda gave up an event, and how long at most it waits between two attempts at one that it throttled
# (Lambda developer guide, "Capturing records of asynchronous invocations", "Error handling").
_TOO_OLD = "EventAgeExceeded"
_RETRIED_WITHIN_US = 300_000_000


def answered_badly(place: Place) -> Finding | None:
    """It answered with a throttle, a fault or a refusal."""
    me = place.me
    if not me.is_virtual or not me.is_failed or _is_unseen_function(place) or _is_behind(place):
        return None
    if me.end_reason is not None:  # it answered nobody: a record of its queue says how its last attempt ended
        return None
    category = classify(me.error_type, me.error_message, me.http_status, is_throttle=me.is_throttle)
    strength = "strong" if category == "connection" else "exact"
    if category == "timeout":
        category, strength = "dependency_slow", "strong"
    if category is None:  # a status says that it answered; a name alone only that the call failed
        strength = "exact" if me.http_status is not None else "strong" if me.error_type else "weak"
        category = "dependency_fault" if strength != "weak" else "unknown"
    ours = place.around.service_of(me.node)
    if category == "dependency_fault" and ours is not None and place.around.keeps_records(ours):
        return _own_service(place)
    if category == "dependency_fault" and me.node.kind == "remote" and place.around.is_down_for_all(me.node):
        category = "provider_outage"
    rule = f"answered_{category}"
    said = error_words(me.error_type, me.error_message)
    operation = f" {me.operation}" if me.operation else ""
    answer = f" {me.http_status}" if me.http_status is not None else ""
    text = (
        f"{node_words(me.node)} answered{operation} with{answer or ' an error'}{f': {said}' if said else ''}"
    )
    claims = (Evidence(text, rule, me.locator, excerpt_of(me)),)
    return Finding(rule, strength, claims, category=category, because=_because(category, place, said))


def _is_behind(place: Place) -> bool:
    """Who failed behind it is known, though it keeps no trace: by the text that its log repeats."""
    return any(call.edge.evidence == "configured" for call in place.failed_calls)


def _own_service(place: Place) -> Finding:
    """A service of the account answered with a fault, and keeps records, but none is tied to this request."""
    me = place.me
    rule = "answered_without_a_record"
    text = f"{node_words(me.node)} {outcome_words(me)}, and none of its records is tied to this request"
    claims = (Evidence(text, rule, me.locator, excerpt_of(me)),)
    return Finding(
        rule, "weak", claims, category="unknown", because=f"{outcome_words(me)}; no record of it says why",
        would_decide=(f"a trace or request id in the lines of {me.node.name} around that time",),
    )  # fmt: skip


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
        "throttled", "exact", claims, category=_throttle(place), because=f"was throttled{status}",
        would_decide=(f"concurrency limits and Throttles of {me.node.name}",),
    )  # fmt: skip


def waited_too_long(place: Place) -> Finding | None:
    """An event was given up for its age before the function ran, which metrics say was throttled then."""
    me = place.me
    if not _is_unseen_function(place) or me.error_type != _TOO_OLD or me.ended_us is None:
        return None
    throttles = place.around.throttles_of(me.node, me.ended_us - _RETRIED_WITHIN_US, me.ended_us)
    if not throttles:
        return None
    text = f"an event of {node_words(me.node)} was given up as too old ({me.error_message or _TOO_OLD})"
    return Finding(
        "waited_too_long", "strong", (place.claim(text, "waited_too_long"),), category="concurrency_limit",
        because=f"was throttled until the event was too old ({throttles:,} Throttles in the minutes before)",
        would_decide=(f"concurrency limits of {me.node.name}, and what else it ran then",),
    )  # fmt: skip


def never_reached(place: Place) -> Finding | None:
    """A function was called and the call failed, but no record shows that it ever started."""
    if not _is_unseen_function(place):
        return None
    me = place.me
    category = classify(me.error_type, me.error_message, me.http_status, is_throttle=me.is_throttle)
    rule, strength = "never_reached", "strong"
    if category == "throttled":
        rule, strength, category = "throttled", "exact", _throttle(place)
    text = f"the call to {node_words(me.node)} failed, and no record shows that it started"
    claims = (Evidence(text, rule, me.locator, excerpt_of(me)),)
    because = f"was never reached ({outcome_words(me)})"
    if rule == "throttled":
        said = error_words(me.error_type, me.error_message)
        because = "was throttled before it ran" + (f" ({said})" if said else "")
    if _NO_ADDRESS.search(f"{me.error_type or ''} {me.error_message or ''}"):
        return _subnet_is_full(place, claims)
    return Finding(
        rule, strength, claims, category=category or "never_reached",
        because=because,
        would_decide=(f"log group and metrics (Throttles, Invocations) of {me.node.name}",),
    )  # fmt: skip


def _subnet_is_full(place: Place, claims: tuple[Evidence, ...]) -> Finding:
    """No free address for a new environment: the configuration names the subnet where it is the only one."""
    subnet = place.around.subnet_of(place.me.node)
    said = error_words(place.me.error_type, place.me.error_message)
    if subnet is None:
        return Finding(
            "subnet_is_full", "weak", claims, category="unknown", because=f"got no address ({said})",
            would_decide=(f"subnets of {place.me.node.name} and their free addresses",),
        )  # fmt: skip
    return Finding(
        "subnet_is_full", "strong", claims, category="resource_exhausted", elsewhere=subnet,
        because=f"has no free address left for {place.me.node.name} ({said})",
    )  # fmt: skip


def _throttle(place: Place) -> str:
    """What throttles a function is a limit on concurrency, unless the answer names a rate."""
    me = place.me
    told = f"{me.error_type or ''} {me.error_message or ''}"
    return "concurrency_limit" if me.node.kind == _FUNCTION and not _CALLER_RATE.search(told) else "throttled"


def _is_unseen_function(place: Place) -> bool:
    me = place.me
    return me.node.kind == _FUNCTION and me.is_virtual and me.is_failed and me.end_reason is None


def _because(category: str, place: Place, said: str) -> str:
    me = place.me
    operation = f" {me.operation}" if me.operation else ""
    told = f" ({said})" if said else ""
    if category == "connection":
        return f"could not be connected to{told}"
    if category == "throttled":
        return f"throttled{operation}{told}"
    if category == "provider_outage":
        return f"was down for everybody who called it{told}"
    if me.http_status is not None:
        return f"answered{operation} with {me.http_status}{told}"
    return f"failed{operation}{told}"
