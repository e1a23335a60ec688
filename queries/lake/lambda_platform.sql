-- What Lambda itself says of an execution environment, beside START, END and REPORT: its initialisations and
-- restores, extensions, subscriptions to telemetry, dropped logs, and what pollers of Kafka report. A failed
-- or reset initialisation makes the next invocation of the same stream slow.
-- needs: lake.log_record
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: name of the log group
-- log_stream: name of the log stream, the execution environment or the poller
-- event_id: id of the event in lake.log_event
-- timestamp: the producer's time, UTC
-- node: function name, null where the record does not tell
-- version: function version
-- what: initStart, initRuntimeDone, initReport, runtimeDone, restoreStart, restoreRuntimeDone, restoreReport,
--   extension, telemetrySubscription, logsDropped, … as the JSON events are called; of pollers their event type
-- request_id: invocation that it speaks of, null of most
-- phase: init, invoke or snap-start
-- initialization_type: on-demand, provisioned-concurrency or snap-start
-- runtime_version: such as python:3.12.v18
-- instance_id: environment's id, where JSON tells it
-- name: extension or subscriber
-- state: its state, such as Ready or Subscribed
-- status: success, failure, error or timeout, null where it does not say
-- error_type: such as Extension.Crash
-- error_message: what a poller says
-- duration_ms: how long the initialisation or restore took, milliseconds
-- dropped_records: log records that were dropped
-- dropped_bytes: their bytes
-- reason: why they were dropped
with told as (
    select
        *, starts_with(message, '{') and json_valid(message) as is_json,
        json_extract_string(case when starts_with(message, '{') and json_valid(message) then message end, [
            '$.type', '$.record.phase', '$.record.initializationType', '$.record.runtimeVersion', '$.record.instanceId',
            '$.record.name', '$.record.state', '$.record.reason', '$.record.droppedRecords', '$.record.droppedBytes',
            '$.record.metrics.durationMs', '$.eventType', '$.record.functionVersion'
        ]) as j
    from lake.log_record
    where record_type in ('init', 'init_report', 'platform')
)
select
    account, region, log_group, log_stream, event_id, timestamp, node, coalesce(j[13], version) as version,
    coalesce(
        j[12], replace(j[1], 'platform.', ''),
        case split_part(replace(message, chr(9), ' '), ' ', 1)
            when 'INIT_START' then 'initStart' when 'INIT_REPORT' then 'initReport' when 'EXTENSION' then 'extension'
            when 'RESTORE_START' then 'restoreStart' when 'RESTORE_REPORT' then 'restoreReport'
            when 'TELEMETRY' then 'telemetrySubscription' when 'LOGS' then 'logsSubscription' end) as what,
    request_id,
    case when is_json then j[2] else nullif(regexp_extract(message, 'Phase: ([\w-]+)', 1), '') end as phase,
    j[3] as initialization_type,
    case when is_json then j[4] else nullif(regexp_extract(message, 'Runtime Version: (\S+)', 1), '') end as runtime_version,
    j[5] as instance_id,
    case when is_json then j[6] else nullif(regexp_extract(message, '\tName: ([^\t\n]+)', 1), '') end as name,
    case when is_json then j[7] else nullif(regexp_extract(message, '\tState: ([^\t\n]+)', 1), '') end as state,
    platform_status as status, coalesce(platform_error, exception_type) as error_type, exception_message as error_message,
    coalesce(restore_ms, init_ms, try_cast(j[11] as decimal(18, 3))) as duration_ms,
    try_cast(j[9] as bigint) as dropped_records, try_cast(j[10] as bigint) as dropped_bytes, j[8] as reason
from told
