-- Which functions come near their time-out? The limit is what a time-out of the same function showed.
-- topic: slowness
-- param: share = 0.8: near is from this share of the limit on
-- node: name of the function
-- limit_ms: the shortest run that ended in a time-out, whole seconds, milliseconds
-- invocations: that ended otherwise
-- near: of these, how many ran for at least that share of the limit
-- p99_ms: run time that one in a hundred of these exceeds, milliseconds
-- timeouts: that ran into it
with by_node as (
    select
        node, floor(min(duration_ms) filter (end_reason = 'timeout') / 1000) * 1000 as limit_ms,
        count(*) filter (end_reason = 'timeout') as timeouts
    from lake.invocation
    where kind = 'AWS::Lambda::Function'
    group by node
)
select
    b.node, b.limit_ms::bigint as limit_ms, count(i.invocation) as invocations,
    count(*) filter (i.duration_ms >= b.limit_ms * $share::double) as near,
    quantile_disc(i.duration_ms, 0.99) as p99_ms, b.timeouts
from by_node as b
left join lake.invocation as i
    on i.node = b.node and i.kind = 'AWS::Lambda::Function' and i.end_reason is distinct from 'timeout'
where b.timeouts > 0
group by b.node, b.limit_ms, b.timeouts
order by near desc, b.node
