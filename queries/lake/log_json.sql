-- One log event with the fields of a JSON line under one name each, whatever the library calls them.
-- A step of lake.log_record, which is the one to read. Sources of the names: AWS Lambda developer guide,
-- "JSON log formats", "Telemetry API schema" and "Kafka event source mapping logging"; the Powertools'
-- and the logging libraries' own documentation.
-- needs: lake.log_text
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
-- is_platform: whether Lambda itself wrote it, in JSON
-- platform: fields of such an event, nulls of others
-- json: fields of any other JSON line, nulls of others
with sorted as (
    select
        *,
        -- three readings, since most lines need only one: what Lambda writes, what programs write, errors;
        -- CASE chooses the text and not the list, which it would copy
        json_extract_string(case when is_json and is_lambda and contains(text, '"platform.') then text end, [
            '$.type', '$.message', '$.record.requestId', '$.record.status', '$.record.errorType',
            '$.record.version', '$.record.metrics.durationMs', '$.record.metrics.billedDurationMs',
            '$.record.metrics.initDurationMs', '$.record.metrics.restoreDurationMs',
            '$.record.metrics.memorySizeMB', '$.record.metrics.maxMemoryUsedMB', '$.record.tracing.value',
            '$.record.tracing.spanId'
        ]) as p
    from lake.log_text
),
parted as (
    -- emptied here, so that nobody has to ask again for each field
    select
        * replace (case when p is not null and starts_with(p[1], 'platform.') and p[2] is null then p end as p),
        p is not null and coalesce(starts_with(p[1], 'platform.') and p[2] is null, false) as is_platform
    from sorted
),
program as (
    select
        *,
        json_extract_string(case when is_json and not is_platform then text end, [
            '$.log_level', '$.level', '$.levelname', '$.severity', '$."log.level"', '$.log.level',
            '$."@l"', '$.logLevel', '$.severityText',
            '$.message', '$.msg', '$.event', '$."@m"', '$."@mt"',
            '$.function_request_id', '$.AWSRequestId', '$.requestId', '$.functionRequestId', '$.awsRequestId',
            '$.aws_request_id', '$.request_id',
            '$.trace_id', '$.traceId', '$.xray_trace_id', '$."trace.id"', '$.otelTraceID', '$.xrayTraceId',
            '$.span_id', '$.spanId', '$."span.id"', '$.otelSpanID',
            '$.errorType', '$.errorMessage', '$.timestamp',
            '$._aws.CloudWatchMetrics[0].Namespace', '$.eventProcessorId', '$."@t"',
            -- Serilog's compact format, and what ASP.NET Core adds to it
            '$.RequestId', '$."@tr"', '$."@sp"',
            -- Rust's tracing-subscriber has the line in `fields` and what its span was given in `span`
            '$.fields.message', '$.span.request_id',
            -- Fastify; pino-http, Bunyan
            '$.reqId', '$.req.id'
        ]) as a
    from parted
),
nested as (
    select
        *,
        -- a program that prints JSON of its own in JSON mode has it in `message`
        case when is_lambda and a is not null and a[10][1] = '{' and json_valid(a[10]) then a[10] end as inner_,
        case when a is not null then coalesce(
            a[2], a[1], a[3], a[4], a[5], a[6], a[7], a[8], a[9], case when a[37] is not null then 'Information' end)
        end as level,
        a is not null and a[35] is not null as is_metric
    from program
),
-- only of a line that says no level or no message under those names: .NET, loguru, GELF, OpenTelemetry
rare as (
    select
        *,
        json_extract_string(case when a is not null and not is_metric
            and (level is null or coalesce(a[10], a[11], a[12], a[13], a[14], a[41]) is null) then text end, [
            '$.LogLevel', '$.Level', '$.record.level.name', '$._level_name', '$.severity_text',
            '$.severityNumber', '$.severity_number',
            '$.Message', '$.RenderedMessage', '$.MessageTemplate', '$.record.message', '$.short_message',
            '$.body.stringValue', '$.body'
        ]) as r
    from nested
),
detailed as (
    select
        *,
        json_extract_string(inner_, [
            '$.level', '$.levelname', '$.severity', '$."log.level"', '$."@l"',
            '$.message', '$.msg', '$.event', '$."@m"', '$."@mt"'
        ]) as i,
        json_extract_string(case when a is not null and not is_metric and (
            contains(text, 'rror') or contains(text, 'xception') or contains(text, 'tack') or contains(text, 'err')
            or contains(text, 'throw')
            or contains(text, 'exc_info') or contains(text, '@x')) then coalesce(inner_, text) end, [
            '$.errorType', '$.exception_name', '$."error.type"', '$.err.type', '$.error.type', '$.err.name',
            '$.error.name', '$.exception.type', '$."exception.type"', '$.exception[0].exc_type', '$.thrown.name',
            '$.exception.exceptionType', '$.error.errorCode', '$.error.errorType',
            '$.errorMessage', '$.stack_trace.value', '$."error.message"', '$.err.message', '$.error.message',
            '$.exception.message', '$."exception.message"', '$.exception[0].exc_value', '$.thrown.message',
            '$.error.errorMessage', '$.error',
            '$.stackTrace', '$.exc_info', '$.exception', '$.stack', '$."error.stack_trace"', '$.err.stack',
            '$.error.stack', '$.error.stack_trace', '$.error.stackTrace', '$.exception.stack_trace',
            '$.exception.stacktrace', '$."exception.stacktrace"', '$."@x"', '$.errorVerbose', '$.stacktrace',
            '$.thrown.extendedStackTrace', '$.stack_trace', '$.cause', '$.error.cause', '$.err.cause',
            -- a text under the name of an error: slog, logrus, tracing
            '$.err', '$.fields.error', '$.fields.err',
            -- structures of their own: OpenTelemetry, logback, log4j2, monolog, loguru, GELF, .NET
            '$.attributes."exception.type"', '$.throwable.className', '$.exception.exception_class',
            '$.exception.class', '$.context.exception.class', '$.record.exception.type', '$._error_type', '$.exception.name',
            '$.attributes."exception.message"', '$.throwable.message', '$.exception.exception_message',
            '$.context.exception.message', '$.record.exception.value', '$._error_message',
            '$.attributes."exception.stacktrace"', '$.exception.stackTrace', '$.context.exception.trace',
            '$._error_stack_trace', '$.Exception'
        ]) as e
    from rare
)
select
    account, region, event_id, log_group, log_stream, timestamp, ordinal, is_lambda, node, kind, version, pod, text, is_json,
    is_platform,
    {
        'type': p[1], 'request_id': p[3], 'status': p[4], 'error': p[5], 'version': p[6], 'duration_ms': p[7],
        'billed_ms': p[8], 'init_ms': p[9], 'restore_ms': p[10], 'memory_mb': p[11], 'max_memory_mb': p[12],
        'tracing': p[13], 'span_id': p[14]
    } as platform,
    {
        'request_id': case when a is not null then coalesce(a[15], a[16], a[17], a[18], a[19], a[20], a[21], a[38], a[42],
            -- a short one only counts the requests of its process
            case when length(coalesce(a[43], a[44])) >= 16 then coalesce(a[43], a[44]) end) end,
        'counted': case when length(coalesce(a[43], a[44])) < 16 then coalesce(a[43], a[44]) end,
        'level': coalesce(case when i is not null then coalesce(i[1], i[2], i[3], i[4], i[5]) end,
            -- GELF has syslog's number under `level`
            case when r[12] is not null then coalesce(r[4],
                ['EMERG', 'ALERT', 'CRIT', 'ERR', 'WARN', 'NOTICE', 'INFO', 'DEBUG'][
                    try_cast(level as integer) + 1]) end,
            level,
            case when r is not null then coalesce(r[1], r[2], r[3], r[4], nullif(r[5], ''),
                -- OpenTelemetry's numbers: four to a word
                ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'][
                    (try_cast(coalesce(r[6], r[7]) as integer) + 3) // 4]) end),
        'message': coalesce(
            case when i is not null then coalesce(i[6], i[7], i[8], i[9], i[10]) end,
            case when a is not null then coalesce(a[10], a[11], a[12], a[13], a[14], a[41]) end,
            case when r is not null then coalesce(r[8], r[9], r[10], r[11], r[12],
                case when coalesce(r[5], r[6], r[7], a[9]) is not null then coalesce(r[13], r[14]) end) end),
        'error_type': case when e is not null then coalesce(e[1], e[2], e[3], e[4], e[5], e[6], e[7], e[8], e[9],
            e[10], e[11], e[12], e[13], e[14], a[32], e[49], e[50], e[51], e[52], e[53], e[54], e[55], e[56]) end,
        'error_message': case when e is not null then coalesce(e[15], e[16], e[17], e[18], e[19], e[20], e[21],
            e[22], e[23], e[24], case when e[25][1] <> '{' then e[25] end, a[33],
            case when e[46][1] <> '{' then e[46] end, case when e[47][1] <> '{' then e[47] end,
            case when e[48][1] <> '{' then e[48] end,
            e[57], e[58], e[59], e[60], e[61], e[62]) end,
        'stack': case when e is not null then coalesce(
            e[26], e[27], case when e[28][1] <> '{' then e[28] end, e[29], e[30], e[31], e[32], e[33], e[34],
            e[35], e[36], e[37], e[38], e[39], e[40], e[41], e[42],
            e[63], e[64], e[65], e[66], e[67]) end,
        'cause': case when e is not null then coalesce(e[43], e[44], e[45]) end,
        'trace_id': case when a is not null then coalesce(a[22], a[23], a[24], a[25], a[26], a[27], a[39]) end,
        'span_id': case when a is not null then coalesce(a[28], a[29], a[30], a[31], a[40]) end,
        -- how a runtime writes what nothing caught: Python with `log_level`, Go and Ruby with nothing else
        'is_uncaught': case when e is not null then a[32] is not null and (a[1] is not null or a[33] is not null
            and coalesce(a[10], a[11], a[12], a[34], level) is null) end,
        'is_metric': is_metric,
        'is_poller': case when a is not null then a[36] is not null end
    } as json
from detailed
