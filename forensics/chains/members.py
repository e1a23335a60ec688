"""Who belongs to some chains, and who called them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from forensics.chains.among import among
from forensics.lake import Lake

__all__ = ["members_of"]

# A failing chain also holds what only its time and node tie to it.
_PLACES = """
    select chain, invocation, min(hop) as hop, bool_or(is_proven) as is_proven
    from (
        select chain, invocation, hop, true as is_proven from chains.member where {chain}
        union all
        select chain, invocation, hop, false from failures.member where {chain} and not is_proven
    )
    group by chain, invocation
"""
# Whoever is nearest to the root is drawn as the caller. Only what is told is read: each further column costs
# as much as finding the row.
_MEMBERS = """
    with edge as (
        select m.chain, e.callee, e.caller, e.kind, e.evidence, e.confidence, row_number() over (
            partition by m.chain, e.callee order by m.hop, e.caller
        ) as place
        from place as m
        join (from links.edge where {caller}) as e on e.caller = m.invocation
    )
    select
        m.chain, m.invocation, m.hop, m.is_proven, i.node, i.kind, i.is_virtual, i.status, i.started_at,
        i.ended_at, i.duration_ms, i.trace_id, i.trace_key, i.segment_key, i.request_id, i.attempt,
        i.is_cold_start, i.operation, i.log_group, i.error_type, i.error_message, e.caller,
        e.kind as edge_kind, e.evidence, e.confidence
    from place as m
    join (from lake.invocation where {invocation}) as i using (invocation)
    left join edge as e on e.chain = m.chain and e.callee = m.invocation and e.place = 1 and m.hop > 0
    order by m.chain, m.hop, i.started_at nulls last, i.invocation
"""


def members_of(lake: Lake, chains: Sequence[str]) -> pa.Table:
    """A row per chain and invocation, in order of chain, hop and time, with the member that called it."""
    condition, bound = among("chain", chains)
    place = lake.arrow(_PLACES.format(chain=condition), bound)
    names = place["invocation"].to_pylist()
    is_caller, callers = among("caller", names)
    is_member, invocations = among("invocation", names)
    with lake.given("place", place):
        return lake.arrow(_MEMBERS.format(caller=is_caller, invocation=is_member), callers | invocations)
