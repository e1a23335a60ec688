-- The invocations of the failing chains with what is known of each, in order of chain: what the walk reads of
-- lake.invocation, for some chains at a time.
-- needs: failures.member lake.invocation failures.code failures.cause
-- scope: case
-- materialize
-- chain: the failing chain
-- hop: number of edges from the root
-- invocation: an invocation of it
-- node: as in lake.invocation, like all that follows
-- kind: X-Ray's type of the node
-- is_virtual: whether nothing but a call tells of it
-- request_id: AWS request id
-- attempt: number of the attempt at one request
-- trace_id: its trace
-- segment_id: its segment
-- span_id: its span
-- log_group: where the log record that tells of it lies
-- log_stream: where that lies
-- event_id: the id of that record
-- event_time: its time, UTC
-- started_at: UTC
-- ended_at: UTC
-- duration_ms: milliseconds
-- is_cold_start: whether the environment was new
-- memory_mb: memory it might take
-- max_memory_mb: memory it took
-- status: ok, failed or unknown
-- is_client_error: whether it answered 4xx
-- is_throttle: whether it was throttled
-- http_status: its answer
-- end_reason: how the platform ended it
-- error_type: what it failed with
-- error_message: what that said
-- operation: what was called
-- code: the application's own code that its exception went through, as in failures.code
-- cause_type: type of the innermost exception that its exception wraps, null where it wraps none
-- cause_message: its message
select
    m.chain, m.hop, i.invocation, i.node, i.kind, i.is_virtual, i.request_id, i.attempt, i.trace_id,
    i.segment_id, i.span_id, i.log_group, i.log_stream, i.event_id, i.event_time, i.started_at, i.ended_at,
    i.duration_ms, i.is_cold_start, i.memory_mb, i.max_memory_mb, i.status, i.is_client_error, i.is_throttle,
    i.http_status, i.end_reason, i.error_type, i.error_message, i.operation, c.code,
    w.cause_type, w.cause_message
from failures.member as m
join lake.invocation as i on i.invocation = m.invocation
left join failures.code as c on c.invocation = m.invocation
left join failures.cause as w on w.invocation = m.invocation
order by m.chain, m.hop, i.started_at nulls last, i.invocation
