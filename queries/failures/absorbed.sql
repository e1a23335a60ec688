-- An error that was caught, handled or retried to success: no failure, and never silent.
-- needs: chains.ending failures.mended lake.invocation
-- scope: case
-- invocation: the invocation that failed
-- node: its node
-- kind: X-Ray's type of the node
-- how: absorbed (its caller ended well) or retried (a later attempt ended well)
-- handler: invocation that ended well in spite of it
-- handler_node: node of the handler
-- handler_kind: X-Ray's type of that node
-- error_type: type of the error
-- error_message: its message
-- is_throttle: it was throttled
-- http_status: status that was answered
-- end_reason: timeout, out_of_memory, exit or error
-- failed_at: end of the invocation, UTC
-- trace_id: trace that tells of it
-- segment_id: segment document that tells of it
-- log_group: log group that tells of it
-- log_stream: log stream that tells of it
-- event_id: log event that tells of it
with absorbed as (
    select invocation, outcome as how, handler from chains.ending where outcome in ('absorbed', 'retried')
    union all
    select invocation, 'retried', handler from failures.mended
)
select
    f.invocation, f.node, f.kind, e.how, e.handler, h.node as handler_node,
    h.kind as handler_kind, f.error_type, f.error_message, f.is_throttle, f.http_status, f.end_reason,
    coalesce(f.ended_at, f.event_time, f.started_at) as failed_at, f.trace_id, f.segment_id,
    f.log_group, f.log_stream, f.event_id
from absorbed as e
join lake.invocation as f on f.invocation = e.invocation
left join lake.invocation as h on h.invocation = e.handler
