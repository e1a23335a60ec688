-- One chain: everything that one root reaches.
-- needs: chains.member chains.ending lake.invocation
-- scope: case
-- materialize
-- chain: the chain, named by its root's invocation
-- root: invocation at its top
-- entry_node: node of the root
-- entry_kind: X-Ray's type of that node
-- trace_id: trace of the root, null where it was not traced
-- invocations: number of invocations, virtual ones included
-- depth: largest number of edges from the root
-- started_at: earliest start, UTC
-- duration_ms: from the earliest start to the latest end, milliseconds
-- status: failed where a failure surfaces in it, else the root's status
with total as (
    select
        m.chain, count(*) as invocations, max(m.hop) as depth, min(i.started_at) as started_at,
        max(i.ended_at) as ended_at, bool_or(coalesce(e.outcome = 'surfaced', false)) as is_failed
    from chains.member as m
    join lake.invocation as i using (invocation)
    left join chains.ending as e using (invocation)
    group by m.chain
)
select
    t.chain, t.chain as root, r.node as entry_node, r.kind as entry_kind, r.trace_id, t.invocations,
    t.depth, t.started_at,
    ((epoch_us(t.ended_at) - epoch_us(t.started_at)) * 0.001)::decimal(18, 3) as duration_ms,
    case when t.is_failed then 'failed' else r.status end as status
from total as t
join lake.invocation as r on r.invocation = t.chain
