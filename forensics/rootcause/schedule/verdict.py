"""A silence as a failure of the result document: one per schedule and stretch, not one per run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from forensics.chains.failing import change_locator, invocation_locator
from forensics.chains.times import iso, micros
from forensics.lake import Lake
from forensics.model import Alternative, ChainStep, Evidence, Failure, Node, RootCause, Symptom
from forensics.rootcause.confidence import Kind, confidence_of
from forensics.rootcause.schedule.runs import Clock, Course, courses
from forensics.rootcause.schedule.silence import Silence, silences_in
from forensics.rootcause.verdict import Verdict
from forensics.rootcause.words import first_words, node_words

__all__ = ["silences"]

_RULE = "not_started"
_CATEGORY = "never_reached"
_CHANGES = """
    select * replace (coalesce(log_event_id, event_id) as event_id) from lake.change
    where source = 'cloudtrail' and error_code is null
        and kind in ('AWS::Scheduler::Schedule', 'AWS::Events::EventBus')
    order by occurred_at, change
"""
# What stops runs by itself; an update may, and what it says then is DISABLED.
_STOPS = ("DisableRule", "DeleteRule", "RemoveTargets", "DeleteSchedule", "DeleteScheduleGroup")


@dataclass(frozen=True, slots=True)
class _Stopped:
    """A silence, and the change that lies between the last run and the first that was missed."""

    silence: Silence
    change: dict[str, Any] | None

    @property
    def origin(self) -> Node:
        if self.silence.clock:
            return self.silence.clock.node
        return Node(self.change["node"], self.change["kind"]) if self.change else self.silence.course.node

    @property
    def band(self) -> str:
        """proven: records of the runs, of their end, and of who ended them."""
        is_named = self.silence.clock is not None and self.change is not None
        if is_named and _is_stop(self.change) and (self.silence.is_over or self.silence.course.read):
            return "proven"
        is_off = self.silence.clock is not None and not self.silence.clock.is_enabled
        return "likely" if self.change or (is_off and not self.silence.is_over) else "possible"


def silences(lake: Lake) -> Iterator[Verdict]:
    """What should have run by the clock and did not, in order of time."""
    found = list(courses(lake))
    changes = lake.rows(_CHANGES) if found else []
    stopped = [_Stopped(s, _change(s, changes)) for course in found for s in silences_in(course)]
    for one in sorted(
        stopped, key=lambda s: (s.silence.missed[0], s.origin.name, s.silence.course.node.name)
    ):
        if _is_believed(one, found):
            yield _verdict(lake, one)


def _change(silence: Silence, changes: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last one of its schedule or rule; where none is known, of any that stops runs."""
    before = silence.missed[0] + silence.every / 2
    near = (row for row in reversed(changes) if silence.since < row["occurred_at"] <= before)
    return next((row for row in near if _concerns(row, silence.clock)), None)


def _concerns(change: dict[str, Any], clock: Clock | None) -> bool:
    if clock is None:
        return _is_stop(change)
    return change["node"] == clock.node.name and change["detail"] in (None, clock.name)


def _is_stop(change: dict[str, Any] | None) -> bool:
    said = (change or {}).get("after") or ""
    return change is not None and (change["action"] in _STOPS or '"DISABLED"' in said)


def _is_believed(one: _Stopped, courses_: list[Course]) -> bool:
    """Without a change it may be the end of an export, of hours of work, or a move to another target."""
    silence, clock = one.silence, one.silence.clock
    if one.change or (clock is not None and not clock.is_enabled):
        return True
    if not silence.is_over and not silence.course.read:
        return False
    return clock is not None or not (silence.on_the_hour or _is_moved(silence, courses_))


def _is_moved(silence: Silence, courses_: list[Course]) -> bool:
    """Whether somebody else began to run when this one ended."""
    begins = (course.runs[0][0] for course in courses_ if course is not silence.course)
    return any(silence.since < at <= silence.missed[0] + silence.every for at in begins)


def _verdict(lake: Lake, one: _Stopped) -> Verdict:
    silence, target, origin = one.silence, one.silence.course.node, one.origin
    first, last = silence.missed
    name = silence.clock.name if silence.clock else ""
    fingerprint = f"v3|{origin.kind}|{origin.name}|{_CATEGORY}|{name}|{target.name}"
    key = f"{fingerprint}|{iso(first)}"
    chain = "silence:" + hashlib.sha256(key.encode()).hexdigest()[:12]
    failure = Failure(
        id="f-" + hashlib.sha256(key.encode()).hexdigest()[:12],
        issue="i-" + hashlib.sha256(fingerprint.encode()).hexdigest()[:10],
        trace_id=None,
        chain_id=chain,
        failed_at=iso(first),
        symptom=Symptom(target, "", "silent", f"did not run {silence.times:,} times"),
        root_cause=_cause(one),
        chain=tuple(
            ChainStep(node, role, None, None, None, None, "unknown", None)
            for node, role in ((origin, "origin"), (target, "victim"))
            if role == "origin" or node != origin
        ),
        evidence=_evidence(lake, one),
        alternatives=_alternatives(one),
    )
    title = f"never reached: {node_words(target)} is not started by {_by(one)}"
    return Verdict(failure, fingerprint, title, micros(first), micros(last))


def _cause(one: _Stopped) -> RootCause:
    band = one.band
    way = "exact" if one.silence.clock else "inferred"
    began = one.change["occurred_at"] if one.change else one.silence.missed[0]
    return RootCause(
        node=one.origin,
        category=_CATEGORY,
        explanation=_explanation(one),
        confidence=confidence_of(Kind(band, _RULE, way)),
        band=band,
        onset=iso(began),
        trigger=None,
        contributing=(_words(one.change),) if one.change else (),
        would_decide=() if band == "proven" else _would_decide(one),
        invocation=None,
        rule=_RULE,
        way=way,
    )


def _by(one: _Stopped) -> str:
    clock = one.silence.clock
    if clock is None:
        return node_words(one.origin) if one.change else "whatever started it"
    return f"{'rule' if clock.node.kind == 'AWS::Events::EventBus' else 'schedule'} {clock.name}"


def _explanation(one: _Stopped) -> str:
    """What should have been, since when it was not, and why."""
    silence, clock = one.silence, one.silence.clock
    first, last = silence.missed
    habit = f"every {_length(silence.every.total_seconds())}"
    told = f"by {_by(one)}, {clock.expression}" if clock else f"as before, {habit}"
    text = (
        f"{first_words(silence.course.node)} should have run {silence.times:,} times between {iso(first)} "
        f"and {iso(last)} ({told}) and did not, after {silence.before:,} runs that came as they should"
    )
    if one.change:
        text += f"; {_words(one.change)}"
    elif clock and not clock.is_enabled and not silence.is_over:
        text += f"; {_by(one)} is switched off"
    ends = f"It ran again at {iso(silence.until)}" if silence.is_over else "It has not run again"
    return f"{text}. {ends}."


def _words(change: dict[str, Any]) -> str:
    return f"{change['action']} of {change['detail'] or change['node']} at {iso(change['occurred_at'])}"


def _length(seconds: float) -> str:
    """`5 minutes`, `90 seconds`, `2 hours`: of pauses, to the nearest whole."""
    whole = round(seconds / 10) * 10
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if whole >= size and whole % size == 0:
            return f"{whole // size} {word}{'s' * (whole > size)}"
    return f"{whole} seconds"


def _evidence(lake: Lake, one: _Stopped) -> tuple[Evidence, ...]:
    """The last runs before and the first after; the change."""
    silence = one.silence
    at = [n for n, (started, _) in enumerate(silence.course.runs) if started == silence.since][-1]
    chosen = [("ran as it should", n) for n in range(max(0, at - 1), at)] + [
        ("ran for the last time before", at)
    ]
    chosen += [("ran again", at + 1)] if silence.is_over else []
    ids = [silence.course.runs[n][1] for _, n in chosen]
    with lake.given("asked", pa.table({"invocation": ids})):
        rows = lake.rows("select i.* from lake.invocation as i semi join asked using (invocation)")
    known = {row["invocation"]: row for row in rows}
    name = node_words(silence.course.node)
    found = [
        Evidence(f"{name} {said}", _RULE, invocation_locator(known[id_]), iso(known[id_]["started_at"]) or "")
        for (said, _), id_ in zip(chosen, ids, strict=True)
    ]
    if one.change:
        found.append(
            Evidence(
                "it was changed before the first that is missing",
                _RULE,
                change_locator(one.change),
                _words(one.change),
            )
        )
    return tuple(found)


def _alternatives(one: _Stopped) -> tuple[Alternative, ...]:
    """Whom it does not reach may have been what changed."""
    target = one.silence.course.node
    if one.change or one.origin == target:
        return ()
    return (
        Alternative(target, _CATEGORY, "equal: nothing tells whether the schedule fired and it was refused"),
    )


def _would_decide(one: _Stopped) -> tuple[str, ...]:
    if one.silence.clock is None:
        return (f"what starts {one.silence.course.node.name}, and whether that was changed",)
    name = one.silence.clock.name
    return (
        f"who changed {name} last (CloudTrail), and whether it is switched on",
        f"whether {name} fired: InvocationAttemptCount and TargetErrorCount, or TriggeredRules; dead letters",
    )
