"""What woke an issue, and the commands that open the records behind its verdict."""

from __future__ import annotations

import re
import shlex
from typing import Any

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import Failure, Issue, Locator, Node, TimelineEntry, Trigger

__all__ = [
    "alarm_entries",
    "change_entries",
    "command_of",
    "next_commands",
    "query_of",
    "trigger_of",
    "triggers",
]

_SHOWN = 4
_PLAIN = re.compile(r"[\w:/.-]*", re.ASCII)
_ALARMS = 50

_TRIGGERS = "select t.* from issues.trigger as t semi join chosen using (issue) order by t.issue"
_RANG = """
    select occurred_at, node, kind, detail, action, after, log_group, event_id from lake.change
    where source = 'alarm_history' and contains(coalesce(after, ''), 'ALARM')
        and occurred_at >= $since and occurred_at < $until
    order by occurred_at, change limit $most
"""
_NEAR = {
    "origin": "",
    "chain": " (of a node in the failing chain)",
    "time": " (the last change before it; nothing else ties the two)",
}


def triggers(lake: Lake) -> dict[str, dict[str, Any]]:
    """The change before each issue of `chosen`, by issue."""
    return {row["issue"]: row for row in lake.rows(_TRIGGERS)}


def trigger_of(row: dict[str, Any] | None) -> Trigger | None:
    if row is None:
        return None
    by = f" by {row['actor']}" if row["actor"] else ""
    text = f"{row['action']} of {row['node'] or 'the account'}{by}{_NEAR[row['nearness']]}"
    where = Locator("log_event" if row["log_group"] else "change", log_group=row["log_group"],
                    event_id=row["event_id"], timestamp=iso(row["occurred_at"]))  # fmt: skip
    return Trigger(iso(row["occurred_at"]) or "", text, where)


def next_commands(example: Failure) -> tuple[str, ...]:
    """The verdict, its trace, and one command for each record that it stands on."""
    found = [f"forensics why {example.id}"]
    if example.trace_id:
        found.append(f"forensics trace {example.trace_id}")
    opened = (command_of(claim.locator) for claim in example.evidence)
    return tuple(dict.fromkeys([*found, *[c for c in opened if c][:_SHOWN]]))


def command_of(where: Locator) -> str | None:
    """A line to paste that opens a record."""
    if where.source == "segment_document" and where.trace_id:
        return f"forensics trace {where.trace_id}"
    return query_of(where)


def query_of(where: Locator) -> str | None:
    """A line to paste that finds the very row of a record again. Evidence keeps X-Ray's spelling of a trace
    id, everything else has 32 digits."""
    if where.source == "segment_document" and where.trace_id:
        xray = f"1-{where.trace_id[:8]}-{where.trace_id[8:]}"
        return _sql(
            "lake.segment_document", segment_id=(where.segment_id or "",), trace_id=(xray, where.trace_id)
        )
    if where.event_id:
        view = "lake.change" if where.source == "change" else "lake.log_event"
        return _sql(view, event_id=(where.event_id,))
    return None


def _sql(view: str, **wanted: tuple[str, ...]) -> str:
    """Ids are the source's own text: only plain ones are put between double quotes, where shells read on."""
    query = f"select * from {view} where " + " and ".join(
        f"{name} {_among(values)}" for name, values in wanted.items()
    )
    plain = all(_PLAIN.fullmatch(value) for values in wanted.values() for value in values)
    return f'forensics sql "{query}"' if plain else f"forensics sql {shlex.quote(query)}"


def _among(values: tuple[str, ...]) -> str:
    quoted = ["'" + value.replace("'", "''") + "'" for value in values]
    return f"= {quoted[0]}" if len(quoted) == 1 else f"in ({', '.join(quoted)})"


def alarm_entries(lake: Lake, bounds: dict[str, Any]) -> list[TimelineEntry]:
    """Alarms that rang in the window."""
    rows = lake.rows(_RANG, bounds | {"most": _ALARMS})
    return [
        TimelineEntry(
            iso(r["occurred_at"]) or "",
            "alarm",
            Node(r["node"], r["kind"] or "") if r["node"] else None,
            f"alarm {r['detail'] or r['action']}",
            Locator("change", event_id=r["event_id"], timestamp=iso(r["occurred_at"])),
        )
        for r in rows
    ]


def change_entries(issues: tuple[Issue, ...]) -> list[TimelineEntry]:
    """The changes that woke the issues, each once."""
    found = {(i.trigger.occurred_at, i.trigger.text): i for i in issues if i.trigger}
    return [
        TimelineEntry(at, "change", issue.node, text, issue.trigger.locator if issue.trigger else None)
        for (at, text), issue in found.items()
    ]
