-- One log event, read: who wrote it, about which request or trace, how severe, which exception.
-- Platform lines of Lambda carry their figures. Trace ids are read as the X-Ray and OpenTelemetry log
-- injectors print them. Patterns look at the first 8,000 characters of a line.
-- needs: lake.log_field evidence.log_event
-- scope: record
-- materialize
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream; of Lambda one execution environment
-- timestamp: the producer's time, UTC
-- record_type: start, end, report, init, init_report, timeout, exit (the runtime process ended),
--   error (an exception that nothing caught), platform (other lines of Lambda) or log
-- level: DEBUG, INFO, WARN, ERROR or FATAL as the line says, null where it does not
-- message: what the writer said, without the envelope around it
-- node: function, service or workload that wrote it, null where the record does not tell
-- kind: X-Ray's type of the node
-- version: function version, of the log stream or its START
-- pod: Kubernetes pod
-- request_id: request id that the line names; in a function's log a Lambda request id
-- trace_id: trace id that the line names, 32 lower-case hex digits
-- span_id: span id that the line names, 16 lower-case hex digits
-- trace_key: signed 64-bit key of trace_id, for joins
-- span_key: signed 64-bit key of span_id, for joins
-- exception_type: type of the exception that the line reports
-- exception_message: its message
-- duration_ms: Duration of a report, milliseconds
-- billed_ms: Billed Duration of a report, milliseconds
-- init_ms: Init Duration of a report, milliseconds; null on warm starts
-- restore_ms: Restore Duration of a report (SnapStart), milliseconds; null where none was restored
-- memory_mb: Memory Size of a report, MB
-- max_memory_mb: Max Memory Used of a report, MB
-- platform_status: success, failure, error or timeout where the platform says so
-- platform_error: error type that the platform names, such as Runtime.OutOfMemory
with part as (
    select
        *,
        left(text, 8000) as head,
        case when record_type in ('report', 'init_report', 'platform') and json is null then text end as report,
        upper(coalesce(
            runtime.level, json.level,
            case
                when record_type = 'error' then 'ERROR'
                when record_type = 'log' and json is null then nullif(regexp_extract(
                    left(text, 120), '\b(TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL|SEVERE)\b', 1), '')
            end
        )) as word
    from lake.log_field
),
levelled as (
    select
        *,
        case
            when word in ('WARNING', 'WARN', '40') then 'WARN'
            when word in ('INFORMATION', 'NOTICE', 'INFO', '30') then 'INFO'
            when word in ('FAIL', 'SEVERE', 'ERR', 'ERROR', '50') then 'ERROR'
            when word in ('CRITICAL', 'CRIT', 'FATAL', 'PANIC', 'DPANIC', 'ALERT', 'EMERGENCY', '60') then 'FATAL'
            when word in ('TRACE', 'TRCE', 'DEBUG', 'DBUG', 'VERBOSE', 'SILLY', '10', '20') then 'DEBUG'
        end as level,
        -- the header of a message that is only printed names the sender's trace
        case
            when not (contains(head, 'race') or contains(head, 'oot=') or contains(head, 'RACE')) then null
            when contains(head, 'AWSTraceHeader')
                then regexp_replace(head, 'AWSTraceHeader[\\"'':= ]+[^"\\\s,}]*', '', 'g')
            else concat('trace_id=', json.trace_id, ' ', head)
        end as naming
    from part
),
found as (
    select
        *,
        lower(replace(regexp_replace(regexp_extract(
            naming,
            '(?i)(?:trace[-_. ]?id[\\"'']*\s*[:=]\s*[\\"'']*|root=|traceparent[\\"'':= ]+00-)'
            || '(1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{32})\b', 1), '^1-', ''), '-', '')) as trace_id,
        lower(regexp_extract(
            naming,
            '(?i)(?:(?:^|[^t_])span[-_. ]?id[\\"'']*\s*[:=]\s*[\\"'']*|segmentid: |@)([0-9a-f]{16})\b', 1)) as span_id,
        case
            when record_type = 'exit' then regexp_extract(
                head, '^RequestId: \S+ (?:Error: )?([^\n\r]*)(?:[\n\r]+([A-Z]\w*\.\w+))?', ['message', 'type'])
            when record_type = 'timeout' then {'message': trim(substr(head, 63), E' \r\n'), 'type': ''}
            when record_type <> 'error' and (record_type <> 'log' or level in ('INFO', 'DEBUG')) or thrown is not null
                then null
            when starts_with(head, '[ERROR] ') then regexp_extract(
                head, '(?s)^\[ERROR\] ([\w.]+)(?:: (.*?))?\s*(?:Traceback \(most recent.*)?$', ['type', 'message'])
            when record_type = 'error' and json is null then regexp_extract(
                head, '^([^\n\r]*): ([\w.$]+)[\n\r]', ['message', 'type'])
            when contains(head, 'Exception') or contains(head, 'Error') then regexp_extract(
                coalesce(json.stack, json.message, head),
                '((?:[A-Za-z_][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error))\b(?:: ([^\n\r]*))?', ['type', 'message'])
        end as exception
    from levelled
),
keyed as (
    -- 16 hex digits as a signed 64-bit number, made of two halves since 2^63 and more does not fit
    select
        * exclude (trace_id, span_id),
        nullif(trace_id, '') as trace_id, nullif(span_id, '') as span_id,
        try_cast('0x' || substr(trace_id, 17, 8) as bigint) as trace_high,
        try_cast('0x' || substr(trace_id, 25, 8) as bigint) as trace_low,
        try_cast('0x' || substr(span_id, 1, 8) as bigint) as span_high,
        try_cast('0x' || substr(span_id, 9, 8) as bigint) as span_low,
        lower(coalesce(
            case
                when json is not null or record_type = 'log' then null
                when record_type = 'start' then substr(text, 18, 36)
                when record_type = 'end' then substr(text, 16, 36)
                when record_type = 'report' then substr(text, 19, 36)
                when record_type = 'exit' then substr(text, 12, 36)
                when record_type = 'timeout' then substr(text, 26, 36)
            end,
            runtime.request_id, json.request_id,
            -- Ruby's logger: E, [2026-01-31T00:00:00.000000 #8] ERROR <request id> -- : …
            case when is_lambda and text[2:4] = ', [' then regexp_extract(head, '\] +[A-Z]+ ([0-9a-f-]{36}) -- ', 1) end
        )) as request_id
    from found
)
select
    account, region, event_id, log_group, log_stream, timestamp, record_type, level,
    coalesce(runtime.message, json.message, text) as message,
    node, kind,
    coalesce(version, json.version, case when record_type = 'start' then trim(substr(text, 64), E' \r\n') end) as version,
    pod,
    -- a Lambda request id has 36 characters, and before the first one the runtimes print `undefined`
    case when not is_lambda or length(request_id) = 36 then nullif(request_id, '') end as request_id,
    trace_id, span_id,
    (trace_high - (trace_high >> 31) * 4294967296) * 4294967296 + trace_low as trace_key,
    (span_high - (span_high >> 31) * 4294967296) * 4294967296 + span_low as span_key,
    coalesce(thrown.type, json.error_type, nullif(exception.type, '')) as exception_type,
    coalesce(thrown.message, json.error_message, nullif(exception.message, '')) as exception_message,
    try_cast(coalesce(
        regexp_extract(report, '(?:\t|[0-9a-f]{12} +)Duration: ([0-9.]+) ms', 1),
        case when record_type = 'report' then json.duration_ms end) as decimal(18, 3)) as duration_ms,
    try_cast(coalesce(
        split_part(split_part(report, 'Billed Duration: ', 2), ' ms', 1), json.billed_ms) as bigint) as billed_ms,
    try_cast(coalesce(
        split_part(split_part(report, 'Init Duration: ', 2), ' ms', 1),
        case record_type when 'report' then json.init_ms when 'init_report' then json.duration_ms end
    ) as decimal(18, 3)) as init_ms,
    try_cast(coalesce(
        regexp_extract(report, '(?:\t|REPORT )Restore Duration: ([0-9.]+) ms', 1), json.restore_ms
    ) as decimal(18, 3)) as restore_ms,
    try_cast(coalesce(
        split_part(split_part(report, 'Memory Size: ', 2), ' MB', 1), json.memory_mb) as bigint) as memory_mb,
    try_cast(coalesce(
        split_part(split_part(report, 'Max Memory Used: ', 2), ' MB', 1), json.max_memory_mb) as bigint) as max_memory_mb,
    case when json is null then nullif(regexp_extract(report, 'Status: (\w+)', 1), '')
        when record_type not in ('log', 'error') then json.status end as platform_status,
    case when json is null then nullif(regexp_extract(report, 'Error Type: (\S+)', 1), '')
        when record_type not in ('log', 'error') then json.error end as platform_error
from keyed
