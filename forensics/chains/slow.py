"""Which invocations took longer than others like them, by time that no call of theirs explains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import Node, Slow, Slowness, Window

__all__ = ["slowness_of"]

# Fewer others say nothing of what is usual; and of a larger case the rest is not read for one chain.
_ENOUGH = 20
_REST = 200_000
_MOST = 10

# Beyond the median by more than three times what the 95th percentile is: rare even where times vary much.
_LIKE = """
    with timed as (
        select *, coalesce(own_us, duration_us) as took_us, coalesce(trace_id, invocation) as trace
        from chains.worked
        where node in (select node from lake.invocation semi join asked using (invocation))
    ),
    mine as (select * from timed semi join asked using (invocation) where took_us is not null),
    usual as (
        select node, kind, operation, count(distinct trace) as traces, quantile_disc(took_us, 0.5) as p50_us,
            quantile_disc(took_us, 0.95) as p95_us
        from timed anti join asked using (invocation)
        where took_us is not null and not is_failed
            and coalesce(started_at >= $since, true) and coalesce(started_at < $until, true)
        group by node, kind, operation
        having count(distinct trace) >= $enough
    )
    select m.invocation, m.node, m.kind, m.operation, m.took_us, u.traces, u.p50_us, u.p95_us
    from mine as m
    left join usual as u on u.node = m.node and u.kind = m.kind and u.operation = m.operation
    order by m.took_us - u.p50_us desc nulls last, m.invocation
"""


def slowness_of(
    lake: Lake, invocations: Sequence[str], baseline: tuple[datetime, datetime] | None = None
) -> Slowness:
    """Held against what did not fail in the baseline (naive UTC), else in the rest of the case."""
    window = Window(iso(baseline[0]), iso(baseline[1])) if baseline else None
    if baseline is None and _size(lake) > _REST:
        return Slowness(window, 0, (), "slowness was not judged: the case is large, give --baseline")
    since, until = baseline or (None, None)
    asked = pa.table({"invocation": pa.array(invocations, pa.string())})
    with lake.given("asked", asked):
        bounds = {"since": since or datetime.min, "until": until or datetime.max}  # noqa: DTZ901
        rows = lake.rows(_LIKE, bounds | {"enough": _ENOUGH})
    judged = [row for row in rows if row["traces"]]
    slow = [r for r in judged if r["took_us"] - r["p50_us"] > 3 * (r["p95_us"] - r["p50_us"])]
    note = (
        f"slowness was not judged: no {_ENOUGH} others like these did well" if rows and not judged else None
    )
    return Slowness(window, len(judged), tuple(map(_slow, slow[:_MOST])), note)


def _size(lake: Lake) -> int:
    return int(lake.rows("select count(*) as n from lake.invocation")[0]["n"])


def _slow(row: dict[str, Any]) -> Slow:
    own, usual, high = (row[name] / 1000 for name in ("took_us", "p50_us", "p95_us"))
    node = Node(row["node"], row["kind"])
    return Slow(node, row["operation"], row["invocation"], own, usual, high, row["traces"])
