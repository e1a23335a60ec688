-- Where do chains spend their time? Own time of each node: its run time without the calls that it waited for.
-- topic: slowness
-- param: entry = %: LIKE pattern of the entry node
-- node: name of the node
-- invocations: how many
-- own_ms: own time of all of them, milliseconds
-- own_percent: of the own time of all nodes
-- p50_ms: median of an invocation's own time, milliseconds
-- p99_ms: 99th percentile of it, milliseconds
with waited as (
    select e.caller as invocation, sum(c.duration_ms::decimal(18, 3)) as waited_ms
    from links.edge as e
    join lake.invocation as c on c.invocation = e.callee
    where e.kind = 'call'
    group by e.caller
),
own as (
    select
        i.invocation, i.node,
        greatest(0, i.duration_ms - coalesce(w.waited_ms, 0))::decimal(18, 3) as own_ms
    from lake.invocation as i
    left join waited as w on w.invocation = i.invocation
    where i.duration_ms is not null and i.invocation in (
        select m.invocation
        from chains.member as m
        join chains.chain as c on c.chain = m.chain
        where c.entry_node like $entry
    )
)
select
    node, count(*) as invocations, sum(own_ms::decimal(18, 3)) as own_ms,
    round((100 * sum(own_ms::decimal(18, 3)) / nullif(sum(sum(own_ms::decimal(18, 3))::decimal(28, 3)) over (), 0))::double, 2)
        as own_percent,
    quantile_disc(own_ms, 0.5) as p50_ms, quantile_disc(own_ms, 0.99) as p99_ms
from own
group by node
order by own_ms desc, node
