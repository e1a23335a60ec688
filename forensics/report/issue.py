"""One issue of the result document: failures with one fingerprint, merged over their chains."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import BlastRadius, Failure, Frame, Issue, Node, Rate

__all__ = ["issue_of"]

_EXAMPLES = 5
_BUCKETS = 60
_WIDTHS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 360, 1440)]


def issue_of(lake: Lake, row: dict[str, Any], example: Failure) -> Issue:
    """`row` holds the issue's totals, `example` its first failure."""
    node = Node(row["node"], row["kind"])
    reach = _blast_radius(lake, row["issue"])
    course = _course(lake, example, row["last_seen"])
    return Issue(
        id=row["issue"],
        fingerprint=row["fingerprint"],
        title=row["title"],
        explanation=_explanation(row, example, reach, course),
        category=row["category"],
        node=node,
        failures=row["failures"],
        onset=iso(row["onset"]),
        last_seen=iso(row["last_seen"]),
        ongoing=course == _ONGOING,
        trigger=None,
        rate=_rate(lake, row),
        frames=_frames(lake, example),
        contrast=(),
        next_steps=_next_steps(row["category"], node, example),
        next_commands=_next_commands(example),
        blast_radius=reach,
        examples=_examples(lake, row["issue"]),
    )


def _explanation(row: dict[str, Any], example: Failure, reach: BlastRadius, course: str) -> str:
    count, chains = row["failures"], reach.chains
    least = "At least " if reach.at_least else ""
    hit = f"{least}{count:,} failure{'s' * (count != 1)} in {chains:,} chain{'s' * (chains != 1)}"
    if count == 1:
        when = f", at {iso(row['onset'])}"
    else:
        when = f" from {iso(row['onset'])} to {iso(row['last_seen'])}"
    return f"{example.root_cause.explanation} {hit}{when}, {course}."


_ONGOING = "and still going on where the evidence ends"
_OVER = "over since: the same node ended well afterwards"
_UNKNOWN = "and nothing later shows whether it is over"


def _course(lake: Lake, example: Failure, last_seen: datetime | None) -> str:
    """Over, if the node where it showed ended well afterwards; going on, if the evidence ends in it."""
    symptom = example.symptom.node
    row = lake.rows(
        """select
            count(*) filter (where node = $node and kind = $kind and status = 'ok') as well,
            coalesce(max(ended_at) <= $last_seen + interval 5 minutes, true) as is_end
        from lake.invocation where started_at > $last_seen""",
        {"node": symptom.name, "kind": symptom.kind, "last_seen": last_seen},
    )[0]
    return _OVER if row["well"] else _ONGOING if row["is_end"] else _UNKNOWN


def _blast_radius(lake: Lake, issue: str) -> BlastRadius:
    total = lake.rows(
        """
        with hit as (select distinct chain from rootcause.verdict where issue = $issue),
        member as (
            select distinct i.* from chains.member as m
            semi join hit using (chain) join lake.invocation as i using (invocation)
        )
        select
            (select count(*) from hit) as chains, count(*) as invocations,
            count(*) filter (where kind = 'AWS::SQS::Queue') as messages,
            coalesce(sum(duration_ms) filter (where status = 'failed' and not is_virtual), 0)::bigint
                as wasted_ms
        from member""",
        {"issue": issue},
    )[0]
    entries = lake.rows(
        """select distinct entry_node from chains.chain
        semi join (select chain from rootcause.verdict where issue = $issue) using (chain) order by 1""",
        {"issue": issue},
    )
    nodes = lake.rows(
        """select distinct i.node from chains.member as m
        semi join (select chain from rootcause.verdict where issue = $issue) as hit using (chain)
        join lake.invocation as i using (invocation) where i.status = 'failed' order by 1""",
        {"issue": issue},
    )
    sampled = lake.rows("select count(*) as n from lake.invocation where not is_virtual and trace_id is null")
    return BlastRadius(
        chains=total["chains"],
        invocations=total["invocations"],
        messages=total["messages"],
        entry_points=tuple(r["entry_node"] for r in entries),
        nodes=tuple(r["node"] for r in nodes),
        wasted_ms=total["wasted_ms"],
        wasted_usd=None,
        at_least=sampled[0]["n"] > 0,
    )


def _rate(lake: Lake, row: dict[str, Any]) -> tuple[Rate, ...]:
    """Failures over time; the bucket is the smallest that keeps the row of them readable."""
    if row["onset"] is None:
        return ()
    span = row["last_seen"] - row["onset"]
    width = next((w for w in _WIDTHS if span <= w * _BUCKETS), _WIDTHS[-1])
    rows = lake.rows(
        """select time_bucket($width, failed_at) as at, count(*) as n, count(distinct chain) as chains
        from rootcause.verdict where issue = $issue group by 1 order by 1""",
        {"width": width, "issue": row["issue"]},
    )
    return tuple(Rate(iso(r["at"]) or "", r["n"], r["chains"]) for r in rows)


class _StackFrame(msgspec.Struct):
    path: str | None = None
    line: int | None = None
    label: str | None = None


class _Exception(msgspec.Struct):
    stack: list[_StackFrame] | None = None


_exceptions = msgspec.json.Decoder(list[_Exception], strict=False)
# Where the runtimes and package managers put code that is not the user's.
_FOREIGN = (
    "site-packages", "dist-packages", "node_modules", "/var/runtime", "/var/lang", "/opt/", "node:",
    "java.", "javax.", "jdk.", "sun.", "lambdainternal", "com.amazonaws.services.lambda.runtime",
    "com.amazonaws.", "software.amazon.", "org.springframework", "org.apache.",
)  # fmt: skip


def _frames(lake: Lake, example: Failure) -> tuple[Frame, ...]:
    """The stack of the origin's exception, as its trace recorded it; empty where only logs have it."""
    rows = lake.rows(
        """select s.exceptions from lake.invocation as i
        join lake.span as s on s.trace_key = i.trace_key and s.segment_key = i.segment_key
        where i.invocation = $invocation and s.exceptions is not null
        order by s.ordinal limit 1""",
        {"invocation": example.root_cause.invocation},
    )
    try:
        found = _exceptions.decode(rows[0]["exceptions"]) if rows else []
    except (msgspec.DecodeError, RecursionError):
        return ()
    stack = (found[0].stack if found else None) or []
    return tuple(
        Frame(f.path or "", f.line, f.label or "", not _is_foreign(f"{f.path or ''} {f.label or ''}"))
        for f in stack
    )


def _is_foreign(text: str) -> bool:
    return any(mark in text for mark in _FOREIGN)


_STEPS = {
    "throttled": "compare the capacity or quota of {node} with what was asked of it in that minute",
    "dependency_slow": "look at the latency of {node} from other callers, and at the callers' time-outs",
    "dependency_fault": "look at the records or the status page of {node}",
    "timeout": "compare the run times of {node} with its time-out, and what it did last",
    "out_of_memory": "compare the memory size of {node} with the input of the failing requests",
    "unhandled_exception": "open the frames of {node}, and the input of a failing request",
    "init_failure": "look at the last deployment of {node}: package, handler, layers",
    "crash": "look at the last lines of {node} before its process ended",
    "permission_denied": "compare the role of the caller of {node} with the action that was refused",
    "never_reached": "look at the throttles and invocations of {node} in its metrics",
    "connection": "check name, certificate, route and security groups towards {node}",
}


def _next_steps(category: str, node: Node, example: Failure) -> tuple[str, ...]:
    step = _STEPS.get(category, "look at the records of {node} around the onset").format(node=node.name)
    return (step, *(f"collect {what}" for what in example.root_cause.would_decide))


def _next_commands(example: Failure) -> tuple[str, ...]:
    commands = [f"forensics why {example.id}"]
    if example.trace_id:
        commands.append(f"forensics trace {example.trace_id}")
    return tuple(commands)


def _examples(lake: Lake, issue: str) -> tuple[str, ...]:
    rows = lake.rows(
        f"""select failure from rootcause.verdict where issue = $issue
        order by failed_at nulls last, failure limit {_EXAMPLES}""",
        {"issue": issue},
    )
    return tuple(row["failure"] for row in rows)
