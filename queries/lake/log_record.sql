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
-- counted: the request as its process counts them (Fastify's `reqId`, pino-http's `req.id`): of its log stream alone
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
            end
        ) as told,
        -- where text formats put a level; the first place counts, since words may follow in the message
        case when record_type = 'log' and not is_json and runtime.level is null
            and not starts_with(text, 'LAMBDA_WARNING: ') then nullif(coalesce(
                nullif(regexp_extract(left(text, 120),
                    '(?:\b|\[[0-9;]*m)(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL|SEVERE|D?PANIC)\b'
                    -- klog, syslog's priority, Serilog's console, monolog, loguru, logfmt
                    || '|^[IWEF][01]\d[0-3]\d \d\d:|^<[0-7]>|^\[[0-9T:.Z +-]+ (?:VRB|DBG|INF|WRN|ERR|FTL)\]'
                    || '|^\[[0-9][^\]]+\] [\w-]+\.(?:NOTICE|ALERT|EMERGENCY): |\| SUCCESS +\||\blevel="?[a-z]+'
                    -- .NET's console and winston
                    || '|^(?:[0-9][0-9T:.,Z+-]* ){0,2}(?:\x1b\[[0-9;]*m)*'
                    || '(?:trce|dbug|debug|info|warn|fail|error|crit)(?:\x1b\[[0-9;]*m)*: '
                    -- in brackets: structlog, nginx, httpd, Envoy, Elixir, the JVM
                    || '|(?:^|[ \]])\[(?:\x1b\[[0-9;]*m)*(?:[a-z_0-9]+:)?(?:trace|debug|info|notice|warn(?:ing)?|error|'
                    || 'crit(?:ical)?|alert|emerg|fatal)[1-8]? *(?:\x1b\[[0-9;]*m)*\]'
                    -- warnings of Node.js, the JVM and PHP
                    || '|^\(node:\d+\) (?:\[\w+\] )?\w*Warning: '
                    || '|^(?:OpenJDK|Java HotSpot\(TM\)) [\w -]+ VM warning: '
                    || '|\bPHP (?:(?:Fatal|Parse) error|Warning|Notice|Deprecated): '), ''),
                case when contains(left(text, 200), 'level=')
                    then regexp_extract(left(text, 200), '\blevel="?[a-z]+') end), '') end as place
    from lake.lambda_figure
),
worded as (
    select
        *,
        -- a word as it stands, in the order in which they are frequent; patterns only look at what is none of these
        upper(case
            when coalesce(told, place) in ('INFO', 'info', 'ERROR', 'WARN', 'DEBUG') then coalesce(told, place)
            when told is not null then
                -- winston colours its words, slog counts from them (WARN+2)
                regexp_extract(told, '^(?:\x1b\[[0-9;]*m)*(\w+)', 1)
            when place[1] = '<' then ['EMERG', 'ALERT', 'CRIT', 'ERR', 'WARN', 'NOTICE', 'INFO', 'DEBUG'][
                try_cast(place[2] as integer) + 1]
            when place[9] = ':' and place[1] in ('I', 'W', 'E', 'F') then
                case place[1] when 'I' then 'INFO' when 'W' then 'WARN' when 'E' then 'ERROR' else 'FATAL' end
            else regexp_extract(place, '(?i)trace|trce|vrb|debug|dbug|dbg|info?|notice|success|warn|wrn|deprecated|'
                || 'fail|fatal|ftl|parse|err|severe|crit|panic|alert|emerg')
        end) as word,
        case
            when is_json and (contains(json.stack, chr(10)) or json.stack[1] in ('[', '{'))
                or json.cause[1] = '{' then concat_ws(chr(10), json.stack, 'Caused by: ' || json.cause)
            when thrown.type is not null then concat_ws(chr(10), thrown.stack, 'Caused by: ' || thrown.cause)
            when record_type not in ('log', 'error')
                or not (contains(said, chr(10)) or contains(said, chr(13))) then null
            -- several lines, and one of them a frame: in this order, since to trim is dear
            when contains(said, 'at ') or contains(said, '.go:') or contains(said, '.rb:') or contains(said, '.rs:')
                or contains(said, 'Traceback (most recent call last)') or contains(said, 'Stack trace:')
                or contains(said, '[stacktrace]') then case
                when not contains(rtrim(said, E' \n\r'), chr(10)) and not contains(rtrim(said, E' \n\r'), chr(13)) then null
                when contains(said, 'Traceback (most recent call last)') or contains(said, '.go:')
                    or contains(said, '.rb:') or contains(said, '.rs:') or contains(said, 'Stack trace:')
                    or contains(said, '[stacktrace]')
                    or regexp_matches(left(said, 8000), '[\n\r]\s*at \S') then left(said, 64000)
            end
        end as stack
    from part
),
levelled as (
    select
        * exclude (told, place, word),
        -- a map: a long IN becomes a join, through which all columns are carried
        map {
            'INFO': 'INFO', 'INFORMATION': 'INFO', 'INF': 'INFO', 'NOTICE': 'INFO', 'SUCCESS': 'INFO',
            '30': 'INFO', '200': 'INFO', '250': 'INFO',
            'WARN': 'WARN', 'WARNING': 'WARN', 'WRN': 'WARN', 'DEPRECATED': 'WARN', '40': 'WARN',
            '300': 'WARN',
            'ERROR': 'ERROR', 'ERR': 'ERROR', 'FAIL': 'ERROR', 'SEVERE': 'ERROR', '50': 'ERROR',
            '400': 'ERROR',
            'DEBUG': 'DEBUG', 'TRACE': 'DEBUG', 'TRCE': 'DEBUG', 'DBUG': 'DEBUG', 'DBG': 'DEBUG',
            'VERBOSE': 'DEBUG', 'VRB': 'DEBUG', 'SILLY': 'DEBUG', 'FINE': 'DEBUG', '10': 'DEBUG',
            '20': 'DEBUG', '100': 'DEBUG',
            'CRITICAL': 'FATAL', 'CRIT': 'FATAL', 'FATAL': 'FATAL', 'FTL': 'FATAL', 'PARSE': 'FATAL',
            'PANIC': 'FATAL', 'DPANIC': 'FATAL', 'ALERT': 'FATAL', 'EMERGENCY': 'FATAL', 'EMERG': 'FATAL',
            '60': 'FATAL', '500': 'FATAL', '550': 'FATAL', '600': 'FATAL'
        }[word] as level
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
            -- `Class: message` as one text, of Ruby: lograge, `error.full_message`
            when regexp_matches(json.error_message, '^[A-Z]\w*(?:::[A-Z]\w*)+: ')
                then regexp_extract(json.error_message, '(?s)^([\w:]+): (.*)$', ['type', 'message'])
            when not is_json and contains(head, ' error=''') and contains(head, ' status=')
                then regexp_extract(head, ' error=''(?:([A-Z][\w:]*): )?(.*?)''(?: \w+=|\s*$)', ['type', 'message'])
            when starts_with(head, '[ERROR] ') then regexp_extract(
                head, '(?s)^\[ERROR\] ([\w.]+)(?:: (.*?))?\s*(?:Traceback \(most recent.*)?$', ['type', 'message'])
            when record_type = 'error' then regexp_extract(
                said, '^([^\n\r]*): ([\w.$]+)[\n\r]', ['message', 'type'])
            -- PHP: as monolog prints an exception, and as the language itself does
            when contains(said, '[object] (') then regexp_extract(
                head, '\[object\] \(([\w\\]+)\(code: [^)]*\): (.*?) at [^ ]+:\d+\)', ['type', 'message'])
            when contains(said, 'Uncaught ') and contains(said, '.php') then regexp_extract(
                head, 'Uncaught (?:PHP Exception )?([\w\\]+): "?(.*?)"? (?:in|at) [^ ]+\.php', ['type', 'message'])
            -- Elixir
            when contains(said, '** (') then regexp_extract(
                head, '\*\* \(([A-Z][\w.]*(?:Error|Exception)|[A-Z]\w*\.[\w.]+)\) ([^\n\r]*)', ['type', 'message'])
            -- Python tells the exception after its frames
            when contains(stack, 'Traceback (most recent call last)') then regexp_extract(
                right(stack, 4000), '(?s)^.*[\n\r][ \t\x{a0}]+[^\n\r]*[\n\r]+([A-Za-z_][\w.]*)(?:: (.*?))?\s*$',
                ['type', 'message'])
            -- Rails tells the class first
            when contains(stack, '.rb:') and regexp_matches(stack, '(?m)^(?:.*\] )?[A-Z][\w:]* \(.*\):\s*$')
                then regexp_extract(stack, '(?m)^(?:.*\] )?([A-Z][\w:]*) \((.*)\):\s*$', ['type', 'message'])
            when contains(stack, '.rb:') then regexp_extract(
                stack, '(?m)^(?:.*(?: -- .*?: |:in [^:\n]*: ))?([^\n\r]*?) \(([A-Z]\w*(?:::\w+)*)\)', ['message', 'type'])
            when contains(stack, 'panicked at ') then regexp_extract(
                stack, '(panic)ked at [^\n\r]*[\n\r]+([^\n\r]*)', ['type', 'message'])
            when contains(stack, 'panic: ') then regexp_extract(stack, '(panic): ([^\n\r]*)', ['type', 'message'])
            -- the line right above the first frame, whatever the class is called
            when regexp_matches(stack, '(?m)^(?:(?:\w[\w$]*\.)+[A-Z][\w$]*|[A-Z][\w$]*(?:Error|Exception))'
                || '(?:: [^\n\r]*)?[\n\r]+[ \t]+at ') then regexp_extract(
                stack, '(?m)^((?:\w[\w$]*\.)+[A-Z][\w$]*|[A-Z][\w$]*(?:Error|Exception))'
                || '(?:: ([^\n\r]*))?[\n\r]+[ \t]+at ', ['type', 'message'])
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
    node, kind, version, pod, request_id, json.counted, trace_id, span_id, trace_key, span_key,
    coalesce(thrown.type, json.error_type, nullif(replace(exception.type, '\\', '\'), '')) as exception_type,
    coalesce(
        thrown.message,
        case when json.error_type is null and contains(exception.type, '::')
            and starts_with(json.error_message, exception.type || ': ') then exception.message end,
        json.error_message,
        case when json.error_type is null or ends_with(exception.type, json.error_type)
            then nullif(split_part(exception.message, ' ---> ', 1), '') end,
        -- logfmt: slog, logrus
        case when level in ('ERROR', 'FATAL') and not is_json and stack is null and contains(head, 'level=')
            then nullif(trim(regexp_extract(head, ' err(?:or)?=("(?:[^"\\]|\\.)*"|\S+)', 1), '"'), '') end
    ) as exception_message,
    duration_ms, billed_ms, init_ms, restore_ms, memory_mb, max_memory_mb, platform_status, platform_error,
    stack
from excepted
