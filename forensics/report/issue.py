"""The issues of the result document: failures with one fingerprint, merged over their chains.

Every figure comes from one query over all issues that are shown, never from one per issue.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import BlastRadius, Failure, Frame, Issue, Node, Rate, Shown, TimelineEntry
from forensics.report.course import Course, courses
from forensics.report.next import next_commands, next_steps
from forensics.report.stack import frames_of
from forensics.report.timeline import mitigation_of, mitigations, trigger_of, triggers

__all__ = ["issues_of"]

_EXAMPLES = 5
_BUCKETS = 60

_failure = msgspec.json.Decoder(Failure)

_TOTALS = """
    select issue, min(fingerprint) as fingerprint, min(title) as title, min(category) as category,
        min(origin_node) as node, min(origin_kind) as kind, count(*) as failures,
        min(failed_at) as onset, max(last_seen_at) as last_seen,
        min({'at': failed_at, 'failure': failure}).failure as example
    from shown group by issue order by failures desc, onset nulls last, issue limit $most
"""
# What the chains of an issue hold: each invocation once, however many failures share it. What did not run
# has no chain.
_REACH = """
    with hit as (
        select distinct issue, chain, symptom_kind <> 'silent' as ran
        from shown semi join chosen using (issue)
    ),
    member as (
        select distinct hit.issue, m.invocation from hit left join chains.member as m using (chain)
    ),
    untraced as (
        select node, count(*) as n from lake.invocation
        where not is_virtual and trace_id is null group by node
    )
    select
        member.issue, count(i.invocation) as invocations,
        (select count(*) from hit where hit.issue = member.issue and hit.ran) as chains,
        count(*) filter (where i.kind = 'AWS::SQS::Queue') as messages,
        coalesce(sum(i.duration_ms) filter (where i.status = 'failed' and not i.is_virtual), 0)::bigint
            as wasted_ms,
        coalesce(bool_or(u.n > 0) filter (where i.status = 'failed'), false) as at_least
    from member
    left join lake.invocation as i using (invocation)
    left join untraced as u using (node)
    group by member.issue
"""
_ENTRIES = """
    select distinct s.issue, c.entry_node as name
    from shown as s semi join chosen using (issue) join chains.chain as c using (chain)
    order by issue, name
"""
_NODES = """
    select distinct s.issue, i.node as name
    from (select distinct issue, chain from shown semi join chosen using (issue)) as s
    join chains.member as m using (chain)
    join chains.ending as e using (invocation)
    join lake.invocation as i using (invocation)
    where e.outcome in ('surfaced', 'propagated')
    union
    select distinct issue, origin_node from shown semi join chosen using (issue)
    order by issue, name
"""
# The smallest bucket that keeps an issue's row of them readable.
_RATE = """
    with width as (
        select issue, case
            when last_seen - onset <= interval 1 minute * $buckets then interval 1 minute
            when last_seen - onset <= interval 5 minutes * $buckets then interval 5 minutes
            when last_seen - onset <= interval 15 minutes * $buckets then interval 15 minutes
            when last_seen - onset <= interval 1 hour * $buckets then interval 1 hour
            when last_seen - onset <= interval 6 hours * $buckets then interval 6 hours
            else interval 1 day
        end as bucket
        from chosen
    )
    select s.issue, time_bucket(w.bucket, s.failed_at) as starts_at, count(*) as n,
        count(distinct s.chain) as chains
    from shown as s join width as w using (issue)
    where s.failed_at is not null
    group by s.issue, starts_at order by s.issue, starts_at
"""
# One message stands for all of a place: they differ by ids more often than not.
_PLACES = """
    select issue, node, node_kind, symptom_kind, min(message) as message, count(*) as n
    from shown semi join chosen using (issue)
    group by issue, node, node_kind, symptom_kind
    order by issue, n desc, node, node_kind, symptom_kind
"""
_NAMED = """
    select issue, failure from shown semi join chosen using (issue)
    qualify row_number() over (partition by issue order by failed_at nulls last, failure) <= $most
    order by issue, failed_at nulls last, failure
"""
_STACKS = """
    select c.issue, s.exceptions
    from chosen as c
    join shown as f on f.failure = c.example
    join lake.invocation as i on i.invocation = f.origin
    join lake.span as s on s.trace_key = i.trace_key and s.segment_key = i.segment_key
    where s.exceptions is not null
    qualify row_number() over (partition by c.issue order by s.ordinal) = 1
"""


def issues_of(lake: Lake, where: str, bounds: dict[str, Any], most: int) -> Iterator[Issue]:
    """The issues with most failures first; `where` and `bounds` choose the failures that count."""
    columns = (
        "failure, issue, chain, failed_at, last_seen_at, node, node_kind, symptom_kind, message, fingerprint,"
        " title, category, origin, origin_node, origin_kind"
    )
    shown = lake.arrow(f"select {columns} from rootcause.verdict where {where}", bounds)
    with lake.given("shown", shown):
        chosen = lake.arrow(_TOTALS, {"most": most})
        with lake.given("chosen", chosen):
            facts = _Facts(lake)
            for row in chosen.to_pylist():
                yield _issue(row, facts)


class _Facts:
    """What the queries say of each issue."""

    def __init__(self, lake: Lake) -> None:
        self.reach = {r["issue"]: r for r in lake.rows(_REACH)}
        self.course = courses(lake)
        self.triggers = triggers(lake)
        self.mitigations = mitigations(lake)
        self.entries = _grouped(lake.rows(_ENTRIES))
        self.nodes = _grouped(lake.rows(_NODES))
        self.rate = _grouped(lake.rows(_RATE, {"buckets": _BUCKETS}))
        self.places = _grouped(lake.rows(_PLACES))
        self.examples = _grouped(lake.rows(_NAMED, {"most": _EXAMPLES}))
        self.stacks = {r["issue"]: r["exceptions"] for r in lake.rows(_STACKS)}
        documents = (
            "select c.issue, v.document from chosen as c join rootcause.verdict as v on v.failure = c.example"
        )
        self.example = {r["issue"]: _failure.decode(r["document"]) for r in lake.rows(documents)}


def _grouped(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["issue"], []).append(row)
    return groups


def _issue(row: dict[str, Any], facts: _Facts) -> Issue:
    name, node = row["issue"], Node(row["node"], row["kind"])
    example, course = facts.example[name], facts.course[name]
    reach = _blast_radius(name, facts)
    recovery = _recovery(row, example, course)
    return Issue(
        id=name,
        fingerprint=row["fingerprint"],
        title=row["title"],
        explanation=_explanation(row, example, reach, course),
        category=row["category"],
        node=node,
        failures=row["failures"],
        onset=iso(row["onset"]),
        last_seen=iso(row["last_seen"]),
        ongoing=course.is_ongoing,
        trigger=trigger_of(facts.triggers.get(name)),
        rate=tuple(Rate(iso(r["starts_at"]) or "", r["n"], r["chains"]) for r in facts.rate.get(name, ())),
        frames=_frames(facts.stacks.get(name)),
        contrast=(),
        next_steps=next_steps(row["category"], node, example),
        next_commands=next_commands(example),
        blast_radius=reach,
        examples=tuple(r["failure"] for r in facts.examples[name]),
        shown_at=tuple(
            Shown(Node(r["node"], r["node_kind"]), r["symptom_kind"], r["message"], r["n"])
            for r in facts.places[name]
        ),
        course=course.words,
        recovery=recovery,
        mitigation=mitigation_of(facts.mitigations.get(name), recovery),
    )


def _explanation(row: dict[str, Any], example: Failure, reach: BlastRadius, course: Course) -> str:
    if example.symptom.kind in ("slow", "silent"):
        return example.root_cause.explanation  # says all itself: it is one, however many it concerns
    count, chains = row["failures"], reach.chains
    least = "At least " if reach.at_least else ""
    hit = f"{least}{count:,} failure{'s' * (count != 1)}"
    hit += f" in {chains:,} chain{'s' * (chains != 1)}" if chains != count else ""
    when = ""
    if row["onset"] is not None:
        last = f" to {iso(row['last_seen'])}" if count > 1 else ""
        when = f" from {iso(row['onset'])}{last}" if count > 1 else f", at {iso(row['onset'])}"
    return f"{example.root_cause.explanation} {hit}{when}, {course.words}."


def _recovery(row: dict[str, Any], example: Failure, course: Course) -> TimelineEntry | None:
    if course.recovered_at is None:
        return None
    text = f"{example.symptom.node.name} ended well after the last failure of {row['title']}"
    return TimelineEntry(
        iso(course.recovered_at) or "", "recovery", example.symptom.node, text, course.record
    )


def _blast_radius(name: str, facts: _Facts) -> BlastRadius:
    reach = facts.reach[name]
    return BlastRadius(
        chains=reach["chains"],
        invocations=reach["invocations"],
        messages=reach["messages"],
        entry_points=tuple(r["name"] for r in facts.entries.get(name, ())),
        nodes=tuple(r["name"] for r in facts.nodes.get(name, ())),
        wasted_ms=reach["wasted_ms"],
        wasted_usd=None,
        at_least=reach["at_least"],
    )


def _frames(exceptions: str | None) -> tuple[Frame, ...]:
    return frames_of(exceptions) if exceptions is not None else ()
