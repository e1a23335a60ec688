-- How long does it take from handing over to the start of what it triggers? Queues, topics, asynchronous calls.
-- topic: messages
-- param: least = 1: only with so many hand-overs
-- caller_node: who handed over
-- callee_node: who took it
-- handed_over: how often
-- p50_ms: median time from the caller's start to the callee's, milliseconds
-- p99_ms: 99th percentile, milliseconds
-- max_ms: the longest, milliseconds
with handed as (
    select
        e.caller_node, e.callee_node,
        ((epoch_us(t.started_at) - epoch_us(f.started_at)) * 0.001)::decimal(18, 3) as waited_ms
    from links.edge as e
    join lake.invocation as f on f.invocation = e.caller
    join lake.invocation as t on t.invocation = e.callee
    where e.kind = 'link'
)
select
    caller_node, callee_node, count(*) as handed_over, quantile_disc(waited_ms, 0.5) as p50_ms,
    quantile_disc(waited_ms, 0.99) as p99_ms, max(waited_ms) as max_ms
from handed
group by caller_node, callee_node
having count(*) >= $least::bigint
order by p99_ms desc nulls last, caller_node, callee_node
