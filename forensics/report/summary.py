"""The first screen: what is seen, since when, why, and what it cost."""

from __future__ import annotations

from typing import Any

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import Alternative, Coverage, Failure, Impact, Issue, Shown, Summary
from forensics.report.measured import measured_of

__all__ = ["summary_of"]

_COMMANDS = 2
# A message in a standard queue expires by when it was first sent, however often it moved; in a FIFO queue
# it counts anew in the dead-letter queue (SQS developer guide, dead-letter queues and message retention).
_LETTERS = """
    with dead as (
        select distinct d.message, d.dead_letter, d.producer, d.failed_at
        from rootcause.verdict as v
        join chains.member as m using (chain)
        join links.delivery as d on d.consumer = m.invocation
        -- what was moved back lies there no longer
        anti join (from links.delivery where outcome = 'redriven') as r
            on r.message = d.message and r.source = d.dead_letter
        where v.issue = $issue and d.outcome = 'dead-lettered'
    ),
    kept as (
        select node,
            max(try_cast(configuration ->> '$.Attributes.MessageRetentionPeriod' as bigint)) as seconds
        from lake.resource where kind = 'AWS::SQS::Queue' group by node
    )
    select
        count(distinct message) as n, min(dead_letter) as queue,
        min(case when suffix(dead_letter, '.fifo') then failed_at else coalesce(p.started_at, failed_at) end
            + to_seconds(k.seconds)) as expires_at
    from dead
    left join lake.invocation as p on p.invocation = dead.producer
    left join kept as k on k.node = dead.dead_letter
"""


def summary_of(
    lake: Lake, issues: tuple[Issue, ...], examples: dict[str, Failure], coverage: Coverage
) -> Summary | None:
    """Of the issue that comes first; None where nothing failed. `examples` are failures by id."""
    if not issues:
        return None
    issue = issues[0]
    cause = examples[issue.examples[0]].root_cause
    return Summary(
        issue=issue.id,
        sees=_sees(issue.shown_at),
        since=issue.onset,
        last_seen=issue.last_seen,
        ongoing=issue.ongoing,
        course=issue.course,
        origin=cause.explanation,
        node=cause.node,
        band=cause.band,
        confidence=cause.confidence,
        rejected=_rejected(examples[issue.examples[0]]),
        change=issue.trigger,
        change_note=_change_note(issue, coverage),
        impact=_impact(lake, issue, coverage),
        next_commands=issue.next_commands[:_COMMANDS],
        measured=measured_of(lake, issue),
    )


def _sees(places: tuple[Shown, ...]) -> str:
    first = places[0]
    what = first.message or first.kind.replace("_", " ")
    more = len(places) - 1
    return f"{first.node.name}: {what}" + (f" (and {more} more place{'s' * (more > 1)})" if more else "")


def _rejected(example: Failure) -> Alternative | None:
    """Alternatives come in the order of what spoke for them."""
    return example.alternatives[0] if example.alternatives else None


def _change_note(issue: Issue, coverage: Coverage) -> str:
    if issue.trigger:
        return ""
    if not coverage.changes:
        return "no record of changes was collected"
    return f"none was found before the onset, among {coverage.changes:,} records of changes"


def _impact(lake: Lake, issue: Issue, coverage: Coverage) -> tuple[Impact, ...]:
    reach = issue.blast_radius
    least = "at least: untraced ones may be missing" if reach.at_least else None
    entries = ", ".join(reach.entry_points[:3]) + (", …" if len(reach.entry_points) > 3 else "")
    found = [
        Impact("failures", issue.failures, least),
        Impact("chains", reach.chains, f"entered at {entries}" if entries else None),
        Impact("messages", reach.messages, None),
        _dead_letters(lake.rows(_LETTERS, {"issue": issue.id})[0]),
        Impact("absorbed errors", coverage.absorbed, "of the whole case; caught or retried to success"),
    ]
    return tuple(impact for impact in found if impact.count)


def _dead_letters(row: dict[str, Any]) -> Impact:
    when = (
        f"the first expires {iso(row['expires_at'])}"
        if row["expires_at"]
        else "when they expire is not known"
    )
    return Impact("dead letters", row["n"], f"in {row['queue']}, {when}" if row["n"] else None)
