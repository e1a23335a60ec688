-- A line of a Lambda function's log and the execution that it belongs to: the lines that name a request
-- id, and errors that name none (Python's do not). The latter belong to the execution that their stream
-- was in at that time; between two executions to the next, since they tell of a failed initialisation.
-- needs: lake.lambda_attempt lake.lambda_error
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
    select * from lake.lambda_attempt
    union all by name
    select * from lake.lambda_error
)
select
    node, request_id, attempt, start_at, nullif(log_group, '') as log_group, nullif(log_stream, '') as log_stream,
    account, region, event_id, timestamp, record_type, level, message, version, trace_key, span_key,
    exception_type, exception_message, duration_ms, billed_ms, init_ms, restore_ms, memory_mb,
    max_memory_mb, platform_status, platform_error
from line
