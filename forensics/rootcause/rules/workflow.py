"""A state machine runs no code of its own: what failed is a task of it, its time, or its definition."""

from __future__ import annotations

from forensics.model import Node
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Call, Finding, Place, evidence_of_call
from forensics.rootcause.rules.slow import spent_on_a_call
from forensics.rootcause.words import error_words, node_words, outcome_words

__all__ = ["STATE_MACHINE", "workflow_failed"]

STATE_MACHINE = "AWS::StepFunctions::StateMachine"
# Names that the service itself gives (Step Functions developer guide, "Error names"); other names
# are those that a task failed with.
_OF_TASKS = (
    "States.TaskFailed",
    "States.Timeout",
    "States.HeartbeatTimeout",
    "States.ExceedToleratedFailure",
)


def workflow_failed(place: Place) -> Finding | None:
    """The task that failed it, the one that took its time, or else its own definition."""
    me = place.me
    if me.node.kind != STATE_MACHINE:
        return None
    error = me.error_type or ""
    if error == "States.Timeout" or me.end_reason == "timeout":
        return spent_on_a_call(place) or _by_a_task(place) or _unknown(place)
    found = _by_a_task(place)
    if found is not None:
        return found
    if error.startswith("States.") and not error.startswith(_OF_TASKS):
        said = error_words(error, me.error_message)
        rule = "definition_failed"
        claims = (place.claim(f"{node_words(me.node)} failed with {said}", rule),)
        return Finding(rule, "exact", claims, category="state_machine", because=f"failed with {said}")
    return _by_a_name(place) or _unknown(place)


def _by_a_task(place: Place) -> Finding | None:
    """A call that failed, one that failed with the very error of the execution before any other."""
    calls = place.failed_calls
    if not calls:
        return None
    same = [call for call in calls if _is_the_same(place, call)]
    call = (same or list(calls))[-1]
    rule = "task_failed"
    text = f"{node_words(call.callee.node)} {outcome_words(call.callee)} as a task of {place.me.node.name}"
    claims = (place.claim(f"{node_words(place.me.node)} failed", rule), evidence_of_call(call, text, rule))
    because = f"failed because {node_words(call.callee.node)} {outcome_words(call.callee)}"
    strength = "exact" if same or len({c.callee.node for c in calls}) == 1 else "strong"
    return Finding(
        rule, strength, claims, from_=call.callee.invocation, because=because, deadline_us=place.deadline_us
    )


def _is_the_same(place: Place, call: Call) -> bool:
    me, callee = place.me, call.callee
    if me.error_type and me.error_type in (callee.error_type, call.edge.exception_type):
        return True
    return bool(callee.error_message and me.error_message and callee.error_message in me.error_message)


def _by_a_name(place: Place) -> Finding | None:
    """The history names what the failing task was to call, and no record of that call is tied to it."""
    me = place.me
    targets = {line.exception_message for line in place.lines("workflow") if line.exception_message}
    if len(targets) != 1 or not me.error_type or me.error_type.startswith("States."):
        return None
    target = next(iter(targets))
    category = classify(me.error_type, me.error_message)
    rule = "task_failed"
    text = f"the task that called {target} failed with {error_words(me.error_type, me.error_message)}"
    claims = place.log_claims(text, rule, ("workflow",))
    return Finding(
        rule, "strong", claims, category=category or "unhandled_exception",
        elsewhere=Node(target, "AWS::Lambda::Function"),
        because=f"failed as a task with {error_words(me.error_type, me.error_message)}",
        error_type=me.error_type, error_message=me.error_message,
    )  # fmt: skip


def _unknown(place: Place) -> Finding:
    me = place.me
    rule = "no_task_known"
    said = error_words(me.error_type, me.error_message) or outcome_words(me)
    claims = (place.claim(f"{node_words(me.node)} failed with {said}", rule),)
    return Finding(
        rule, "weak", claims, category="unknown",
        because=f"failed with {said}, and no record tells by which task",
        would_decide=(f"the execution history of {me.node.name} at level ALL",),
    )  # fmt: skip
