-- A line of a Lambda function's log and the execution that it belongs to: the lines that name a request
-- id, and errors that name none (Python's do not). The latter belong to the execution that their stream
-- was in at that time; between two executions to the next, since they tell of a failed initialisation.
-- needs: lake.log_record
-- scope: case
-- node: function name
-- request_id: Lambda request id
-- attempt: 1 for the first START of the request that the case holds, in any stream
-- start_at: time of the attempt's START, null where the case does not hold it
-- log_group: log group
-- log_stream: log stream, the execution environment
-- account: as in lake.log_record
-- region: as in lake.log_record
-- event_id: as in lake.log_record
-- timestamp: as in lake.log_record
-- record_type: as in lake.log_record
-- level: as in lake.log_record
-- message: as in lake.log_record
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
with line as (
    select * exclude (log_group, log_stream), coalesce(log_group, '') as log_group,
        coalesce(log_stream, '') as log_stream
    from lake.log_record
    where kind = 'AWS::Lambda::Function' and (request_id is not null or record_type = 'error')
),
-- one row per START, though an export and an API may both have given it
start as (
    select distinct node, log_group, log_stream, request_id, timestamp as start_at
    from line where record_type = 'start' and request_id is not null
),
first_start as (
    select node, log_group, log_stream, request_id, min(start_at) as first_start_at
    from start group by all
),
-- a program may print a request id that is not its own (its caller's, an API's): where the stream has
-- STARTs, Lambda's own lines decide which ids are invocations
platform as (
    select distinct node, request_id from line where record_type not in ('log', 'error')
),
opened as (
    select log_group, log_stream, min(start_at) as opened_at from start group by all
),
own as (
    select line.*
    from line
    left join platform using (node, request_id)
    left join opened using (log_group, log_stream)
    where line.request_id is not null
        and (platform.node is not null or record_type = 'error' or opened_at is null or line.timestamp < opened_at)
),
placed as (
    select own.*, coalesce(start.start_at, first_start_at) as start_at
    from own
    asof left join start
        on own.node = start.node and own.log_group = start.log_group and own.log_stream = start.log_stream
        and own.request_id = start.request_id and own.timestamp >= start.start_at
    left join first_start
        on own.node = first_start.node and own.log_group = first_start.log_group
        and own.log_stream = first_start.log_stream and own.request_id = first_start.request_id
),
execution as (
    select
        node, log_group, log_stream, request_id, start_at, min(coalesce(start_at, timestamp)) as began_at,
        max(timestamp) filter (where record_type in ('end', 'report')) as over_at
    from placed group by node, log_group, log_stream, request_id, start_at
),
stretch as (
    select log_group, log_stream, began_at,
        min({'node': node, 'request_id': request_id, 'start_at': start_at, 'over_at': over_at}) as e
    from execution where log_stream <> '' group by all
),
owned as (
    select
        line.* exclude (node, request_id),
        case when running.e.over_at is null or running.e.over_at >= line.timestamp
            then coalesce(running.e, next_.e) else next_.e end as e
    from (select * from line where request_id is null) as line
    asof left join stretch as running
        on line.log_group = running.log_group and line.log_stream = running.log_stream
        and line.timestamp > running.began_at
    asof left join stretch as next_
        on line.log_group = next_.log_group and line.log_stream = next_.log_stream
        and line.timestamp <= next_.began_at
),
numbered as (
    select
        *, row_number() over (
            partition by node, request_id order by began_at, log_group, log_stream
        ) as attempt
    from execution
)
select
    node, request_id, attempt, line.start_at as start_at, nullif(log_group, '') as log_group, nullif(log_stream, '') as log_stream,
    account, region, event_id, timestamp, record_type, level, message, version, trace_key, span_key,
    exception_type, exception_message, duration_ms, billed_ms, init_ms, restore_ms, memory_mb,
    max_memory_mb, platform_status, platform_error
from (
    select * from placed
    union all by name
    select * exclude (e), e.node as node, e.request_id as request_id, e.start_at as start_at from owned where e is not null
) as line
join numbered using (node, request_id, log_group, log_stream)
where numbered.start_at is not distinct from line.start_at
