-- One log event and the ids that it names: a request, a trace, a span. A step of lake.log_record, which is
-- the one to read. Trace ids are read as the X-Ray and OpenTelemetry log injectors and Spring print them.
-- Patterns look at the first 8,000 characters of a line.
-- needs: lake.log_field
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
-- platform: as in lake.log_json
-- json: as in lake.log_json
-- runtime: level, request id and message of a Lambda runtime's tabbed line, nulls of others
-- thrown: type, message, stack and cause of an exception that a Lambda runtime wrote in JSON, nulls of others
-- head: the first 8,000 characters of the text
-- request_id: request id that the line names, lower case
-- trace_id: trace id that the line names, 32 lower-case hex digits
-- span_id: span id that the line names, 16 lower-case hex digits
-- trace_key: signed 64-bit key of trace_id
-- span_key: signed 64-bit key of span_id
with told as (
    select
        *,
        case when strlen(text) > 8000 then left(text, 8000) else text end as head,
        -- where a field or a fixed place tells it, no pattern is needed
        case
            -- a report as text has no trace id where the trace was not sampled
            when is_platform and record_type = 'report' and contains(platform.tracing, 'Sampled=0') then null
            when is_platform then split_part(split_part(platform.tracing, 'Root=', 2), ';', 1)
            when record_type = 'report' then split_part(split_part(text, 'XRAY TraceId: ', 2), chr(9), 1)
            else json.trace_id
        end as told_trace,
        case
            when is_platform then platform.span_id
            when record_type = 'report' then split_part(split_part(text, chr(9) || 'SegmentId: ', 2), chr(9), 1)
            else json.span_id
        end as told_span
    from lake.log_field
),
checked as (
    select
        * exclude (told_trace, told_span),
        case when length(told_trace) = 35 and regexp_full_match(told_trace, '(?i)1-[0-9a-f]{8}-[0-9a-f]{24}')
            or length(told_trace) = 32 and regexp_full_match(told_trace, '(?i)[0-9a-f]{32}') then told_trace end as told_trace,
        case when length(told_span) = 16 and regexp_full_match(told_span, '(?i)[0-9a-f]{16}') then told_span end as told_span,
        -- the header of a message that is only printed names the sender's trace
        case
            when is_platform or record_type in ('start', 'end')
                or not (contains(head, 'race') or contains(head, 'oot=') or contains(head, 'RACE')) then null
            when contains(head, 'AWSTraceHeader')
                then regexp_replace(head, 'AWSTraceHeader[\\"'':= ]+[^"\\\s,}]*', '', 'g')
            else head
        end as naming,
        -- `[<application>,]<trace>[,-]<span>` before a message: Spring Boot and Sleuth; OpenTelemetry's console for Java
        case when record_type = 'log' and not is_json and runtime.request_id is null and contains(text, '[')
            then regexp_extract(left(text, 400),
                '(?:[\[,]| : )([0-9a-f]{32})[,\- ]([0-9a-f]{16})(?:[,\]]| \[scopeInfo)', ['trace', 'span'])
        end as pair
    from told
),
found as (
    select
        * exclude (told_trace, told_span, naming, pair),
        lower(coalesce(told_trace, nullif(pair.trace, ''), case when naming is not null then regexp_extract(
            naming,
            '(?i)(?:trace[-_. ]?id[\\"'']*\s*[:=]\s*[\\"'']*(?:0x)?|root=|traceparent[\\"'':= ]+00-|/traces?[\\"'':/ ]+)'
            || '(1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{32})\b', 1) end)) as trace,
        lower(coalesce(told_span, nullif(pair.span, ''), case
            when contains(naming, 'pan') or contains(naming, 'PAN') or contains(naming, 'egment')
                or contains(naming, '@') and not is_json then regexp_extract(
            naming,
            '(?i)(?:(?:^|[^t_])span[-_. ]?id[\\"'']*\s*[:=]\s*[\\"'']*(?:0x)?|segmentid: |@)([0-9a-f]{16})\b', 1) end)) as span,
        lower(coalesce(
            case
                when is_platform then platform.request_id
                when is_json or record_type = 'log' then null
                when record_type = 'start' then substr(text, 18, 36)
                when record_type = 'end' then substr(text, 16, 36)
                when record_type = 'report' then substr(text, 19, 36)
                when record_type = 'exit' then substr(text, 12, 36)
                when record_type = 'timeout' then substr(text, 26, 36)
            end,
            runtime.request_id, json.request_id,
            -- tagged logging of Rails: [<request id>] …, where Ruby's logger prints its own before it, too; Rails' own are
            -- UUIDs, ingress-nginx's (X-Request-ID) 32 hex digits
            case when record_type = 'log' and not is_lambda and not is_json
                and (text[1] = '[' or text[2:4] = ', [') then nullif(regexp_extract(left(text, 300),
                    '^(?:[A-Z], \[[^\]]*\] +[A-Z]+ -- [^:]*: )?(?:\[[^\]\[]{1,60}\] ){0,3}?'
                    || '\[([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})\](?:\s|$)', 1), '') end,
            -- a field of a text format: a span's of Rust's tracing (`request{method=GET request_id=…}: target: …`), logfmt,
            -- Elixir's metadata; in colour, too. What is told as `RequestID: …` is that of a call to somebody else
            case when record_type = 'log' and not is_lambda and not is_json
                and (contains(text, 'request_id') or contains(text, 'requestId')) then nullif(regexp_extract(
                    case when contains(text, '[0m') then regexp_replace(left(text, 2000), '\x1b\[[0-9;]*m', '', 'g')
                        else left(text, 2000) end,
                    '(?:^|[\s{\[(,;|])(?:request_id|requestId)="?([A-Za-z0-9][A-Za-z0-9_-]{15,63})(?:[\s}\]),;|"]|$)', 1), '') end,
            case
                when not is_lambda or is_json or record_type <> 'log' or runtime.request_id is not null then null
                -- Ruby's logger: E, [2026-01-31T00:00:00.000000 #8] ERROR <request id> -- : …
                when text[2:4] = ', [' then regexp_extract(head, '\] +[A-Z]+ ([0-9a-f-]{36}) -- ', 1)
                -- Log4j's pattern in the developer guide: 2026-01-31 00:00:00 <request id> INFO  Handler - …
                else regexp_extract(left(text, 80),
                    '^(?:[0-9][0-9T:., Z/-]{0,30} )?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) +[A-Z]{4,5} ', 1)
            end
        )) as request
    from checked
),
keyed as (
    -- 16 hex digits as a signed 64-bit number, made of two halves since 2^63 and more does not fit
    select
        * exclude (trace, span, request),
        -- a Lambda request id has 36 characters, and before the first one the runtimes print `undefined`
        case when not is_lambda or length(request) = 36 then nullif(request, '') end as request_id,
        nullif(nullif(case when length(trace) = 35 then concat(trace[3:10], trace[12:]) else trace end, ''),
            repeat('0', 32)) as trace_id,
        nullif(nullif(span, ''), repeat('0', 16)) as span_id,
        try_cast('0x' || substr(trace_id, 17, 8) as bigint) as trace_high,
        try_cast('0x' || substr(trace_id, 25, 8) as bigint) as trace_low,
        try_cast('0x' || substr(span_id, 1, 8) as bigint) as span_high,
        try_cast('0x' || substr(span_id, 9, 8) as bigint) as span_low
    from found
)
select
    account, region, event_id, log_group, log_stream, timestamp, ordinal, is_lambda, node, kind, version, pod, text, is_json,
    record_type, is_platform, platform, json, runtime, thrown, head, request_id, trace_id, span_id,
    (trace_high - (trace_high >> 31) * 4294967296) * 4294967296 + trace_low as trace_key,
    (span_high - (span_high >> 31) * 4294967296) * 4294967296 + span_low as span_key
from keyed
