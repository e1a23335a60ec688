-- How much of each node's work is traced and logged? Conclusions about the rest rest on less.
-- topic: coverage
-- node: name of the node
-- kind: X-Ray's type of it
-- invocations: with records of their own
-- traced: of these
-- logged: of these, with lines of their own or lines of the node that name their trace
-- traced_percent: of all
-- logged_percent: of all
-- alone: that nothing joins to a caller or callee
with logged as (
    select distinct node, trace_key from lake.log_record where node is not null and trace_key is not null
),
told as (
    select
        i.node, i.kind, i.invocation, i.trace_id is not null as is_traced,
        i.log_group is not null or l.node is not null as is_logged
    from lake.invocation as i
    left join logged as l on l.node = i.node and l.trace_key = i.trace_key
    where not i.is_virtual
)
select
    t.node, t.kind, count(*) as invocations, count(*) filter (t.is_traced) as traced,
    count(*) filter (t.is_logged) as logged,
    round(100.0 * count(*) filter (t.is_traced) / count(*), 2) as traced_percent,
    round(100.0 * count(*) filter (t.is_logged) / count(*), 2) as logged_percent,
    count(*) filter (c.invocations = 1) as alone
from told as t
left join chains.chain as c on c.chain = t.invocation
group by t.node, t.kind
order by invocations desc, t.node, t.kind
