-- Do metrics know of errors that no record shows? Lambda's own counts beside the invocations of the case.
-- topic: coverage
-- node: name of the function
-- invocations_by_metric: Sum of Invocations
-- invocations: that the case holds
-- errors_by_metric: Sum of Errors
-- failed: invocations of the case that failed
-- throttles_by_metric: Sum of Throttles: requests that never ran, and left no record
with measured as (
    select
        node,
        sum(value::decimal(28, 3)) filter (metric = 'Invocations')::bigint as invocations,
        sum(value::decimal(28, 3)) filter (metric = 'Errors')::bigint as errors,
        sum(value::decimal(28, 3)) filter (metric = 'Throttles')::bigint as throttles
    from lake.metric
    where namespace = 'AWS/Lambda' and stat = 'Sum' and is_whole and node is not null
    group by node
),
held as (
    select node, count(*) as invocations, count(*) filter (status = 'failed') as failed
    from lake.invocation
    where kind = 'AWS::Lambda::Function' and not is_virtual
    group by node
)
select
    m.node, m.invocations as invocations_by_metric, coalesce(h.invocations, 0) as invocations,
    m.errors as errors_by_metric, coalesce(h.failed, 0) as failed, m.throttles as throttles_by_metric
from measured as m
left join held as h on h.node = m.node
order by coalesce(m.errors, 0) - coalesce(h.failed, 0) desc, m.node
