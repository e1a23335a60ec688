-- One log event with the figures and the outcome that a line of Lambda itself gives, as text or as JSON.
-- A step of lake.log_record, which is the one to read. Keys of a REPORT are optional, and grow.
-- needs: lake.log_mention
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- timestamp: the producer's time, UTC
-- ordinal: as in lake.log_event
-- is_lambda: whether the group or stream is one of a Lambda function
-- node: function, service or workload that wrote it
-- kind: X-Ray's type of the node
-- version: function version of the log stream
-- pod: Kubernetes pod
-- text: what the writer wrote
-- is_json: whether that is a JSON object
-- record_type: as in lake.log_record
-- is_platform: as in lake.log_json
-- json: as in lake.log_json
-- runtime: as in lake.log_field
-- thrown: as in lake.log_field
-- head: the first 8,000 characters of the text
-- request_id: as in lake.log_mention
-- trace_id: as in lake.log_mention
-- span_id: as in lake.log_mention
-- trace_key: as in lake.log_mention
-- span_key: as in lake.log_mention
-- platform_type: type of a platform event in JSON, null of others
-- duration_ms: Duration of a report, milliseconds
-- billed_ms: Billed Duration of a report, milliseconds
-- init_ms: Init Duration, milliseconds
-- restore_ms: Restore Duration (SnapStart), milliseconds
-- memory_mb: Memory Size, MB
-- max_memory_mb: Max Memory Used, MB
-- platform_status: success, failure, error or timeout where the platform says so
-- platform_error: error type that the platform names
with part as (
    select
        *,
        case when record_type in ('report', 'init_report', 'platform') and not is_json then text end as report
    from lake.log_mention
)
select
    account, region, event_id, log_group, log_stream, timestamp, ordinal, is_lambda, node, kind,
    coalesce(version, platform.version,
        case when record_type = 'start' and not is_json then trim(substr(text, 64), E' \r\n') end) as version,
    pod, text, is_json, record_type, is_platform, json, runtime, thrown, head, request_id, trace_id, span_id, trace_key, span_key,
    platform.type as platform_type,
    try_cast(coalesce(
        nullif(split_part(split_part(report, chr(9) || 'Duration: ', 2), ' ms', 1), ''),
        -- the guides print spaces instead of tabs
        case when not contains(report, chr(9)) then regexp_extract(report, '[0-9a-f]{12} +Duration: ([0-9.]+) ms', 1) end,
        case when record_type = 'report' then platform.duration_ms end) as decimal(18, 3)) as duration_ms,
    try_cast(coalesce(
        split_part(split_part(report, 'Billed Duration: ', 2), ' ms', 1), platform.billed_ms) as bigint) as billed_ms,
    try_cast(coalesce(
        split_part(split_part(report, 'Init Duration: ', 2), ' ms', 1),
        case record_type when 'report' then platform.init_ms when 'init_report' then platform.duration_ms end
    ) as decimal(18, 3)) as init_ms,
    try_cast(coalesce(
        case when contains(report, 'Restore Duration: ')
            then regexp_extract(report, '(?:\t|REPORT |ms )Restore Duration: ([0-9.]+) ms', 1) end,
        platform.restore_ms, case when platform.type = 'platform.restoreReport' then platform.duration_ms end
    ) as decimal(18, 3)) as restore_ms,
    try_cast(coalesce(
        split_part(split_part(report, 'Memory Size: ', 2), ' MB', 1), platform.memory_mb) as bigint) as memory_mb,
    try_cast(coalesce(
        split_part(split_part(report, 'Max Memory Used: ', 2), ' MB', 1), platform.max_memory_mb) as bigint) as max_memory_mb,
    coalesce(platform.status,
        case when contains(report, 'Status: ') then nullif(regexp_extract(report, 'Status: (\w+)', 1), '') end)
        as platform_status,
    coalesce(platform.error,
        case when contains(report, 'Error Type: ') then nullif(regexp_extract(report, 'Error Type: (\S+)', 1), '') end)
        as platform_error
from part
