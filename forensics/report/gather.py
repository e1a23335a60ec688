"""Read the result document out of a case's tables. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import (
    Absorbed,
    CaseInfo,
    ClockSkew,
    Coverage,
    Document,
    Failure,
    Gap,
    Issue,
    Locator,
    Node,
    Sampling,
    Section,
    Suspect,
    Tool,
    Window,
    XrayAgreement,
)
from forensics.report.counted import counted_of
from forensics.report.issue import issues_of
from forensics.report.map import service_map
from forensics.report.summary import summary_of
from forensics.report.timeline import timeline
from forensics.report.unseen import outside, unseen

__all__ = ["Range", "bounds", "failures", "gather"]

SCHEMA = 1
_FAILURES = 1_000
_ISSUES = 200
_GAPS = 200
_ABSORBED = 100
_COUNTED = 5

_failure = msgspec.json.Decoder(Failure)
Bounds = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Range:
    """The part of a case that is asked for; None = from its start, or to its end (exclusive)."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def bounds(self) -> dict[str, datetime]:
        return {"since": self.since or datetime.min, "until": self.until or datetime.max}  # noqa: DTZ901


def gather(
    lake: Lake,
    tool: Tool,
    manifest: str,
    window: Range | None = None,
    *,
    suspects: tuple[Suspect, ...] = (),
    baseline: tuple[datetime, datetime] | None = None,
) -> Document:
    """The document of a case that is analysed, cut to a window by when failures showed."""
    window = window or Range()
    held = bounds(lake)
    issues = tuple(issues_of(lake, _IN_WINDOW, window.bounds, _ISSUES))
    shown = _shown(lake, window, issues)
    absorbed = _absorbed(lake, window)
    gaps, gaps_total = _gaps(lake)
    coverage = _coverage(lake, window, gaps)
    counted = counted_of(lake, window.bounds)
    return Document(
        schema=SCHEMA,
        tool=tool,
        case=_case(lake, manifest, window, baseline, held),
        coverage=coverage,
        timeline=timeline(issues, lake, window.bounds),
        issues=issues,
        failures=shown,
        absorbed=absorbed[:_ABSORBED],
        suspects=suspects,
        map=service_map(lake, (window.since, window.until)),
        sections={
            "issues": Section(len(issues), _count_issues(lake, window)),
            "failures": Section(len(shown), coverage.failures),
            "absorbed": Section(len(absorbed[:_ABSORBED]), len(absorbed)),
            "gaps": Section(len(coverage.gaps), gaps_total),
        },
        summary=summary_of(lake, issues, {failure.id: failure for failure in shown}, coverage),
        unseen=(
            *outside(_reach(lake, held), window=(window.since, window.until), baseline=baseline),
            *(row.told for row in counted[:_COUNTED]),
            *unseen(coverage),
        ),
        counted=counted,
    )


_IN_WINDOW = "coalesce(failed_at >= $since and failed_at < $until, true)"
_IN_ORDER = "order by failed_at nulls last, failure"
# The first in order of time, and those that stand for an issue, however late it began.
_SHOWN = f"""
    select document from rootcause.verdict where failure in (select unnest($examples)) or failure in (
        select failure from rootcause.verdict where {_IN_WINDOW} {_IN_ORDER} limit $most
    ) {_IN_ORDER}
"""


def failures(lake: Lake, window: Range) -> Iterator[Failure]:
    """Failures in order of time, streamed."""
    sql = f"select document from rootcause.verdict where {_IN_WINDOW} {_IN_ORDER}"
    for batch in lake.batches(sql, window.bounds):
        yield from (_failure.decode(text.as_py()) for text in batch.column("document"))


def _shown(lake: Lake, window: Range, issues: tuple[Issue, ...]) -> tuple[Failure, ...]:
    examples = [name for issue in issues for name in issue.examples]
    rows = lake.rows(_SHOWN, {**window.bounds, "examples": examples, "most": _FAILURES})
    return tuple(_failure.decode(row["document"]) for row in rows)


def bounds(lake: Lake) -> Bounds:
    """From when to when there are spans and log events, naive UTC; None twice in an empty case."""
    [row] = lake.rows("""
        select min(low) as low, max(high) as high from (
            select min(started_at) as low, max(ended_at) as high from lake.span
            union all select min(timestamp), max(timestamp) from lake.log_event
        )""")
    return row["low"], row["high"]


def _reach(lake: Lake, held: Bounds) -> Bounds:
    """From when to when there are records, or a pull asked for them."""
    [row] = lake.rows("select min(starts_at) as low, max(ends_at) as high from evidence.read_window")
    lows, highs = ([at for at in both if at] for both in ((held[0], row["low"]), (held[1], row["high"])))
    return min(lows, default=None), max(highs, default=None)


def _case(
    lake: Lake,
    manifest: str,
    window: Range,
    baseline: tuple[datetime, datetime] | None,
    held: Bounds,
) -> CaseInfo:
    places = lake.rows("""
        select distinct account, region from (
            select account, region from lake.log_event union select account, region from lake.span
        )""")
    return CaseInfo(
        id=str(lake.case.info["id"]),
        window=Window(iso(window.since or held[0]), iso(window.until or held[1])),
        baseline=Window(iso(baseline[0]), iso(baseline[1])) if baseline else None,
        accounts=tuple(sorted({p["account"] for p in places if p["account"]})),
        regions=tuple(sorted({p["region"] for p in places if p["region"]})),
        manifest_sha256=manifest,
    )


def _coverage(lake: Lake, window: Range, gaps: tuple[Gap, ...]) -> Coverage:
    counts = lake.rows(
        f"""
        select
            (select count(*) from lake.log_event) as log_events,
            (select count(distinct trace_id) from lake.span) as traces,
            (select count(*) from lake.span) as spans,
            (select count(*) from lake.invocation where not is_virtual) as invocations,
            (select count(*) from lake.invocation where not is_virtual and trace_id is null) as untraced,
            (select count(*) from rootcause.verdict where {_IN_WINDOW}) as failures,
            (select count(*) from failures.absorbed where {_IN_WINDOW}) as absorbed,
            (select count(*) from chains.chain) as chains,
            (select count(*) from lake.metric) as datapoints,
            (select count(*) from lake.change) as changes""",
        window.bounds,
    )[0]
    warnings = lake.rows(
        "select severity, count(*) as n from lake.warning group by severity order by severity"
    )
    return Coverage(
        log_events=counts["log_events"],
        traces=counts["traces"],
        spans=counts["spans"],
        invocations=counts["invocations"],
        untraced_invocations=counts["untraced"],
        sampling=_sampling(lake),
        failures=counts["failures"],
        absorbed=counts["absorbed"],
        chains=counts["chains"],
        gaps=gaps,
        warnings={row["severity"]: row["n"] for row in warnings},
        clock_skew=_clock_skew(lake),
        xray_agreement=_agreement(lake, window),
        datapoints=counts["datapoints"],
        changes=counts["changes"],
        unmeasured=_unmeasured(lake),
        unlogged=_unlogged(lake),
        lost_traces=_lost_traces(lake),
    )


def _clock_skew(lake: Lake) -> tuple[ClockSkew, ...]:
    rows = lake.rows("select node, offset_ms from links.skew order by node")
    return tuple(ClockSkew(row["node"], float(row["offset_ms"])) for row in rows)


def _unmeasured(lake: Lake) -> tuple[str, ...]:
    """Nodes that AWS measures and of which no metric came, where metrics were collected at all."""
    rows = lake.rows("select node from lake.unmeasured_node where reason = 'not_sent' order by node, kind")
    return tuple(dict.fromkeys(row["node"] for row in rows))


def _unlogged(lake: Lake) -> tuple[str, ...]:
    """Functions that traces tell of, and not one line: each writes START, END and REPORT."""
    rows = lake.rows("""
        select node from lake.node_record where kind = 'AWS::Lambda::Function'
        group by node having sum(logged) = 0 order by node""")
    return tuple(row["node"] for row in rows)


def _lost_traces(lake: Lake) -> int:
    rows = lake.rows("select coalesce(sum(lost), 0)::bigint as n from lake.node_record")
    return int(rows[0]["n"])


def _agreement(lake: Lake, window: Range) -> XrayAgreement:
    """Where no summary of a trace was collected, X-Ray was not asked."""
    rows = lake.rows(
        f"""
        select agreement, count(*) as n from failures.agreement
        where {_IN_WINDOW} and exists (select 1 from evidence.trace_summary)
        group by agreement order by agreement""",
        window.bounds,
    )
    return XrayAgreement(**{row["agreement"]: row["n"] for row in rows})


def _sampling(lake: Lake) -> tuple[Sampling, ...]:
    """The share of each node's invocations that a trace tells of, where its own logs count them all."""
    rows = lake.rows("""
        select node, count(trace_id) as traced, count(*) as invocations
        from lake.invocation
        where not is_virtual and node in (select node from lake.lambda_log)
        group by node order by node""")
    return tuple(Sampling(r["node"], round(r["traced"] / r["invocations"], 4)) for r in rows)


def _gaps(lake: Lake) -> tuple[tuple[Gap, ...], int]:
    """The first of them, and how many there are."""
    rows = lake.rows(f"select *, count(*) over () as total from lake.gap order by all limit {_GAPS}")
    gaps = tuple(
        Gap(r["kind"], r["what"], iso(r["starts_at"]), iso(r["ends_at"]), r["reason"], r["closable"])
        for r in rows
    )
    return gaps, rows[0]["total"] if rows else 0


def _count_issues(lake: Lake, window: Range) -> int:
    sql = f"select count(distinct issue) as n from rootcause.verdict where {_IN_WINDOW}"
    return int(lake.rows(sql, window.bounds)[0]["n"])


def _absorbed(lake: Lake, window: Range) -> tuple[Absorbed, ...]:
    rows = lake.rows(
        f"""
        select node, kind, category, handler_node, handler_kind, count(*) as n,
            min({{'at': failed_at, 'invocation': invocation, 'trace_id': trace_id, 'segment_id': segment_id,
                'log_group': log_group, 'log_stream': log_stream, 'event_id': event_id}}) as example
        from failures.absorbed join rootcause.absorbed using (invocation)
        where {_IN_WINDOW}
        group by node, kind, category, handler_node, handler_kind
        order by n desc, node, category, handler_node""",
        window.bounds,
    )
    return tuple(
        Absorbed(
            Node(r["node"], r["kind"]),
            r["category"],
            r["n"],
            Node(r["handler_node"] or "", r["handler_kind"] or ""),
            _locator(r["example"]),
        )
        for r in rows
    )


def _locator(row: dict[str, Any]) -> Locator:
    if row["trace_id"] and row["segment_id"]:
        return Locator("segment_document", trace_id=row["trace_id"], segment_id=row["segment_id"])
    where = {name: row[name] for name in ("log_group", "log_stream", "event_id")}
    return Locator("log_event", timestamp=iso(row["at"]), **where)
