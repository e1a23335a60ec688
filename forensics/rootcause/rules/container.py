"""A service that did not answer because its containers were killed, crashed, or never came up."""

from __future__ import annotations

from collections import Counter

from forensics.model import Evidence, Node
from forensics.rootcause.around import Trouble
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Finding, Place
from forensics.rootcause.words import node_words

__all__ = ["container_was_down", "was_down"]

_RULE = "container_was_down"
_NOBODY_THERE = (502, 503, 504)

# Orchestrators replace a container, or say again that it does not come up, within minutes
# (CrashLoopBackOff ends at five; ECS restarts a task at once, and then more rarely).
_BEFORE_US = 180_000_000
_AFTER_US = 90_000_000
_BALANCER = "AWS::ElasticLoadBalancing"
_NOT_READY = "connection"
_WORDS = {
    "container_killed": "lost a container, which was killed",
    "crash": "had a container that crashed",
    "init_failure": "had a container that could not be started",
    "connection": "had a container that was not ready",
}


def container_was_down(place: Place) -> Finding | None:
    """Nobody answered at the service, and the orchestrator says that a container was gone at that time."""
    if place.me.node.kind.startswith(_BALANCER):
        return _behind_a_balancer(place)
    service = place.around.service_of(place.me.node) if _is_unanswered(place) else _upstream(place)
    if service is None:
        return None
    asked = place.me.node if place.me.is_virtual else service
    seen = place.claim(f"the call to {node_words(asked)} got no answer", _RULE)
    return was_down(place, service, seen)


def _behind_a_balancer(place: Place) -> Finding | None:
    """No target of the group answered, and the group leads to a workload whose containers were gone."""
    lines = [line for line in place.lines("balancer") if line.exception_message]
    if not lines or place.calls:
        return None
    group = lines[-1].exception_message or ""
    service = place.around.behind(group)
    if service is None:
        return None
    text = f"no target of {group} answered {node_words(place.me.node)}"
    return was_down(place, service, place.claim(text, _RULE, lines[-1].locator))


def _upstream(place: Place) -> Node | None:
    """Whom an ingress asked that says in its access log that nobody answered."""
    named = {line.text for line in place.lines("ingress")}
    return place.around.upstream(named.pop()) if len(named) == 1 and not place.failed_calls else None


def was_down(place: Place, service: Node, *seen: Evidence) -> Finding | None:
    """What the orchestrator says of a service's containers around the time of a call to it that failed."""
    start, end = place.me.started_us or 0, place.me.ended_us or place.deadline_us or place.me.started_us or 0
    found = place.around.troubles_of(service, start - _BEFORE_US, end + _AFTER_US)
    if not found:
        return None
    category, trouble = _nearest(found, end)
    text = f"{node_words(service)} {_WORDS[category]}, at {trouble.locator.timestamp}: {trouble.reason[:160]}"
    claims = (*seen, Evidence(text, _RULE, trouble.locator, trouble.reason[:400]))
    return Finding(
        _RULE, "strong", claims, category=category, elsewhere=None if service == place.me.node else service,
        because=f"{_WORDS[category]} ({trouble.reason[:120]})",
    )  # fmt: skip


def _is_unanswered(place: Place) -> bool:
    """No connection, silence, or a balancer's answer for want of a target."""
    me = place.me
    if not me.is_failed:
        return place.deadline_us is not None and me.is_virtual
    family = classify(me.error_type, me.error_message, me.http_status)
    return me.is_virtual and (
        family in ("connection", "timeout") or me.http_status in _NOBODY_THERE or me.http_status is None
    )


def _nearest(found: tuple[Trouble, ...], at_us: int) -> tuple[str, Trouble]:
    """What is said most often, and the one that stands nearest in time.

    A probe that fails after a container was lost is of the one that starts in its place, which is not ready
    yet (Kubernetes, "Pod Lifecycle", Container probes): that one was lost is why.
    """
    lost = min((t.at_us for t in found if t.category != _NOT_READY), default=None)
    found = tuple(t for t in found if t.category != _NOT_READY or lost is None or t.at_us < lost)
    counted = Counter(t.category for t in found)
    category = min(counted, key=lambda c: (-counted[c], c))
    alike = [t for t in found if t.category == category]
    return category, min(alike, key=lambda t: (abs(t.at_us - at_us), t.locator.event_id or ""))
