-- One log event taken apart: the fields of a JSON line under one name each, whatever the library
-- calls them, those of a Lambda runtime's own text lines, and what sort of line it is. A step of
-- lake.log_record, which is the one to read. Sources of the formats: AWS Lambda developer guide,
-- "Log formats" and the open-source runtime clients; the logging libraries' own documentation.
-- needs: lake.log_text
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- timestamp: the producer's time, UTC
-- is_lambda: whether the group or stream is one of a Lambda function
-- node: function, service or workload that wrote it
-- kind: X-Ray's type of the node
-- version: function version of the log stream
-- pod: Kubernetes pod
-- text: what the writer wrote
-- record_type: as in lake.log_record
-- json: fields of a JSON line, null of others
-- runtime: level, request id and message of a Lambda runtime's tabbed line, null of others
-- thrown: type and message of an exception that a Lambda runtime wrote in JSON, null of others
with field as (
    select
        *,
        case when is_json then json_extract_string(text, [
            '$.type', '$.record.requestId', '$.record.status', '$.record.errorType', '$.record.version',
            '$.record.metrics.durationMs', '$.record.metrics.billedDurationMs',
            '$.record.metrics.initDurationMs', '$.record.metrics.restoreDurationMs',
            '$.record.metrics.memorySizeMB', '$.record.metrics.maxMemoryUsedMB',
            '$.log_level', '$.level', '$.levelname', '$.severity', '$."log.level"',
            '$.function_request_id', '$.AWSRequestId', '$.requestId',
            '$.message', '$.msg', '$.event',
            '$.errorType', '$.exception_name', '$."error.type"', '$.err.type', '$.error.type',
            '$.errorMessage', '$.stack_trace.value', '$."error.message"', '$.err.message', '$.error.message',
            '$.exception', '$.exc_info', '$.stack_trace', '$.stacktrace',
            '$.trace_id', '$.traceId', '$.xray_trace_id'
        ]) end as j,
        case
            when is_lambda and not is_json
                and (text[24] = 'Z' and text[25] = chr(9) or text[1] = '[' and contains(left(text, 12), chr(9)))
                then string_split(text, chr(9))
        end as tab
    from lake.log_text
),
parted as (
    select
        * exclude (j, tab),
        -- a program that prints JSON of its own in JSON mode has it in `message`
        case when is_lambda and j[20][1] = '{' and json_valid(j[20]) then json_extract_string(j[20], [
            '$.level', '$.message', '$.msg', '$.errorType', '$.errorMessage'
        ]) end as inner_,
        case when is_json then {
            'type': case when j[20] is null then j[1] end,
            'request_id': case when starts_with(j[1], 'platform.') then j[2] else coalesce(j[17], j[18], j[19]) end,
            'status': j[3], 'error': j[4], 'version': j[5], 'duration_ms': j[6], 'billed_ms': j[7],
            'init_ms': j[8], 'restore_ms': j[9], 'memory_mb': j[10], 'max_memory_mb': j[11],
            'log_level': j[12],
            'level': coalesce(inner_[1], j[13], j[12], j[14], j[15], j[16]),
            'message': coalesce(inner_[2], inner_[3], j[20], j[21], j[22]),
            'error_type': coalesce(inner_[4], j[23], j[24], j[25], j[26], j[27]),
            'error_message': coalesce(inner_[5], j[28], j[29], j[30], j[31], j[32]),
            'stack': coalesce(j[33], j[34], j[35], j[36]),
            'trace_id': coalesce(j[37], j[38], j[39])
        } end as json,
        case
            when len(tab) < 4 then null
            when tab[1][1] = '['
                then {'level': trim(tab[1], '[]'), 'request_id': tab[3], 'message': array_to_string(tab[4:], chr(9))}
            else {'level': tab[3], 'request_id': tab[2], 'message': array_to_string(tab[4:], chr(9))}
        end as runtime,
        case
            when not is_lambda or is_json then null
            when rtrim(tab[4]) in ('Invoke Error', 'Uncaught Exception', 'Unhandled Promise Rejection') then tab[5]
            -- Go prints the date before it, Ruby a sentence
            when text[5] = '/' and text[20] = ' ' and text[21] = '{' and contains(text, '"errorMessage"')
                then substr(text, 21)
            when starts_with(text, 'Error raised from handler method') then substr(text, strpos(text, '{'))
        end as thrown_json
    from field
),
typed as (
    select
        * exclude (inner_, thrown_json),
        case when json_valid(thrown_json) then json_extract_string(thrown_json, ['$.errorType', '$.errorMessage']) end
            as thrown,
        -- Java: `<message>: <class>`, then the stack that begins with the same class
        case when is_lambda and contains(text, chr(9) || 'at ')
            then string_split(replace(left(text, 4000), chr(13), chr(10)), chr(10)) end as java
    from parted
)
select
    account, region, event_id, log_group, log_stream, timestamp, is_lambda, node, kind, version, pod, text,
    case
        when not is_lambda then 'log'
        when json.type = 'platform.start' then 'start'
        when json.type = 'platform.report' then 'report'
        when json.type = 'platform.initStart' then 'init'
        when json.type = 'platform.initReport' then 'init_report'
        when starts_with(json.type, 'platform.') then 'platform'
        -- Python writes `log_level` where nothing caught the exception, `level` everywhere else
        when json.error_type is not null and (json.log_level is not null or regexp_matches(
            json.message, '^(Invoke Error|Uncaught Exception|Unhandled Promise Rejection)')) then 'error'
        when is_json then 'log'
        when starts_with(text, 'START RequestId: ') and substr(text, 54, 10) = ' Version: ' then 'start'
        when starts_with(text, 'END RequestId: ') and length(rtrim(text)) < 55 then 'end'
        when starts_with(text, 'REPORT RequestId: ') and contains(text, 'Duration: ') then 'report'
        when starts_with(text, 'INIT_START ') then 'init'
        when starts_with(text, 'INIT_REPORT ') then 'init_report'
        when starts_with(text, 'RequestId: ') and (substr(text, 48, 8) = ' Error: '
            or substr(text, 48, 15) = ' Process exited') then 'exit'
        when text[24] = 'Z' and substr(text, 62, 22) = ' Task timed out after ' then 'timeout'
        when starts_with(text, 'RESTORE_') or starts_with(text, 'EXTENSION' || chr(9))
            or starts_with(text, 'TELEMETRY' || chr(9)) then 'platform'
        -- a program may print `[ERROR] ` too: the runtime adds the traceback
        when starts_with(text, '[ERROR] ')
            and (contains(text, 'Traceback (most recent call last)') or starts_with(text, '[ERROR] Runtime.'))
            then 'error'
        when thrown[1] is not null then 'error'
        when contains(java[1], ': ') and contains(split_part(java[1], ': ', -1), '.')
            and starts_with(java[2], split_part(java[1], ': ', -1)) then 'error'
        else 'log'
    end as record_type,
    json, runtime, case when thrown is not null then {'type': thrown[1], 'message': thrown[2]} end as thrown
from typed
