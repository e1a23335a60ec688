-- Who calls whom more, less or with other results than before a moment?
-- topic: changes
-- param: at: the moment, UTC
-- param: minutes = 30: how long before and after it
-- caller_node: who calls
-- node: who is called, as the caller names it
-- operation: API operation
-- calls_before: in the minutes before
-- calls_after: in the minutes after
-- failed_before: of these, as the caller saw it
-- failed_after: of these, as the caller saw it
-- p50_before_ms: median time of a call, milliseconds
-- p50_after_ms: median time of a call, milliseconds
with call as (
    select
        i.node as caller_node, c.node, c.operation, c.is_failed, c.started_at < $at::timestamp as is_before,
        ((epoch_us(c.ended_at) - epoch_us(c.started_at)) * 0.001)::decimal(18, 3) as duration_ms
    from lake.call as c
    left join lake.invocation as i on i.invocation = c.caller
    where c.started_at >= $at::timestamp - to_minutes($minutes::bigint)
        and c.started_at < $at::timestamp + to_minutes($minutes::bigint)
)
select
    caller_node, node, operation, count(*) filter (is_before) as calls_before,
    count(*) filter (not is_before) as calls_after, count(*) filter (is_before and is_failed) as failed_before,
    count(*) filter (not is_before and is_failed) as failed_after,
    quantile_disc(duration_ms, 0.5) filter (is_before) as p50_before_ms,
    quantile_disc(duration_ms, 0.5) filter (not is_before) as p50_after_ms
from call
group by caller_node, node, operation
order by abs(failed_after - failed_before) desc, abs(calls_after - calls_before) desc, caller_node, node, operation
