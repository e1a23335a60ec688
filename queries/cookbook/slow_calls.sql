-- Which dependency is slow, for whom? Calls as their callers saw them.
-- topic: slowness
-- param: caller = %: LIKE pattern of the caller
-- param: least = 1: only with so many calls
-- caller_node: who calls
-- node: who is called, as the caller names it
-- operation: API operation
-- calls: how many
-- failed: of these, as the caller saw it
-- unfinished: had not ended when the caller's segment was sent
-- p50_ms: median, milliseconds
-- p99_ms: 99th percentile, milliseconds
-- max_ms: the longest, milliseconds
with call as (
    select
        i.node as caller_node, c.node, c.operation, c.is_failed, c.in_progress,
        ((epoch_us(c.ended_at) - epoch_us(c.started_at)) * 0.001)::decimal(18, 3) as duration_ms
    from lake.call as c
    left join lake.invocation as i on i.invocation = c.caller
)
select
    caller_node, node, operation, count(*) as calls, count(*) filter (is_failed) as failed,
    count(*) filter (in_progress) as unfinished, quantile_disc(duration_ms, 0.5) as p50_ms,
    quantile_disc(duration_ms, 0.99) as p99_ms, max(duration_ms) as max_ms
from call
where coalesce(caller_node, '') like $caller
group by caller_node, node, operation
having count(*) >= $least::bigint
order by p99_ms desc nulls last, caller_node, node, operation
