-- Which invocations ran into their time-out, and what did they say last?
-- topic: failures
-- param: node = %: LIKE pattern of the node
-- param: n = 50: how many rows
-- ended_at: UTC
-- node: name of the node
-- duration_ms: how long it ran, milliseconds
-- request_id: request id
-- trace_id: trace, null where it was not traced
-- last_line: the last line of its own before the time-out, null where it wrote none
with timed_out as (
    select invocation, node, started_at, ended_at, duration_ms, request_id, trace_id, log_group, log_stream
    from lake.invocation
    where end_reason = 'timeout' and node like $node
)
select
    t.ended_at, t.node, t.duration_ms, t.request_id, t.trace_id,
    arg_max(r.message, (r.timestamp, r.event_id) order by r.timestamp desc, r.event_id desc) as last_line
from timed_out as t
left join lake.log_record as r
    on r.log_group = t.log_group and r.log_stream = t.log_stream and r.request_id = t.request_id
    and r.record_type = 'log'
group by t.invocation, t.ended_at, t.node, t.duration_ms, t.request_id, t.trace_id
order by t.ended_at nulls last, t.invocation
limit $n
