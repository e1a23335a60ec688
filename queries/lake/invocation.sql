-- One execution of a function, one request served by a service, stage or state machine, from
-- whatever tells of it: its segments, its log lines, its door's access log, its history, or (virtual)
-- only its caller, or the record of an event that was given up.
-- needs: lake.traced_invocation lake.lambda_log lake.served_invocation lake.virtual_invocation lake.carried_message lake.lost_event lake.workflow_job
-- scope: case
-- materialize
-- invocation: Lambda: request id # attempt; else trace id : segment id; where no trace tells of it the ARN of
--   the execution (of a job that it ran, # and the number of an event), the door's request id # 1, a container's
--   node : request id # ordinal, or the locator of its first log event
-- node: name of the node that ran
-- kind: X-Ray's type of the node
-- is_virtual: true where there is no record of its own
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- request_id: Lambda request id, or AWS request id of a virtual one
-- execution_arn: execution of a state machine
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
        coalesce(t.request_id, l.request_id) as request_id, t.execution_arn, coalesce(t.attempt, l.attempt) as attempt,
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
),
real as (
    -- a segment tells more than the lines of a door, a history or a container; they fill what it leaves open
    select
        coalesce(t.invocation, s.invocation) as invocation, coalesce(t.node, s.node) as node,
        coalesce(t.kind, s.kind) as kind, coalesce(t.account, s.account) as account,
        coalesce(t.region, s.region) as region, coalesce(t.request_id, s.request_id) as request_id,
        coalesce(t.execution_arn, s.execution_arn) as execution_arn, coalesce(t.attempt, 1) as attempt,
        coalesce(t.trace_id, s.trace_id) as trace_id, coalesce(t.trace_key, s.trace_key) as trace_key,
        t.segment_id, t.segment_key, coalesce(t.log_group, s.log_group) as log_group,
        coalesce(t.log_stream, s.log_stream) as log_stream, coalesce(t.started_at, s.started_at) as started_at,
        case when t.invocation is null or s.told_by <> 'container' then coalesce(t.ended_at, s.ended_at)
            else t.ended_at end as ended_at,
        coalesce(t.duration_ms, case when t.invocation is null or s.told_by <> 'container'
            then ((epoch_us(s.ended_at) - epoch_us(s.started_at)) * 0.001)::decimal(18, 3) end) as duration_ms,
        t.billed_ms, t.memory_mb, t.max_memory_mb, t.init_ms, t.is_cold_start,
        case when s.told_by = 'container' then coalesce(nullif(t.status, 'unknown'), s.status)
            when t.status = 'failed' or s.status = 'failed' then 'failed'
            when t.status = 'ok' or s.status = 'ok' then 'ok' else 'unknown' end as status,
        coalesce(t.is_client_error, s.is_client_error) as is_client_error,
        coalesce(t.is_throttle or s.is_throttle, t.is_throttle, s.is_throttle) as is_throttle,
        coalesce(t.http_status, s.http_status) as http_status, t.end_reason,
        coalesce(t.error_type, s.error_type) as error_type, coalesce(t.error_message, s.error_message) as error_message,
        t.version, coalesce(t.event_id, s.event_id) as event_id, coalesce(t.event_time, s.event_time) as event_time
    from told as t
    full join lake.served_invocation as s on s.traced = t.invocation
)
select
    invocation, node, kind, false as is_virtual, account, region, request_id, execution_arn, attempt, trace_id,
    trace_key, segment_id, segment_key, segment_id as span_id, log_group, log_stream, started_at, ended_at,
    duration_ms, billed_ms, memory_mb, max_memory_mb, init_ms, is_cold_start, status, is_client_error,
    is_throttle, http_status, end_reason, error_type, error_message, version, null as operation,
    event_id, event_time
from real
union all by name
select
    invocation, node, kind, true as is_virtual, request_id, 1 as attempt, trace_id, trace_key, segment_id,
    segment_key, span_id, started_at, ended_at,
    ((epoch_us(ended_at) - epoch_us(started_at)) * 0.001)::decimal(18, 3) as duration_ms,
    status, is_client_error, is_throttle, http_status, error_type, error_message, operation
from lake.virtual_invocation
union all by name
select
    invocation, min(node) as node, min(kind) as kind, true as is_virtual, min(request_id) as request_id, 1 as attempt,
    min(started_at) as started_at, max(ended_at) as ended_at,
    ((epoch_us(max(ended_at)) - epoch_us(min(started_at))) * 0.001)::decimal(18, 3) as duration_ms,
    'unknown' as status, false as is_client_error, false as is_throttle
from lake.carried_message
where not is_traced
group by invocation
union all by name
select
    invocation, node, kind, true as is_virtual, account, region, 1 as attempt, started_at, ended_at,
    ((epoch_us(ended_at) - epoch_us(started_at)) * 0.001)::decimal(18, 3) as duration_ms,
    status, false as is_client_error, false as is_throttle, error_type, error_message, event_id, ended_at as event_time
from lake.workflow_job
union all by name
-- its lines are its destination's, whose stream is no environment of it
select
    invocation, node, 'AWS::Lambda::Function' as kind, true as is_virtual, account, region, request_id, 1 as attempt,
    log_group, ended_at as started_at, ended_at, 'failed' as status, false as is_client_error, false as is_throttle,
    end_reason, error_type, error_message, event_id, event_time
from lake.lost_event
