-- How many execution environments does a function have, and how long do they live?
-- topic: functions
-- node: name of the function
-- environments: log streams that served it
-- invocations: of all of them
-- most_served: by one of them
-- longest_lived_s: from its first start to its last end, seconds
-- crashed: environments in which the process ended or memory ran out
with environment as (
    select
        node, log_stream, count(*) as invocations,
        (epoch_us(max(ended_at)) - epoch_us(min(started_at))) // 1000000 as lived_s,
        bool_or(end_reason in ('exit', 'out_of_memory')) as is_crashed
    from lake.invocation
    where log_stream is not null and kind = 'AWS::Lambda::Function'
    group by node, log_group, log_stream
)
select
    node, count(*) as environments, sum(invocations::bigint)::bigint as invocations,
    max(invocations) as most_served, max(lived_s) as longest_lived_s,
    count(*) filter (is_crashed) as crashed
from environment
group by node
order by environments desc, node
