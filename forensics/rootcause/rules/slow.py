"""A callee that had not answered when its caller ran out of time."""

from __future__ import annotations

from forensics.model import Node
from forensics.rootcause.place import Call, Finding, Place, evidence_of_call
from forensics.rootcause.words import node_words, seconds

__all__ = ["answered_slowly", "answered_too_late", "spent_on_a_call"]

# A callee that took up this much of its caller's time is what the caller waited for.
_MOST = 0.5


def spent_on_a_call(place: Place) -> Finding | None:
    """No call was open when time ran out, but most of the time had gone into calls to one node."""
    me, deadline = place.me, place.deadline_us
    if deadline is None and me.end_reason == "timeout":
        deadline = me.ended_us
    if deadline is None or me.started_us is None or deadline <= me.started_us:
        return None
    spent: dict[str, int] = {}
    for call in place.calls:
        took = min(call.ended_us or deadline, deadline) - (call.started_us or me.started_us)
        spent[call.callee.node.name] = spent.get(call.callee.node.name, 0) + max(0, took)
    if not spent:
        return None
    name = max(sorted(spent), key=lambda n: spent[n])
    if spent[name] < _MOST * (deadline - me.started_us):
        return None
    longest = max((c for c in place.calls if c.callee.node.name == name), key=_took)
    rule = "spent_on_a_call"
    text = f"{node_words(me.node)} spent {seconds(spent[name])} on {node_words(longest.callee.node)}"
    return Finding(
        rule, "strong", (evidence_of_call(longest, text, rule),), from_=longest.callee.invocation,
        because=f"spent its time on {node_words(longest.callee.node)}", deadline_us=longest.ended_us,
    )  # fmt: skip


def answered_too_late(place: Place) -> Finding | None:
    """A function that ended well after its caller had given up: the two limits do not fit each other.

    Lambda lets it run for up to its own time-out, which is longer than the caller's patience.
    """
    me = place.me
    if place.deadline_us is None or me.is_virtual or me.node.kind != "AWS::Lambda::Function":
        return None
    if me.status != "ok" or me.ended_us is None or me.ended_us <= place.deadline_us:
        return None
    rule = "answered_too_late"
    text = (
        f"{node_words(me.node)} ended well, {seconds(me.ended_us - place.deadline_us)} after its caller left"
    )
    return Finding(
        rule, "strong", (place.claim(text, rule),), category="timeout_mismatch",
        because=f"{_ran(place)}, longer than its caller waits, and ended well after that",
        would_decide=(f"time-outs of {me.node.name} and of its caller",),
    )  # fmt: skip


def answered_slowly(place: Place) -> Finding | None:
    """Its caller ran out of time waiting for it, and nothing below it was open: it is slow.

    A callee that only went silent is never the sole origin: the way to it stays an equal
    alternative until something else decides.
    """
    me = place.me
    is_silent = me.is_virtual and me.http_status is None
    if place.deadline_us is None or (me.is_failed and not is_silent) or _has_open_call(place):
        return None
    others = place.around.silent_beside(me.node, me.started_us or 0) if is_silent else ()
    if others and me.node.kind == "remote":
        return _way_out(place, others)
    rule = "callee_did_not_answer"
    text = f"{node_words(me.node)} {slow_words(place)}"
    way = (me.node, "connection", f"the way to {me.node.name} may have failed: no record tells them apart")
    return Finding(
        rule, "strong", (place.claim(text, rule),), category="dependency_slow", because=slow_words(place),
        would_decide=(f"metrics or logs of {me.node.name}", f"flow logs of the way to {me.node.name}"),
        equals=(way,) if is_silent else (),
    )  # fmt: skip


def _way_out(place: Place, others: tuple[Node, ...]) -> Finding:
    """Several third parties went silent at once: it is what the callers share, not one of them."""
    me = place.me
    rule = "several_did_not_answer"
    names = ", ".join(n.name for n in others[:3])
    text = f"{node_words(me.node)} {slow_words(place)}, and neither did {names} at that time"
    asked = (habit for node in (me.node, *others) for habit in place.around.calls_to(node))
    callers = {habit.caller.name for habit in asked if habit.unanswered}
    gateways = ", ".join(n.name for n in place.around.shared_by(callers, "AWS::EC2::NatGateway"))
    return Finding(
        rule, "weak", (place.claim(text, rule),), category="unknown",
        because=f"{slow_words(place)}; neither did {names}: what is shared on the way there is not recorded",
        would_decide=(
            f"ErrorPortAllocation of {gateways or 'the NAT gateway they share'}", "flow logs of the subnets",
        ),
        equals=((me.node, "dependency_slow", "other hosts were silent at the same time"),),
    )  # fmt: skip


def slow_words(place: Place) -> str:
    """How long a callee had been running when its caller gave up."""
    started, deadline = place.me.started_us, place.deadline_us
    if started is None or deadline is None or deadline <= started:
        return "did not answer in time"
    return f"had not answered after {seconds(deadline - started)}"


def _ran(place: Place) -> str:
    return f"ran for {seconds(place.me.duration_us)}" if place.me.duration_us else "ran long"


def _took(call: Call) -> int:
    return (call.ended_us or call.started_us or 0) - (call.started_us or 0)


def _has_open_call(place: Place) -> bool:
    deadline = place.deadline_us or 0
    return any(c.ended_us is None or c.ended_us >= deadline for c in place.calls)
