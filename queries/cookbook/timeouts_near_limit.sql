-- Which functions come near their time-out? The limit is the configured one, else what a time-out showed.
-- topic: slowness
-- param: share = 0.8: near is from this share of the limit on
-- node: name of the function
-- limit_ms: longest configured time-out; without configuration the shortest run that ended in one, whole seconds
-- is_configured: whether the limit is a configured one
-- invocations: that ended otherwise
-- near: of these, how many ran for at least that share of the limit
-- p99_ms: run time that one in a hundred of these exceeds, milliseconds
-- timeouts: that ran into it
with configured as (
    select node, max((configuration->>'$.Timeout')::bigint) * 1000 as limit_ms
    from lake.resource
    where kind = 'AWS::Lambda::Function'
    group by node
),
observed as (
    select
        node, (floor(min(duration_ms) filter (end_reason = 'timeout') / 1000) * 1000)::bigint as limit_ms,
        count(*) filter (end_reason = 'timeout') as timeouts
    from lake.invocation
    where kind = 'AWS::Lambda::Function' and not is_virtual
    group by node
),
limited as (
    select
        o.node, coalesce(c.limit_ms, o.limit_ms) as limit_ms, c.limit_ms is not null as is_configured, o.timeouts
    from observed as o
    left join configured as c on c.node = o.node
)
select
    b.node, b.limit_ms, b.is_configured, count(i.invocation) as invocations,
    count(*) filter (i.duration_ms >= b.limit_ms * $share::double) as near,
    quantile_disc(i.duration_ms, 0.99) as p99_ms, b.timeouts
from limited as b
left join lake.invocation as i
    on i.node = b.node and i.kind = 'AWS::Lambda::Function' and not i.is_virtual
    and i.end_reason is distinct from 'timeout'
where b.limit_ms is not null
group by b.node, b.limit_ms, b.is_configured, b.timeouts
order by near desc, b.timeouts desc, b.node
