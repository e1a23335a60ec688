-- One execution of a Lambda function as its own log lines tell it: a request id and the how-manieth
-- attempt at it (asynchronous retries keep the request id, each has its START).
-- needs: lake.lambda_line
-- scope: request
-- materialize
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- node: function name
-- request_id: Lambda request id
-- attempt: 1 for the first START of the request that the case holds, in any stream
-- log_group: log group of its lines
-- log_stream: log stream of its lines, the execution environment
-- version: function version
-- started_at: START line, or the time that the REPORT counts back to where that is earlier by a second at least, UTC
-- ended_at: END or REPORT line, UTC
-- duration_ms: Duration of the REPORT, milliseconds
-- billed_ms: Billed Duration, milliseconds
-- init_ms: Init Duration, milliseconds; null on warm starts
-- restore_ms: Restore Duration of a SnapStart environment, milliseconds; null on warm starts
-- memory_mb: memory size, MB
-- max_memory_mb: highest memory use of the environment so far, MB
-- status: ok, failed or unknown. ok needs a REPORT, and no line that says otherwise
-- end_reason: timeout, out_of_memory, exit (the process ended) or error (exception), null otherwise
-- error_type: type of the error that ended it
-- error_message: its message, null where no line gives one
-- trace_key: key of the trace id in the REPORT, null where it was not sampled
-- segment_key: key of the function segment's id in the REPORT
-- event_id: the line that shows how it ended: the error where there is one, else the REPORT or START
-- event_time: time of that line, UTC
-- lines: number of log lines that name it, or that it owns by their time
with told as (
    select
        max(account) as account, max(region) as region, node, request_id, attempt, log_group, log_stream, start_at,
        max(version) as version, min(timestamp) as first_at,
        max(timestamp) filter (where record_type in ('end', 'report')) as ended_at,
        max(duration_ms) as duration_ms, max(billed_ms) as billed_ms, max(init_ms) as init_ms,
        max(restore_ms) as restore_ms, max(memory_mb) as memory_mb, max(max_memory_mb) as max_memory_mb,
        bool_or(record_type = 'report') as is_reported,
        coalesce(bool_or(platform_status = 'success'), false) as is_success,
        coalesce(bool_or(record_type = 'timeout' or platform_status = 'timeout'
            or platform_error = 'Sandbox.Timedout'), false) as is_timeout,
        coalesce(bool_or(platform_error = 'Runtime.OutOfMemory'), false) as is_memory,
        bool_or(record_type = 'exit' and contains(message, 'signal: killed')) as is_killed,
        coalesce(bool_or(record_type = 'exit' or platform_error = 'Runtime.ExitError'), false) as is_exit,
        coalesce(bool_or(record_type = 'error' or platform_status in ('error', 'failure')), false) as is_error,
        -- the first line that says how it ended; a struct's order is that of its fields
        min({
            'rank': case record_type when 'error' then 1 when 'timeout' then 2 when 'exit' then 3
                when 'report' then 4 else 5 end,
            'timestamp': timestamp, 'event_id': event_id,
            'type': coalesce(exception_type, platform_error),
            'message': coalesce(exception_message, case when record_type = 'error' then message end)
        }) filter (
            where record_type in ('error', 'timeout', 'exit') or platform_status not in ('success')
        ) as failing,
        -- a runtime may write what nothing caught as any other error
        max({'timestamp': timestamp, 'event_id': event_id, 'type': exception_type, 'message': exception_message})
            filter (where record_type = 'log' and level in ('ERROR', 'FATAL') and exception_type is not null)
            as shown,
        max({'timestamp': timestamp, 'event_id': event_id}) filter (where record_type = 'report') as report,
        min({'timestamp': timestamp, 'event_id': event_id}) as first_line,
        max(trace_key) filter (where record_type = 'report') as trace_key,
        max(span_key) filter (where record_type = 'report') as segment_key,
        count(*) as lines
    from lake.lambda_line
    group by node, request_id, attempt, log_group, log_stream, start_at
),
judged as (
    select
        *,
        case
            when is_timeout then 'timeout'
            when is_memory or is_killed and max_memory_mb >= memory_mb then 'out_of_memory'
            when is_exit then 'exit'
            when is_error and not is_success then 'error'
        end as end_reason
    from told
)
select
    account, region, node, request_id, attempt, log_group, log_stream, version,
    -- START comes late where the environment was started once more within the invocation, which is counted
    case when ended_at - to_microseconds((duration_ms * 1000)::bigint) < coalesce(start_at, first_at) - interval 1 second
        then ended_at - to_microseconds((duration_ms * 1000)::bigint)
        else coalesce(start_at, first_at) end as started_at, ended_at,
    duration_ms, billed_ms, init_ms, restore_ms, memory_mb, max_memory_mb,
    case when end_reason is not null then 'failed' when is_reported then 'ok' else 'unknown' end as status,
    end_reason,
    case when end_reason is not null
        then coalesce(failing.type, case when end_reason = 'error' then shown.type end) end as error_type,
    case when end_reason is not null
        then coalesce(failing.message, case
            when end_reason = 'error' and coalesce(failing.type, shown.type) = shown.type then shown.message
        end) end as error_message,
    trace_key, segment_key,
    coalesce(case when end_reason is not null then failing.event_id end, report.event_id, first_line.event_id)
        as event_id,
    coalesce(case when end_reason is not null then failing.timestamp end, report.timestamp, first_line.timestamp)
        as event_time,
    lines
from judged
