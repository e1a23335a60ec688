"""What happened around the failures, in order of time: changes, onsets, alarms, what ended them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from forensics.chains.failing import change_locator
from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import Issue, Locator, Node, TimelineEntry, Trigger

__all__ = ["mitigation_of", "mitigations", "timeline", "trigger_of", "triggers"]

_ALARMS = 50
_TRIGGERS = "select t.* from issues.trigger as t semi join chosen using (issue) order by t.issue"
_MITIGATIONS = "select m.* from issues.mitigation as m semi join chosen using (issue) order by m.issue"
_RANG = """
    select occurred_at, node, kind, detail, action, event_id, after ->> '$.state' = 'OK' as is_over
    from lake.change
    where source = 'alarm_history' and (after ->> '$.state' = 'ALARM'
        or after ->> '$.state' = 'OK' and coalesce(before ->> '$.state' = 'ALARM', true))
        and occurred_at >= $since and occurred_at < $until
    order by occurred_at, change limit $most
"""
_NEAR = {
    "origin": "",
    "trigger": " (what was changed before it began)",
    "chain": " (of a node in the failing chain)",
    "time": " (the last change before it; nothing else ties the two)",
}


def triggers(lake: Lake) -> dict[str, dict[str, Any]]:
    """The change before each issue of `chosen`, by issue."""
    return {row["issue"]: row for row in lake.rows(_TRIGGERS)}


def mitigations(lake: Lake) -> dict[str, dict[str, Any]]:
    """The change that can have ended each issue of `chosen`, by issue."""
    return {row["issue"]: row for row in lake.rows(_MITIGATIONS)}


def trigger_of(row: dict[str, Any] | None) -> Trigger | None:
    return (
        None
        if row is None
        else Trigger(iso(row["occurred_at"]) or "", _said(row), change_locator(row), _node(row))
    )


def mitigation_of(row: dict[str, Any] | None, recovery: TimelineEntry | None) -> TimelineEntry | None:
    """A change ended an issue only where the issue is over, and was made before the first good end."""
    if row is None or recovery is None or (at := iso(row["occurred_at"]) or "") > recovery.occurred_at:
        return None
    return TimelineEntry(at, "mitigation", _node(row), _said(row), change_locator(row))


def timeline(issues: Iterable[Issue], lake: Lake, bounds: dict[str, Any]) -> tuple[TimelineEntry, ...]:
    """Every change and mitigation once, however many issues it touches."""
    entries = [entry for issue in issues for entry in _entries(issue)]
    unique = dict.fromkeys([*entries, *_alarms(lake, bounds)])
    return tuple(sorted(unique, key=lambda e: (e.occurred_at, e.kind, e.text)))


def _entries(issue: Issue) -> list[TimelineEntry]:
    found = [entry for entry in (issue.mitigation, issue.recovery) if entry is not None]
    if issue.trigger is not None:
        woke = issue.trigger
        found.append(TimelineEntry(woke.occurred_at, "change", woke.node, woke.text, woke.locator))
    if issue.onset is not None:
        found.append(TimelineEntry(issue.onset, "onset", issue.node, f"first failure of {issue.title}", None))
    return found


def _alarms(lake: Lake, bounds: dict[str, Any]) -> list[TimelineEntry]:
    """Alarms that rang in the window, and when they were quiet again."""
    return [_alarm(row) for row in lake.rows(_RANG, bounds | {"most": _ALARMS})]


def _alarm(row: dict[str, Any]) -> TimelineEntry:
    at, name = iso(row["occurred_at"]) or "", row["detail"] or row["action"]
    kind, text = (
        ("recovery", f"alarm {name} is quiet again") if row["is_over"] else ("alarm", f"alarm {name}")
    )
    where = Locator("change", event_id=row["event_id"], timestamp=iso(row["occurred_at"]))
    return TimelineEntry(at, kind, _node(row), text, where)


def _said(row: dict[str, Any]) -> str:
    by = f" by {row['actor']}" if row["actor"] else ""
    return f"{row['action']} of {row['node'] or 'the account'}{by}{_NEAR[row['nearness']]}"


def _node(row: dict[str, Any]) -> Node | None:
    return Node(row["node"], row["kind"] or "") if row["node"] else None
