-- One execution of a Lambda function as its own log lines tell it: a request id and the how-manieth
-- attempt at it (asynchronous retries keep the request id, each has its START).
-- An error line without request id (Python prints none) belongs to the START before it in its stream.
-- needs: lake.log_record
-- scope: case
-- materialize
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- node: function name
-- request_id: Lambda request id
-- attempt: 1 for the first START of the request
-- log_group: log group of its lines
-- log_stream: log stream of its lines, the execution environment
-- version: function version
-- started_at: START line, UTC
-- ended_at: END or REPORT line, UTC
-- duration_ms: Duration of the REPORT, milliseconds
-- billed_ms: Billed Duration, milliseconds
-- init_ms: Init Duration, milliseconds; null on warm starts
-- memory_mb: memory size, MB
-- max_memory_mb: highest memory use of the environment so far, MB
-- status: ok, failed or unknown. ok needs a REPORT, and no line that says otherwise
-- end_reason: timeout, out_of_memory, exit (the process ended) or error (exception), null otherwise
-- error_type: type of the error that ended it
-- error_message: its message
-- trace_key: key of the trace id in the REPORT, null where it was not sampled
-- segment_key: key of the function segment's id in the REPORT
-- event_id: the line that shows how it ended: the error where there is one, else the REPORT or START
-- event_time: time of that line, UTC
-- lines: number of log lines
with line as (
    select * from lake.log_record
    where kind = 'AWS::Lambda::Function' and (request_id is not null or record_type = 'error')
),
start as (
    select log_group, log_stream, timestamp, max(request_id) as request_id
    from line where record_type = 'start' group by all
),
owned as (
    select line.* exclude (request_id), start.request_id
    from (select * from line where request_id is null) as line
    asof join start
        on line.log_group = start.log_group and line.log_stream = start.log_stream
        and line.timestamp >= start.timestamp
),
numbered as (
    select
        *,
        greatest(1, count(*) filter (where record_type = 'start') over (
            partition by node, request_id
            order by timestamp, record_type <> 'start', event_id
        )) as attempt
    from (
        select * exclude (request_id), request_id from line where request_id is not null
        union all by name
        select * from owned
    )
),
told as (
    select
        max(account) as account, max(region) as region, node, request_id, attempt,
        max(log_group) as log_group, max(log_stream) as log_stream, max(version) as version,
        min(timestamp) filter (where record_type = 'start') as start_at,
        min(timestamp) as first_at,
        max(timestamp) filter (where record_type in ('end', 'report')) as ended_at,
        max(duration_ms) as duration_ms, max(billed_ms) as billed_ms, max(init_ms) as init_ms,
        max(memory_mb) as memory_mb, max(max_memory_mb) as max_memory_mb,
        bool_or(record_type = 'report') as is_reported,
        bool_or(record_type = 'timeout' or platform_status = 'timeout'
            or platform_error = 'Sandbox.Timedout') as is_timeout,
        bool_or(platform_error = 'Runtime.OutOfMemory') as is_memory,
        bool_or(record_type = 'exit' and contains(message, 'signal: killed')) as is_killed,
        bool_or(record_type = 'exit' or platform_error = 'Runtime.ExitError') as is_exit,
        bool_or(record_type = 'error' or platform_status in ('error', 'failure')) as is_error,
        -- the first line that says how it ended; a struct's order is that of its fields
        min({
            'rank': case record_type when 'error' then 1 when 'timeout' then 2 when 'exit' then 3 else 4 end,
            'timestamp': timestamp, 'event_id': event_id,
            'type': coalesce(exception_type, platform_error), 'message': coalesce(exception_message, message)
        }) filter (
            where record_type in ('error', 'timeout', 'exit')
                or record_type = 'report' and platform_status not in ('success')
        ) as failing,
        max({'timestamp': timestamp, 'event_id': event_id}) filter (where record_type = 'report') as report,
        min({'timestamp': timestamp, 'event_id': event_id}) as first_line,
        max(trace_key) filter (where record_type = 'report') as trace_key,
        max(span_key) filter (where record_type = 'report') as segment_key,
        count(*) as lines
    from numbered
    group by node, request_id, attempt
)
select
    account, region, node, request_id, attempt, log_group, log_stream, version,
    coalesce(start_at, first_at) as started_at, ended_at, duration_ms, billed_ms, init_ms, memory_mb,
    max_memory_mb,
    case
        when is_timeout or is_memory or is_exit or is_error then 'failed'
        when is_reported then 'ok'
        else 'unknown'
    end as status,
    case
        when is_timeout then 'timeout'
        when is_memory or is_killed and max_memory_mb >= memory_mb then 'out_of_memory'
        when is_exit then 'exit'
        when is_error then 'error'
    end as end_reason,
    failing.type as error_type,
    failing.message as error_message,
    trace_key, segment_key,
    coalesce(failing.event_id, report.event_id, first_line.event_id) as event_id,
    coalesce(failing.timestamp, report.timestamp, first_line.timestamp) as event_time,
    lines
from told
