-- An error in a Lambda function's log that names no request id (Python's do not), and the execution that its stream
-- was in at that time; between two executions the next, since it tells of a failed initialisation. A step of
-- lake.lambda_line, which is the one to read.
-- Where invocations run side by side in one environment (Lambda Managed Instances), time does not tell, and
-- such an error belongs to none.
-- needs: lake.log_record lake.lambda_attempt
-- scope: case
-- materialize
-- node: function name
-- request_id: Lambda request id
-- attempt: 1 for the first START of the request that the case holds, in any stream
-- start_at: time of the attempt's START, null where the case does not hold it
-- log_group: log group, empty where it is not told
-- log_stream: log stream, the execution environment
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
with orphan as (
    select * exclude (log_group), coalesce(log_group, '') as log_group
    from lake.log_record
    where kind = 'AWS::Lambda::Function' and record_type = 'error' and request_id is null and log_stream <> ''
),
stretch as (
    select log_group, log_stream, began_at, min(e) as e
    from (
        select
            log_group, log_stream, min(coalesce(start_at, timestamp)) as began_at,
            {
                'node': node, 'request_id': request_id, 'attempt': attempt, 'start_at': start_at,
                'over_at': max(timestamp) filter (where record_type in ('end', 'report'))
            } as e
        from lake.lambda_attempt
        semi join orphan using (log_group, log_stream)
        group by log_group, log_stream, node, request_id, attempt, start_at
    )
    group by log_group, log_stream, began_at
),
crowded as (
    select log_group, log_stream
    from (
        select log_group, log_stream, began_at, max(e.over_at) over (
            partition by log_group, log_stream order by began_at rows between unbounded preceding and 1 preceding
        ) as busy_until
        from stretch
    )
    where began_at < busy_until
    group by all
),
owned as (
    select
        orphan.* exclude (node, request_id),
        case when running.e.over_at is null or running.e.over_at >= orphan.timestamp
            then coalesce(running.e, next_.e) else next_.e end as e
    from (select * from orphan anti join crowded using (log_group, log_stream)) as orphan
    asof left join stretch as running
        on orphan.log_group = running.log_group and orphan.log_stream = running.log_stream
        and orphan.timestamp > running.began_at
    asof left join stretch as next_
        on orphan.log_group = next_.log_group and orphan.log_stream = next_.log_stream
        and orphan.timestamp <= next_.began_at
)
select
    e.node as node, e.request_id as request_id, e.attempt as attempt, e.start_at as start_at, log_group, log_stream,
    account, region, event_id, timestamp, record_type, level, message, version, trace_key, span_key, exception_type,
    exception_message, duration_ms, billed_ms, init_ms, restore_ms, memory_mb, max_memory_mb, platform_status,
    platform_error
from owned
where e is not null
