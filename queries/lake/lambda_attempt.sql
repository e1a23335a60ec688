-- A line of a Lambda function's log that names a request id, and the attempt at that request which it belongs
-- to. A step of lake.lambda_line, which is the one to read.
-- needs: lake.log_record
-- scope: case
-- materialize
-- node: function name
-- request_id: Lambda request id
-- attempt: 1 for the first START of the request that the case holds, in any stream
-- start_at: time of the attempt's START, null where the case does not hold it
-- log_group: log group, empty where it is not told
-- log_stream: log stream, the execution environment, empty where it is not told
-- account: as in lake.log_record
-- region: as in lake.log_record
-- event_id: as in lake.log_record
-- timestamp: as in lake.log_record
-- record_type: as in lake.log_record
-- level: as in lake.log_record
-- message: as in lake.log_record, of what ended an invocation (error, exit, timeout); null of other lines
-- version: as in lake.log_record
-- trace_key: as in lake.log_record
-- span_key: as in lake.log_record
-- exception_type: as in lake.log_record
-- exception_message: as in lake.log_record
-- duration_ms: as in lake.log_record
-- billed_ms: as in lake.log_record
-- init_ms: as in lake.log_record
-- restore_ms: as in lake.log_record
-- memory_mb: as in lake.log_record
-- max_memory_mb: as in lake.log_record
-- platform_status: as in lake.log_record
-- platform_error: as in lake.log_record
with line as not materialized (
    -- read once for each use: kept, its wide rows would be most of the memory that a large case takes. Texts
    -- only of what ended an invocation: all others would lie in memory beside their figures
    select
        node, request_id, account, region, event_id, timestamp, record_type, level,
        case when record_type in ('error', 'exit', 'timeout') then message end as message, version, trace_key,
        span_key, exception_type, exception_message, duration_ms, billed_ms, init_ms, restore_ms, memory_mb,
        max_memory_mb, platform_status, platform_error, coalesce(log_group, '') as log_group,
        coalesce(log_stream, '') as log_stream
    from lake.log_record
    where kind = 'AWS::Lambda::Function' and request_id is not null
        -- what Lambda Insights says of an invocation lies in a stream of its own
        and not (record_type = 'metric' and starts_with(coalesce(log_group, ''), '/aws/lambda-insights'))
),
request as materialized (
    select
        node, request_id,
        bool_or(record_type not in ('log', 'error', 'metric')) as is_platform,
        min(timestamp) filter (where record_type = 'start') as start_at,
        -- one START in one stream, as nearly all have: nothing to tell apart
        min(log_stream) = max(log_stream) and min(log_group) = max(log_group) and coalesce(
            min(timestamp) filter (where record_type = 'start') = max(timestamp) filter (where record_type = 'start'),
            true) as is_single
    from line
    group by node, request_id
),
opened as (
    select log_group, log_stream, min(timestamp) as opened_at
    from line where record_type = 'start' group by log_group, log_stream
),
-- a program may print a request id that is not its own (its caller's, an API's): where the stream has
-- STARTs, Lambda's own lines decide which ids are invocations
named as (
    select line.*, request.start_at, request.is_single
    from line
    join request using (node, request_id)
    left join opened using (log_group, log_stream)
    where not is_platform and (record_type = 'error' or opened_at is null or line.timestamp < opened_at)
),
several as materialized (
    select line.*, request.start_at
    from line
    join request using (node, request_id)
    where is_platform and not is_single
    union all by name
    select * exclude (is_single) from named where not is_single
),
-- a START is one, though an export and an API may both have given it
start as (
    select distinct node, log_group, log_stream, request_id, timestamp as start_at
    from several where record_type = 'start'
),
first_start as (
    select node, log_group, log_stream, request_id, min(start_at) as first_start_at
    from start group by all
),
repeated as (
    select several.* exclude (start_at), coalesce(start.start_at, first_start_at) as start_at
    from several
    asof left join start
        on several.node = start.node and several.log_group = start.log_group
        and several.log_stream = start.log_stream
        and several.request_id = start.request_id and several.timestamp >= start.start_at
    left join first_start
        on several.node = first_start.node and several.log_group = first_start.log_group
        and several.log_stream = first_start.log_stream and several.request_id = first_start.request_id
),
placed as (
    select line.*, request.start_at, 1 as attempt
    from line
    join request using (node, request_id)
    where is_platform and is_single
    union all by name
    select * exclude (is_single), 1 as attempt from named where is_single
    union all by name
    select
        *, dense_rank() over (
            partition by node, request_id order by coalesce(start_at, first_at), log_group, log_stream
        ) as attempt
    from (
        select *, min(timestamp) over (partition by node, request_id, log_group, log_stream, start_at) as first_at
        from repeated
    )
)
select
    node, request_id, attempt, start_at, log_group, log_stream, account, region, event_id, timestamp, record_type,
    level, message, version, trace_key, span_key, exception_type, exception_message, duration_ms, billed_ms, init_ms,
    restore_ms, memory_mb, max_memory_mb, platform_status, platform_error
from placed
