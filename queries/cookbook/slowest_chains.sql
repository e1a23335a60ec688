-- Which requests took longest, from the first start to the last end, and how did they go?
-- topic: slowness
-- param: n = 20: how many
-- param: entry = %: LIKE pattern of the entry node
-- started_at: UTC
-- entry_node: where it came in
-- duration_ms: from the earliest start to the latest end, milliseconds
-- invocations: how many worked for it
-- status: ok, failed or unknown
-- slowest_node: node that spent most time of its own, not waiting for a callee
-- slowest_own_ms: how much, milliseconds
-- chain: id of the chain, for `forensics why`
-- trace_id: trace of the root, for `forensics trace`
with chosen as (
    select chain, entry_node, started_at, duration_ms, invocations, status, trace_id
    from chains.chain
    where entry_node like $entry and duration_ms is not null
    order by duration_ms desc, chain
    limit $n
),
-- what a caller waited for: its callees' time, at most its own
waited as (
    select e.caller as invocation, sum(c.duration_ms::decimal(18, 3)) as waited_ms
    from links.edge as e
    join lake.invocation as c on c.invocation = e.callee
    where e.kind = 'call'
    group by e.caller
),
own as (
    select
        m.chain, i.node, sum(greatest(0, i.duration_ms - coalesce(w.waited_ms, 0))::decimal(18, 3)) as own_ms
    from chains.member as m
    join chosen as t on t.chain = m.chain
    join lake.invocation as i on i.invocation = m.invocation
    left join waited as w on w.invocation = m.invocation
    group by m.chain, i.node
),
slowest as (
    select chain, max({'own_ms': coalesce(own_ms, 0), 'node': node}) as most from own group by chain
)
select
    t.started_at, t.entry_node, t.duration_ms, t.invocations, t.status, s.most.node as slowest_node,
    s.most.own_ms as slowest_own_ms, t.chain, t.trace_id
from chosen as t
left join slowest as s on s.chain = t.chain
order by t.duration_ms desc, t.chain
