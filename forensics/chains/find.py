"""What an id of any kind stands for in a case, and the chains that it leads to."""

from __future__ import annotations

from dataclasses import dataclass

from forensics.chains.ids import trace_id_of
from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import ChainView, Member, Node, StepEdge

__all__ = ["Found", "chains_of", "find"]

_CHAINS = 20
_MEMBERS = 500
_LOGS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What an id was taken for, and the invocations that it names."""

    taken_for: str
    invocations: tuple[str, ...]


# Asked in this order; the first that knows the id decides.
_LOOKUPS: tuple[tuple[str, str], ...] = (
    ("a failure", "select symptom as invocation from rootcause.verdict where failure = $id"),
    ("an issue", "select symptom as invocation from rootcause.verdict where issue = $id"),
    ("a chain or invocation", "select invocation from lake.invocation where invocation = $id"),
    ("a request id", "select invocation from lake.invocation where request_id in ($id, $lower)"),
    (
        "a span id",
        """select i.invocation from lake.span as s
        join lake.segment_invocation as i on i.trace_key = s.trace_key and i.segment_key = s.segment_key
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
    ("a pod", "select * from ({lines}) where pod = $id"),
    ("a text in log lines", "select * from ({lines}) where contains(message, $id)"),
)
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
    for taken_for, sql in _LOOKUPS:
        if only not in ("", taken_for):
            continue
        rows = lake.rows(
            f"""select distinct invocation from ({sql.format(lines=_LINES)})
            order by invocation limit {_MEMBERS}""",
            _parameters(sql, text),
        )
        if rows:
            return Found(taken_for, tuple(r["invocation"] for r in rows))
    return None


def _parameters(sql: str, text: str) -> dict[str, str]:
    every = {"id": text, "lower": text.lower(), "quoted": f'"{text}"'}
    return {name: value for name, value in every.items() if f"${name}" in sql}


def chains_of(lake: Lake, invocations: tuple[str, ...]) -> tuple[tuple[ChainView, ...], int]:
    """The chains that hold these invocations (the first of them, and how many there are)."""
    rows = lake.rows(
        """select distinct c.* from chains.member as m join chains.chain as c using (chain)
        where m.invocation in (select unnest($ids)) order by c.started_at nulls last, c.chain""",
        {"ids": list(invocations)},
    )
    views = []
    for row in rows[:_CHAINS]:
        duration = row["duration_ms"]
        views.append(
            ChainView(
                chain=row["chain"],
                entry=Node(row["entry_node"], row["entry_kind"]),
                status=row["status"],
                started_at=iso(row["started_at"]),
                duration_ms=None if duration is None else float(duration),
                members=_members(lake, row["chain"]),
                total=row["invocations"],
            )
        )
    return tuple(views), len(rows)


def _members(lake: Lake, chain: str) -> tuple[Member, ...]:
    rows = lake.rows(
        f"""select i.*, m.hop, e.caller, e.kind as edge_kind, e.evidence, e.confidence
        from chains.member as m
        join lake.invocation as i using (invocation)
        left join (
            select e.* from links.edge as e
            join chains.member as a on a.invocation = e.caller and a.chain = $chain
            qualify row_number() over (partition by e.callee order by a.hop, e.caller) = 1
        ) as e on e.callee = i.invocation and m.hop > 0
        where m.chain = $chain
        order by m.hop, i.started_at nulls last, i.invocation limit {_MEMBERS}""",
        {"chain": chain},
    )
    logs = _logs(lake, [r["invocation"] for r in rows if not r["is_virtual"]])
    return tuple(
        Member(
            invocation=r["invocation"],
            caller=r["caller"],
            node=Node(r["node"], r["kind"]),
            status=r["status"],
            edge=StepEdge(r["edge_kind"], r["evidence"], r["confidence"]) if r["caller"] else None,
            started_at=iso(r["started_at"]),
            duration_ms=None if r["duration_ms"] is None else float(r["duration_ms"]),
            trace_id=r["trace_id"],
            request_id=r["request_id"],
            said=": ".join(t for t in (r["error_type"], r["error_message"]) if t) or None,
            logs=tuple(logs.get(r["invocation"], ())[:_LOGS]),
        )
        for r in rows
    )


def _logs(lake: Lake, invocations: list[str]) -> dict[str, list[str]]:
    """Warnings and errors that the invocations logged, in order of time."""
    rows = lake.rows(
        """
        with wanted as (
            select i.invocation, i.request_id, i.kind from lake.invocation as i
            where i.invocation in (select unnest($ids))
        ),
        telling as (
            select * from lake.log_record
            where level in ('WARN', 'ERROR', 'FATAL') or record_type in ('error', 'timeout', 'exit')
        )
        select w.invocation, l.timestamp, l.event_id, l.message
        from wanted as w join telling as l on l.request_id = w.request_id and w.kind = 'AWS::Lambda::Function'
        union
        select s.invocation, l.timestamp, l.event_id, l.message
        from telling as l
        join lake.span as p on p.trace_key = l.trace_key and p.span_key = l.span_key
        join lake.segment_invocation as s on s.trace_key = p.trace_key and s.segment_key = p.segment_key
        semi join wanted as w on w.invocation = s.invocation
        order by 1, 2, 3""",
        {"ids": invocations},
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["invocation"], []).append(row["message"])
    return found
