-- One execution of a function, one request served by a service, stage or state machine, from
-- whatever tells of it: its segments, its log lines, or (virtual) only its caller.
-- needs: lake.traced_invocation lake.lambda_log lake.virtual_invocation
-- scope: case
-- materialize
-- invocation: Lambda: request id # attempt; else trace id : segment id
-- node: name of the node that ran
-- kind: X-Ray's type of the node
-- is_virtual: true where there is no record of its own
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- request_id: Lambda request id, or AWS request id of a virtual one
-- attempt: how-manieth attempt at the request
-- trace_id: 32 hex digits, null where no trace tells of it
-- trace_key: signed 64-bit key of trace_id
-- segment_id: segment document that tells most of it
-- segment_key: signed 64-bit key of segment_id
-- span_id: its span, of a virtual one the caller's or the inferred
-- log_group: log group of its lines
-- log_stream: log stream of its lines
-- started_at: UTC
-- ended_at: UTC, null where it is not known
-- duration_ms: run time, milliseconds; Lambda's own figure where a REPORT gives it
-- billed_ms: billed time, milliseconds
-- memory_mb: memory size, MB
-- max_memory_mb: highest memory use of the environment so far, MB
-- init_ms: time of the cold start, milliseconds
-- is_cold_start: whether the environment was started for it, null where nothing tells
-- status: ok, failed or unknown; silence is unknown
-- is_client_error: it answered its caller with a 4xx that is no throttle
-- is_throttle: it was throttled
-- http_status: status that it answered
-- end_reason: timeout, out_of_memory, exit or error, null where nothing tells
-- error_type: type of the error that ended it
-- error_message: its message
-- version: version that ran
-- operation: API operation of a virtual one
-- event_id: log event that shows how it ended
-- event_time: time of that event, UTC
with told as (
    select
        coalesce(t.invocation, l.request_id || '#' || l.attempt) as invocation,
        coalesce(t.node, l.node) as node, coalesce(t.kind, 'AWS::Lambda::Function') as kind,
        coalesce(t.account, l.account) as account, coalesce(t.region, l.region) as region,
        coalesce(t.request_id, l.request_id) as request_id, coalesce(t.attempt, l.attempt) as attempt,
        t.trace_id, t.trace_key, t.segment_id, t.segment_key, l.log_group, l.log_stream,
        coalesce(t.started_at, l.started_at) as started_at,
        coalesce(t.ended_at, l.ended_at) as ended_at,
        coalesce(
            l.duration_ms, ((epoch_us(t.ended_at) - epoch_us(t.started_at)) * 0.001)::decimal(18, 3)
        ) as duration_ms,
        l.billed_ms, l.memory_mb, l.max_memory_mb, l.init_ms,
        case
            when coalesce(l.init_ms, l.restore_ms) is not null or t.is_cold then true
            when t.has_function or l.duration_ms is not null then false
        end as is_cold_start,
        case
            when l.status = 'failed' or t.status = 'failed' then 'failed'
            when l.status = 'ok' or t.status = 'ok' then 'ok'
            else 'unknown'
        end as status,
        coalesce(t.is_client_error, false) as is_client_error,
        coalesce(t.is_throttle, false) as is_throttle, t.http_status,
        coalesce(l.end_reason, case
            when t.error_type in ('Sandbox.Timedout', 'Lambda.Timeout')
                or contains(t.error_message, 'Task timed out after') then 'timeout'
            when t.error_type = 'Runtime.OutOfMemory' then 'out_of_memory'
            when t.error_type = 'Runtime.ExitError' then 'exit'
            when t.error_type is not null and t.kind = 'AWS::Lambda::Function' then 'error'
        end) as end_reason,
        coalesce(t.error_type, l.error_type) as error_type,
        coalesce(t.error_message, l.error_message) as error_message,
        coalesce(l.version, t.version) as version,
        l.event_id, l.event_time
    from lake.traced_invocation as t
    full join lake.lambda_log as l on l.request_id = t.request_id and l.attempt = t.attempt
)
select
    invocation, node, kind, false as is_virtual, account, region, request_id, attempt, trace_id, trace_key,
    segment_id, segment_key, segment_id as span_id, log_group, log_stream, started_at, ended_at,
    duration_ms, billed_ms, memory_mb, max_memory_mb, init_ms, is_cold_start, status, is_client_error,
    is_throttle, http_status, end_reason, error_type, error_message, version, null as operation,
    event_id, event_time
from told
union all by name
select
    invocation, node, kind, true as is_virtual, request_id, 1 as attempt, trace_id, trace_key, segment_id,
    segment_key, span_id, started_at, ended_at,
    ((epoch_us(ended_at) - epoch_us(started_at)) * 0.001)::decimal(18, 3) as duration_ms,
    status, is_client_error, is_throttle, http_status, error_type, error_message, operation
from lake.virtual_invocation
