"""A job that its service stopped, and a subnet that had no address for what was to start in it.

Stop codes: ECS API reference, Task, `stopCode`; what is said beside them: ECS developer guide, "Stopped tasks
error messages". `InsufficientFreeAddressesInSubnet`: EC2 API reference, "Error codes", of whoever wants a
network interface; the service that asked hands the text on.
"""

from __future__ import annotations

import re
from dataclasses import replace

from forensics.model import Node
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Finding, Place
from forensics.rootcause.rules.raised import raised_here, threw_over_a_dependency
from forensics.rootcause.words import error_words, node_words

__all__ = ["job_stopped", "no_address_left"]

_STOPPED = {
    "TaskFailedToStart": "init_failure",
    "EssentialContainerExited": "crash",
    "ServiceSchedulerInitiated": "container_killed",
    "UserInitiated": "container_killed",
    "SpotInterruption": "container_killed",
    "TerminationNotice": "container_killed",
}
# 137 is SIGKILL's (128 + 9).
_KILLED = re.compile(r"OutOfMemory|exited with 137\b")
_NO_ADDRESS = re.compile(r"InsufficientFreeAddressesInSubnet")
_SUBNET = re.compile(r"\bsubnet-[0-9a-f]{8,17}\b")


def no_address_left(place: Place) -> Finding | None:
    """The error names the one subnet in which no address was free."""
    said = " ".join(text for text in place.own_exception or () if text)
    subnets = set(_SUBNET.findall(said)) if place.me.is_failed and _NO_ADDRESS.search(said) else set()
    if len(subnets) != 1:
        return None
    rule = "subnet_is_full"
    subnet = Node(subnets.pop(), "AWS::EC2::Subnet")
    claims = (place.claim(f"{node_words(place.me.node)} got no address in {subnet.name}", rule),)
    return Finding(
        rule, "exact", claims, category="resource_exhausted", elsewhere=subnet,
        because=f"had no free address for {place.me.node.name}",
        error_type="InsufficientFreeAddressesInSubnet", error_message=place.me.error_message,
    )  # fmt: skip


def job_stopped(place: Place) -> Finding | None:
    """Its service says by a code and in words why it stopped; no record of its own need be left."""
    me = place.me
    category = _STOPPED.get(me.error_type or "")
    if category is None or not me.is_virtual:
        return None
    if _KILLED.search(me.error_message or ""):
        category = "container_killed"
    elif category != "container_killed":
        category = classify(None, me.error_message) or category
    if category == "crash" and (found := _by_its_lines(place)):
        return found
    rule = "job_stopped"
    said = error_words(me.error_type, me.error_message)
    claims = (place.claim(f"{node_words(me.node)} stopped: {said}", rule),)
    decides = (f"lines of {me.node.name} before it ended",) if category == "crash" else ()
    return Finding(
        rule, "strong" if category == "crash" else "exact", claims, category=category,
        because=f"stopped: {said}", error_type=me.error_type, error_message=me.error_message,
        would_decide=decides,
    )  # fmt: skip


def _by_its_lines(place: Place) -> Finding | None:
    """The last exception that the task printed is why it exited."""
    thrown = [line for line in place.me.logs if line.exception_type and line.level != "WARN"]
    if not thrown:
        return None
    error_type, message = thrown[-1].exception_type, thrown[-1].exception_message
    threw = replace(place, me=replace(place.me, error_type=error_type, error_message=message))
    return threw_over_a_dependency(threw) or raised_here(threw)
