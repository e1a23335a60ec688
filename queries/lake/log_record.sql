-- One log event, read: who wrote it, about which request or trace, how severe, which exception.
-- Platform lines of Lambda carry their figures. Sources of the formats: AWS Lambda developer guide,
-- "Working with Lambda function logs" and "Log formats"; CloudWatch Container Insights' application
-- log; trace ids as the X-Ray and OpenTelemetry log injectors print them.
-- needs: evidence.log_event
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
-- version: function version of the log stream
-- pod: Kubernetes pod
-- request_id: Lambda request id that the line names
-- trace_id: trace id that the line names, 32 lower-case hex digits
-- span_id: span id that the line names, 16 lower-case hex digits
-- trace_key: signed 64-bit key of trace_id, for joins
-- span_key: signed 64-bit key of span_id, for joins
-- exception_type: type of the exception that the line reports
-- exception_message: its message
-- duration_ms: Duration of a report, milliseconds
-- billed_ms: Billed Duration of a report, milliseconds
-- init_ms: Init Duration of a report, milliseconds; null on warm starts
-- memory_mb: Memory Size of a report, MB
-- max_memory_mb: Max Memory Used of a report, MB
-- platform_status: success, failure, error or timeout where the platform says so
-- platform_error: error type that the platform names, such as Runtime.OutOfMemory
with event as (
    select
        *,
        log_stream[5] = '/' and log_stream[8] = '/' and log_stream[11] = '/'
            and contains(log_stream, '[') as is_lambda,
        case
            when left(ltrim(message), 1) = '{' and contains(message, '"log"') and json_valid(message)
                then json_extract_string(message, [
                    '$.log', '$.kubernetes.pod_name', '$.kubernetes.container_name', '$.container_name'
                ])
        end as envelope
    from evidence.log_event
),
body as (
    select
        * exclude (message),
        coalesce(envelope[1], message) as text,
        case
            when envelope[1] is not null then left(ltrim(envelope[1]), 1) = '{' and json_valid(envelope[1])
            else left(ltrim(message), 1) = '{' and json_valid(message)
        end as is_json
    from event
),
field as (
    select
        * exclude (is_json),
        case when is_json then json_extract_string(text, [
            '$.type', '$.record.requestId', '$.record.status', '$.record.errorType',
            '$.record.metrics.durationMs', '$.record.metrics.billedDurationMs',
            '$.record.metrics.initDurationMs', '$.record.metrics.memorySizeMB',
            '$.record.metrics.maxMemoryUsedMB', '$.record.version', '$.record.tracing.value',
            '$.level', '$.log_level', '$.requestId', '$.AWSRequestId', '$.function_request_id',
            '$.message', '$.msg', '$.errorType', '$.errorMessage', '$.exception_name',
            '$.xray_trace_id', '$.trace_id', '$.traceId', '$.span_id', '$.spanId', '$.event'
        ]) end as j,
        case
            when is_json then null
            when text[24] = 'Z' and text[25] = chr(9) or text[1] = '[' and contains(left(text, 12), chr(9))
                then string_split(text, chr(9))
        end as tab,
        case
            when is_json or not is_lambda then null
            when starts_with(text, 'START RequestId: ') then 'start'
            when starts_with(text, 'END RequestId: ') then 'end'
            when starts_with(text, 'REPORT RequestId: ') then 'report'
            when starts_with(text, 'INIT_START ') then 'init'
            when starts_with(text, 'INIT_REPORT ') then 'init_report'
            when starts_with(text, 'RequestId: ') and contains(text, ' Error: ') then 'exit'
            when text[24] = 'Z' and contains(left(text, 90), ' Task timed out after ') then 'timeout'
            when starts_with(text, 'RESTORE_') or starts_with(text, 'EXTENSION' || chr(9))
                or starts_with(text, 'TELEMETRY' || chr(9)) then 'platform'
            when starts_with(text, '[ERROR] ') then 'error'
        end as line_type
    from body
),
typed as (
    select
        *,
        case
            when line_type is not null then line_type
            when j[1] = 'platform.start' then 'start'
            when j[1] = 'platform.report' then 'report'
            when j[1] = 'platform.initStart' then 'init'
            when j[1] = 'platform.initReport' then 'init_report'
            when starts_with(j[1], 'platform.') then 'platform'
            when j[13] is not null and j[19] is not null then 'error'
            when tab[4] in ('Invoke Error ', 'Uncaught Exception ', 'Unhandled Promise Rejection ')
                then 'error'
            when j[17] in ('Invoke Error', 'Uncaught Exception', 'Unhandled Promise Rejection')
                and j[19] is not null then 'error'
            else 'log'
        end as record_type,
        case
            when tab is null then null
            when tab[1][1] = '[' then [substr(tab[1], 2, length(tab[1]) - 2), tab[3], array_to_string(tab[4:], chr(9))]
            else [tab[3], tab[2], array_to_string(tab[4:], chr(9))]
        end as runtime_line,
        case when j is null and line_type in ('report', 'init_report') then text end as report,
        case
            when j is null and tab is null and line_type is null
                and (contains(text, 'race') or contains(text, 'oot=') or contains(text, 'RACE'))
                then text
        end as may_name_trace,
        case
            when line_type = 'error' then regexp_extract(
                text, '^\[ERROR\] ([A-Za-z_][\w.]*)(?:: ([^\n\r]*))?', ['type', 'message'])
            when j is null and line_type is null
                and (contains(text, 'Exception') or contains(text, 'Error'))
                then regexp_extract(
                    text,
                    '((?:[A-Za-z_][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error))(?:: ([^\n\r]*))?',
                    ['type', 'message'])
        end as exception,
        case
            when tab[4] in ('Invoke Error ', 'Uncaught Exception ', 'Unhandled Promise Rejection ')
                and json_valid(tab[5])
                then json_extract_string(tab[5], ['$.errorType', '$.errorMessage'])
        end as thrown
    from field
),
named as (
    select
        *,
        coalesce(
            nullif(regexp_extract(
                may_name_trace,
                '(?i)(?:trace[-_ ]?id|root)["'']?\s*[:=]\s*["'']?(1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{32})', 1), ''),
            nullif(split_part(split_part(report, 'XRAY TraceId: ', 2), chr(9), 1), ''),
            nullif(split_part(split_part(j[11], 'Root=', 2), ';', 1), ''),
            j[22], j[23], j[24]
        ) as named_trace,
        coalesce(
            nullif(regexp_extract(
                may_name_trace, '(?i)span[-_ ]?id["'']?\s*[:=]\s*["'']?([0-9a-f]{16})', 1), ''),
            nullif(split_part(split_part(report, 'SegmentId: ', 2), chr(9), 1), ''),
            j[25], j[26]
        ) as named_span,
        upper(coalesce(
            runtime_line[1], j[12], j[13],
            case
                when line_type = 'error' then 'ERROR'
                when line_type is null and j is null
                    then nullif(regexp_extract(left(text, 120), '\b(DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL|SEVERE)\b', 1), '')
            end
        )) as word,
        case
            when contains(log_stream, '/') and not is_lambda
                and regexp_matches(log_stream, '/[0-9a-f]{32}$') then string_split(log_stream, '/')
        end as task_stream
    from typed
),
canonical as (
    select
        *,
        case
            when regexp_matches(named_trace, '^1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}$')
                then lower(substr(named_trace, 3, 8) || substr(named_trace, 12))
            when regexp_matches(named_trace, '^[0-9a-fA-F]{32}$') then lower(named_trace)
        end as trace_id,
        case when regexp_matches(named_span, '^[0-9a-fA-F]{16}$') then lower(named_span) end as span_id
    from named
),
keyed as (
    -- 16 hex digits as a signed 64-bit number, made of two halves since 2^63 and more does not fit
    select
        *,
        ('0x' || substr(trace_id, 17, 8))::bigint as trace_high,
        ('0x' || substr(trace_id, 25, 8))::bigint as trace_low,
        ('0x' || substr(span_id, 1, 8))::bigint as span_high,
        ('0x' || substr(span_id, 9, 8))::bigint as span_low
    from canonical
)
select
    account, region, event_id, log_group, log_stream, timestamp, record_type,
    case
        when word in ('WARNING', 'WARN') then 'WARN'
        when word in ('INFORMATION', 'NOTICE', 'INFO', '30') then 'INFO'
        when word in ('FAIL', 'SEVERE', 'ERR', 'ERROR', '50') then 'ERROR'
        when word in ('CRITICAL', 'CRIT', 'FATAL', '60') then 'FATAL'
        when word in ('TRACE', 'DEBUG', '10', '20') then 'DEBUG'
        when word = '40' then 'WARN'
        else word
    end as level,
    coalesce(runtime_line[3], j[17], j[18], j[27], text) as message,
    case
        when is_lambda and starts_with(log_group, '/aws/lambda/') and log_stream[12] = '['
            then substr(log_group, 13)
        when is_lambda then nullif(split_part(substr(log_stream, 12), '[', 1), '')
        when envelope[2] is not null
            then regexp_replace(envelope[2], '(-[a-f0-9]{6,10})?-[a-z0-9]{5}$', '')
        when envelope[4] is not null then envelope[4]
        when task_stream is not null then task_stream[-2]
    end as node,
    case
        when is_lambda then 'AWS::Lambda::Function'
        when envelope[2] is not null then 'AWS::EKS::Container'
        when envelope[4] is not null or task_stream is not null then 'AWS::ECS::Container'
    end as kind,
    case when is_lambda then split_part(split_part(log_stream, '[', 2), ']', 1) end as version,
    envelope[2] as pod,
    lower(coalesce(
        case line_type
            when 'start' then substr(text, 18, 36)
            when 'end' then substr(text, 16, 36)
            when 'report' then substr(text, 19, 36)
            when 'exit' then substr(text, 12, 36)
            when 'timeout' then substr(text, 26, 36)
        end,
        case when length(runtime_line[2]) = 36 then runtime_line[2] end,
        j[2], j[14], j[15], j[16]
    )) as request_id,
    trace_id, span_id,
    (trace_high - (trace_high >> 31) * 4294967296) * 4294967296 + trace_low as trace_key,
    (span_high - (span_high >> 31) * 4294967296) * 4294967296 + span_low as span_key,
    coalesce(thrown[1], nullif(exception.type, ''), j[19], j[21]) as exception_type,
    coalesce(thrown[2], nullif(exception.message, ''), j[20]) as exception_message,
    coalesce(
        try_cast(split_part(split_part(report, 'Duration: ', 2), ' ms', 1) as decimal(18, 3)),
        try_cast(case when record_type = 'report' then j[5] end as decimal(18, 3))
    ) as duration_ms,
    coalesce(
        try_cast(split_part(split_part(report, 'Billed Duration: ', 2), ' ms', 1) as bigint),
        try_cast(case when record_type = 'report' then j[6] end as bigint)
    ) as billed_ms,
    coalesce(
        try_cast(split_part(split_part(report, 'Init Duration: ', 2), ' ms', 1) as decimal(18, 3)),
        try_cast(case when record_type = 'report' then j[7] end as decimal(18, 3))
    ) as init_ms,
    coalesce(
        try_cast(split_part(split_part(report, 'Memory Size: ', 2), ' MB', 1) as bigint),
        try_cast(j[8] as bigint)
    ) as memory_mb,
    coalesce(
        try_cast(split_part(split_part(report, 'Max Memory Used: ', 2), ' MB', 1) as bigint),
        try_cast(j[9] as bigint)
    ) as max_memory_mb,
    coalesce(nullif(split_part(split_part(split_part(report, 'Status: ', 2), chr(9), 1), chr(10), 1), ''), j[3])
        as platform_status,
    coalesce(nullif(split_part(split_part(split_part(report, 'Error Type: ', 2), chr(9), 1), chr(10), 1), ''), j[4])
        as platform_error
from keyed
