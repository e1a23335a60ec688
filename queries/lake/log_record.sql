-- One log message, read: who wrote it, about which request or trace, how severe, which exception. What had
-- been cut into several events (lake.log_joined tells which) is one record under the id of the first.
-- Platform lines of Lambda carry their figures. Patterns look at the first 8,000 characters of a line.
-- needs: lake.lambda_figure evidence.log_event evidence.log_edge
-- scope: record
-- materialize
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream; of Lambda one execution environment
-- timestamp: the producer's time, UTC
-- ordinal: as in lake.log_event
-- record_type: start, end, report, init, init_report, timeout, exit (the runtime process ended),
--   error (an exception that nothing caught), platform (other lines of Lambda), metric (figures in
--   CloudWatch's embedded metric format) or log
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
-- stack: the stack trace that the line carries, as it was written; lake.stack_frame has its frames
with part as (
    select
        *,
        coalesce(runtime.message, json.message, text) as said,
        coalesce(
            runtime.level, json.level,
            case
                when record_type = 'error' then 'ERROR'
                when platform_type = 'platform.logsDropped' or starts_with(text, 'LAMBDA_WARNING: ') then 'WARN'
                when record_type = 'log' and not is_json then coalesce(
                    nullif(regexp_extract(left(text, 120),
                        '(?:\b|\[[0-9;]*m)(TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL|SEVERE)\b', 1), ''),
                    -- .NET's console, logfmt, structlog's console
                    case when text[5] = ':' or contains(left(text, 200), 'level=') or contains(left(text, 80), ' [')
                        then regexp_extract(regexp_extract(left(text, 200),
                            '^(?:trce|dbug|info|warn|fail|crit): |\blevel="?[a-z]+|'
                            || ' \[(?:\x1b\[[0-9;]*m)*(?:debug|info|warning|error|critical) *(?:\x1b\[[0-9;]*m)*\]'),
                            '(trce|dbug|fail|crit(?:ical)?|trace|debug|info|warn(?:ing)?|error|fatal|panic)\W*$', 1) end)
            end
        ) as told
    from lake.lambda_figure
),
worded as (
    select
        *,
        -- winston colours its words, slog counts from them (WARN+2)
        upper(case
            when told is null then null
            when contains(told, chr(27)) then regexp_extract(told, 'm(\w+)', 1)
            when contains(told, '+') or contains(told, '-') then regexp_extract(told, '^\w+')
            else told
        end) as word,
        case
            when is_json and (contains(json.stack, chr(10)) or json.stack[1] in ('[', '{'))
                or json.cause[1] = '{' then concat_ws(chr(10), json.stack, 'Caused by: ' || json.cause)
            when thrown.type is not null then concat_ws(chr(10), thrown.stack, 'Caused by: ' || thrown.cause)
            when record_type not in ('log', 'error') then null
            -- several lines, and one of them a frame: in this order, since to trim is dear
            when contains(said, 'at ') or contains(said, '.go:') or contains(said, '.rb:') or contains(said, '.rs:')
                or contains(said, 'Traceback (most recent call last)') or contains(said, 'Stack trace:') then case
                when not contains(rtrim(said, E' \n\r'), chr(10)) and not contains(rtrim(said, E' \n\r'), chr(13)) then null
                when contains(said, 'Traceback (most recent call last)') or contains(said, '.go:')
                    or contains(said, '.rb:') or contains(said, '.rs:') or contains(said, 'Stack trace:')
                    or regexp_matches(left(said, 8000), '[\n\r]\s*at \S') then left(said, 64000)
            end
        end as stack
    from part
),
levelled as (
    select
        * exclude (told, word),
        case
            when word in ('WARNING', 'WARN', '40') then 'WARN'
            when word in ('INFORMATION', 'NOTICE', 'INFO', '30') then 'INFO'
            when word in ('FAIL', 'SEVERE', 'ERR', 'ERROR', '50') then 'ERROR'
            when word in ('CRITICAL', 'CRIT', 'FATAL', 'PANIC', 'DPANIC', 'ALERT', 'EMERGENCY', 'EMERG', '60')
                then 'FATAL'
            when word in ('TRACE', 'TRCE', 'DEBUG', 'DBUG', 'VERBOSE', 'SILLY', 'FINE', '10', '20') then 'DEBUG'
        end as level
    from worded
),
excepted as (
    select
        *,
        case
            when record_type = 'exit' then regexp_extract(
                head, '^RequestId: \S+ (?:Error: )?([^\n\r]*)(?:[\n\r]+([A-Z]\w*\.\w+))?', ['message', 'type'])
            when record_type = 'timeout' then {'message': trim(substr(head, 63), E' \r\n'), 'type': ''}
            when record_type not in ('log', 'error') or level in ('INFO', 'DEBUG') or thrown.type is not null
                or json.error_message is not null and json.error_type is not null then null
            when starts_with(head, '[ERROR] ') then regexp_extract(
                head, '(?s)^\[ERROR\] ([\w.]+)(?:: (.*?))?\s*(?:Traceback \(most recent.*)?$', ['type', 'message'])
            when record_type = 'error' then regexp_extract(
                said, '^([^\n\r]*): ([\w.$]+)[\n\r]', ['message', 'type'])
            -- Python tells the exception after its frames
            when contains(stack, 'Traceback (most recent call last)') then regexp_extract(
                right(stack, 4000), '(?s)^.*[\n\r][ \t\x{a0}]+[^\n\r]*[\n\r]+([A-Za-z_][\w.]*)(?:: (.*?))?\s*$',
                ['type', 'message'])
            when contains(stack, '.rb:') then regexp_extract(
                stack, '(?m)^(?:.*(?: -- .*?: |:in [^:\n]*: ))?([^\n\r]*?) \(([A-Z]\w*(?:::\w+)*)\)', ['message', 'type'])
            when contains(stack, 'panicked at ') then regexp_extract(
                stack, '(panic)ked at [^\n\r]*[\n\r]+([^\n\r]*)', ['type', 'message'])
            when contains(stack, 'panic: ') then regexp_extract(stack, '(panic): ([^\n\r]*)', ['type', 'message'])
            when contains(stack, 'Exception') or contains(stack, 'Error') then regexp_extract(
                stack, '((?:[A-Za-z_][\w$]*\.)*[\w$]*(?:Exception|Error))\b(?:: ([^\n\r]*))?', ['type', 'message'])
            when contains(head, 'Exception') or contains(head, 'Error') then regexp_extract(
                coalesce(json.stack, said),
                '((?:[A-Za-z_][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error))\b(?:: ([^\n\r]*))?', ['type', 'message'])
        end as exception
    from levelled
)
select
    account, region, event_id, log_group, log_stream, timestamp, ordinal, record_type, level, said as message,
    node, kind, version, pod, request_id, trace_id, span_id, trace_key, span_key,
    coalesce(thrown.type, json.error_type, nullif(exception.type, '')) as exception_type,
    coalesce(
        thrown.message, json.error_message,
        case when json.error_type is null or ends_with(exception.type, json.error_type)
            then nullif(split_part(exception.message, ' ---> ', 1), '') end) as exception_message,
    duration_ms, billed_ms, init_ms, restore_ms, memory_mb, max_memory_mb, platform_status, platform_error,
    stack
from excepted
