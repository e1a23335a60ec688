"""What an id of any kind stands for in a case, and the chains that it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from forensics.chains.among import among
from forensics.chains.ids import trace_id_of
from forensics.chains.records import change_records, event_records, span_records
from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import ChainView, Member, Node, StepEdge, Story, Told

__all__ = ["Found", "chain_views", "chains_of", "find"]

_MEMBERS = 500
_LOGS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What an id was taken for, the invocations that it names, and the records where it is their own."""

    taken_for: str
    invocations: tuple[str, ...]
    records: tuple[Told, ...] = ()


# Asked in this order; the first that knows the id decides. Those that are found at once are asked together.
_AT_ONCE: tuple[tuple[str, str], ...] = (
    ("a failure", "select symptom as invocation from rootcause.verdict where failure = $id"),
    ("an issue", "select symptom as invocation from rootcause.verdict where issue = $id"),
    ("a chain or invocation", "select invocation from lake.invocation where invocation = $id"),
    ("a request id", "select invocation from lake.invocation where request_id in ($id, $lower)"),
)
_LOOKUPS: tuple[tuple[str, str], ...] = (
    (
        "a span id",
        """select i.invocation
        from (select trace_key, segment_key from lake.span where span_id = $lower) as s
        join (
            select invocation, trace_key, segment_key from lake.segment_invocation
            union all
            select invocation, trace_key, segment_key from lake.virtual_invocation
        ) as i using (trace_key, segment_key)""",
    ),
    (
        "a span id",  # of no invocation's own: all of its trace
        """select i.invocation from lake.span as s join lake.invocation as i using (trace_key)
        where s.span_id = $lower""",
    ),
    (
        "a message id",
        """select i.invocation from lake.span as s
        join lake.segment_invocation as i on i.trace_key = s.trace_key and i.segment_key = s.segment_key
        where s.message_id = $id""",
    ),
    (
        "an execution or resource ARN",
        """select i.invocation from lake.span as s
        join lake.segment_invocation as i on i.trace_key = s.trace_key and i.segment_key = s.segment_key
        where s.resource_arn = $id or contains(s.aws, $quoted)""",
    ),
    ("a log event", "select * from ({lines}) where event_id = $id"),
)
_AS_TEXT: tuple[tuple[str, str], ...] = (
    ("a pod", "select * from ({lines}) where pod = $id"),
    ("a text in log lines", "select * from ({lines}) where contains(message, $id)"),
)
_RECORDS = {"a span id": span_records, "a log event": event_records, "a change": change_records}
_CITING = f"""
    select distinct symptom as invocation from rootcause.verdict
    where symptom <> '' and contains(document, $quoted) order by symptom limit {_MEMBERS}
"""
# Log records with the invocation that they speak of, by request id or by span.
_LINES = """
    select l.event_id, l.pod, l.message, i.invocation
    from lake.log_record as l
    join lake.lambda_log as b on b.request_id = l.request_id
    join lake.invocation as i on i.request_id = b.request_id and i.attempt = b.attempt and not i.is_virtual
    union all
    select l.event_id, l.pod, l.message, s.invocation
    from lake.log_record as l
    join lake.span as p on p.trace_key = l.trace_key and p.span_key = l.span_key
    join lake.segment_invocation as s on s.trace_key = p.trace_key and s.segment_key = p.segment_key
"""


def find(lake: Lake, text: str, only: str = "") -> Found | None:
    """The first meaning of an id that some record of the case knows; `only` allows one meaning."""
    trace_id = None if only else trace_id_of(text)
    if trace_id is not None:
        rows = lake.rows(
            "select invocation from lake.invocation where trace_id = $id order by invocation",
            {"id": trace_id},
        )
        if rows:
            return Found("a trace id", tuple(r["invocation"] for r in rows))
    found = _looked_up(lake, text, (_AT_ONCE, *((one,) for one in _LOOKUPS)), only)
    if found is not None and found.taken_for in _RECORDS:
        return replace(found, records=_RECORDS[found.taken_for](lake, text))
    if found is None and not only:
        found = _cited(lake, text) or _looked_up(lake, text, [(one,) for one in _AS_TEXT])
    return found


def _looked_up(
    lake: Lake, text: str, each: Iterable[Sequence[tuple[str, str]]], only: str = ""
) -> Found | None:
    for lookups in each:
        asked = [one for one in lookups if only in ("", one[0])]
        sql = _first_of(asked)
        rows = lake.rows(sql, _parameters(sql, text)) if asked else []
        if rows:
            return Found(rows[0]["taken_for"], tuple(r["invocation"] for r in rows))
    return None


def _cited(lake: Lake, text: str) -> Found | None:
    """A record that is no invocation's own leads to the failures whose verdicts rest on it, if any do."""
    for taken_for in ("a log event", "a change"):
        if records := _RECORDS[taken_for](lake, text):
            rows = lake.rows(_CITING, {"quoted": f'"{text}"'})
            return Found(taken_for, tuple(row["invocation"] for row in rows), records)
    return None


def _first_of(lookups: Sequence[tuple[str, str]]) -> str:
    """What the first of them finds that finds anything."""
    each = " union all ".join(
        f"select {n} as place, '{taken_for}' as taken_for, invocation from ({sql.format(lines=_LINES)})"
        for n, (taken_for, sql) in enumerate(lookups)
    )
    return f"""select distinct taken_for, invocation from ({each})
        qualify dense_rank() over (order by place) = 1 order by invocation limit {_MEMBERS}"""


def _parameters(sql: str, text: str) -> dict[str, str]:
    every = {"id": text, "lower": text.lower(), "quoted": f'"{text}"'}
    return {name: value for name, value in every.items() if f"${name}" in sql}


def chains_of(lake: Lake, invocations: tuple[str, ...]) -> list[dict[str, Any]]:
    """The chains that hold these invocations, as rows of `chains.chain`, in order of time."""
    is_asked, bound = among("m.invocation", invocations)
    return lake.rows(
        f"""select distinct c.* from chains.member as m join chains.chain as c using (chain)
        where {is_asked} order by c.started_at nulls last, c.chain""",
        bound,
    )


def chain_views(
    chains: list[dict[str, Any]], members: list[dict[str, Any]], stories: Sequence[Story]
) -> tuple[ChainView, ...]:
    """Rows of chains with their members; what these logged is known of the chains that are told."""
    logs = _logs(stories)
    of_chain: dict[str, list[Member]] = {}
    for row in members:
        of = of_chain.setdefault(row["chain"], [])
        if row["is_proven"] and len(of) < _MEMBERS:
            of.append(_member(row, logs))
    return tuple(_view(row, of_chain.get(row["chain"], [])) for row in chains)


def _view(row: dict[str, Any], members: list[Member]) -> ChainView:
    duration = row["duration_ms"]
    return ChainView(
        chain=row["chain"],
        entry=Node(row["entry_node"], row["entry_kind"]),
        status=row["status"],
        started_at=iso(row["started_at"]),
        duration_ms=None if duration is None else float(duration),
        members=tuple(members),
        total=row["invocations"],
    )


def _member(row: dict[str, Any], logs: dict[str, list[str]]) -> Member:
    return Member(
        invocation=row["invocation"],
        caller=row["caller"],
        node=Node(row["node"], row["kind"]),
        status=row["status"],
        edge=StepEdge(row["edge_kind"], row["evidence"], row["confidence"]) if row["caller"] else None,
        started_at=iso(row["started_at"]),
        duration_ms=None if row["duration_ms"] is None else float(row["duration_ms"]),
        trace_id=row["trace_id"],
        request_id=row["request_id"],
        said=": ".join(t for t in (row["error_type"], row["error_message"]) if t) or None,
        logs=tuple(logs.get(row["invocation"], ())[:_LOGS]),
    )


def _logs(stories: Sequence[Story]) -> dict[str, list[str]]:
    """Warnings and errors that the invocations logged, in order of time, each line once."""
    found: dict[str, dict[tuple[str | None, str | None], str]] = {}
    for story in stories:
        for line in story.lines:
            invocation = story.rows[line.row].invocation if line.row is not None else None
            if invocation and line.rank <= 1:
                where = (line.locator.log_group, line.locator.event_id)
                found.setdefault(invocation, {})[where] = line.text
    return {invocation: list(lines.values()) for invocation, lines in found.items()}
