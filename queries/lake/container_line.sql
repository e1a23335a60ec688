-- A line of a container's log, and the piece of work that it belongs to: lines of one stream that name the
-- same request, span or trace, or where none is named count the request alike or print the same id-like value,
-- and follow each other within ten seconds. A line of ingress-nginx is a request, by the id that it gave it. Of a
-- service without traces whose lines name no request, the line that a server or framework writes when it has answered
-- is one by itself, and an error within a second of a fault (5xx) belongs to it; and so is a line about an exception
-- that nobody caught, since frameworks write one for each.
-- needs: evidence.log_event lake.log_record lake.access_entry lake.log_value lake.shared_value lake.span
-- scope: case
-- materialize
-- work: locator of the work's first line
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- timestamp: the producer's time, UTC
-- node: service or workload
-- kind: X-Ray's type of the node
-- environment: pod or task that wrote it
-- request_id: request id that the line names
-- trace_id: trace id that the line names, 32 hex digits
-- trace_key: signed 64-bit key of trace_id
-- span_key: signed 64-bit key of the span that the line names
-- http_status: status that was answered, of a line that tells nothing else: ingress-nginx's; where lines name no
--   request those of Apache's common format and its kin (Gunicorn, Uvicorn, Werkzeug, Puma, chi), morgan, lograge, Gin,
--   Ktor, Tornado, HAProxy, ASP.NET Core, and of JSON with method, path and status; null in other lines, and of health checks
-- took_ms: how long it says that the request took, milliseconds
-- level: level of the line
-- exception_type: type of the exception that the line reports
-- exception_message: its message
-- is_uncaught: the line is the one that a framework writes for a request whose exception nobody caught: ASP.NET Core
--   ("An unhandled exception …"), Spring MVC and Tomcat ("Servlet.service() … threw exception"), Spring WebFlux ("500
--   Server Error for HTTP"), Flask ("Exception on /path [GET]"), Django ("Internal Server Error: /path"), Uvicorn
--   ("Exception in ASGI application"), Gunicorn ("Error handling request /path") and Go's net/http ("http: panic serving");
--   Quarkus ("HTTP Request to /path failed, error id"), Laravel and Symfony ("… .ERROR: … {"exception":"[object]"),
--   Micronaut ("Unexpected error occurred"), Pekko HTTP ("Completing with 500"), Tornado ("Uncaught exception GET /path"),
--   Gin ("panic recovered"); or a worker for a job, as Celery names it ("task[<uuid>] raised unexpected", or "failed"),
--   RQ ("exception raised while executing") and Spring for Apache Kafka ("Consumer exception",
--   "Backoff … exhausted for"). Sidekiq's `fail` is none: it tries again
with proxied as (
    -- of web servers only ingress-nginx names the request
    select
        log_group, event_id, max(status) as http_status, max(latency_ms)::bigint as took_ms,
        max(request_id) as given_id
    from lake.access_entry
    where source = 'web_server' and request_id is not null
    group by log_group, event_id
),
line as (
    select
        account, region, log_group, log_stream, event_id, timestamp, node, kind, http_status, took_ms,
        coalesce(request_id, given_id) as request_id, counted, trace_id, trace_key, span_key, level, exception_type,
        exception_message,
        -- S3 has `-` for the `/` of a stream's name
        coalesce(pod, nullif(regexp_extract(log_stream, '-([0-9a-f]{32})$', 1), ''), split_part(log_stream, '/', -1))
            as environment,
        coalesce(level in ('ERROR', 'FATAL') and regexp_matches(left(message, 500),
            '(?i)unhandled exception|500 Server Error for HTTP'
            -- behind what a text format puts before a message: Flask's `ERROR in app: `, Spring Boot's ` : `
            || '|(?:^|: )(?:Servlet\.service\(\) for servlet|Exception on /\S* \[[A-Z]+\])'
            || '|(?:^|\] |- |\bERROR:? +)(?:Exception on /\S* \[[A-Z]+\]|Internal Server Error: /'
            || '|Exception in ASGI application|Error handling request /)'
            || '|\b\w+\[[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\] (?:failed|raised unexpected)\b'
            || '|^HTTP Request to /\S* failed, error id: |\.(?:ERROR|CRITICAL): .*\{.*"exception":"\[object\]'
            || '|\bRouteExecutor - Unexpected error occurred: |\. Completing with 500 Internal Server Error response'
            || '|\bKafkaMessageListenerContainer +[-:] .*Consumer exception|\bBackoff .* exhausted for ')
            or regexp_matches(left(message, 300), '\bpanic recovered:'
                || '|\bUncaught exception [A-Z]+ /|\[Job [0-9a-f-]{36}\]: exception raised while executing ')
            or regexp_matches(left(message, 100), '^(\S+ \S+ )?http: panic serving '), false) as is_uncaught,
        -- net/http says in one line why, and its stack follows on others; Gin prints the request first
        nullif(regexp_extract(left(message, 2000), '(?s)^(?:(?:\S+ \S+ )?http: panic serving \S+: '
            || '|.{0,80}panic recovered:\n(?:.*?\n\r?\n)?)([^\n]+)', 1), '') as panic,
        case when level = 'FATAL' then left(split_part(message, chr(10), 1), 1000) end as said
    from lake.log_record
    left join proxied using (log_group, event_id)
    where kind in ('AWS::ECS::Container', 'AWS::EKS::Container')
),
-- a text format puts the stack on lines of its own, right behind
followed as (
    select
        log_group, event_id, lead(exception_type) over next_one as type, lead(exception_message) over next_one as message,
        lead(timestamp) over next_one as timestamp, is_uncaught and exception_type is null as is_bare
    from line where is_uncaught or exception_type is not null
    window next_one as (partition by log_group, log_stream order by timestamp, event_id)
),
-- a message that lines of one stream speak of is what they work on; who only sent it names it once
spoken_of as (
    select log_group, log_stream, value from lake.log_value
    where is_message group by log_group, log_stream, value having count(*) > 1
),
valued as (
    -- the most telling value: such a message, else the one that the fewest lines print
    select v.log_group, v.event_id,
        min({'is_other': m.value is null, 'lines': s.lines, 'value': s.value}).value as value
    from lake.log_value as v
    join lake.shared_value as s on s.value = v.value
    left join spoken_of as m on m.log_group = v.log_group and m.log_stream = v.log_stream and m.value = v.value
    semi join (select distinct log_group from line) as own on own.log_group = v.log_group
    group by v.log_group, v.event_id
),
-- services of whose requests nothing but such lines tells
plain as (
    select node from line group by node
    having bool_and(request_id is null and trace_id is null and counted is null)
),
traced as (select distinct node from lake.span where ordinal = 0 and not inferred),
untraced as (select node from plain anti join traced using (node)),
sentence as (
    select
        log_group, event_id,
        coalesce(
            nullif(regexp_extract(message, '"(?:GET|POST|PUT|PATCH|DELETE) \S+(?: HTTP/[\d.]+)?"'
                || '(?: from \S+ -)? ([1-5]\d\d)\b', 1), ''),
            nullif(regexp_extract(message, '(?:^|[\s\]])(?:GET|POST|PUT|PATCH|DELETE) /\S* ([1-5]\d\d)\b'
                || '.*\b\d[\d.]* ?(?:ms|[uµ]?s)\b', 1), ''),
            nullif(regexp_extract(message, '\bmethod=[A-Z]+ path=/.*\bstatus=([1-5]\d\d)\b', 1), ''),
            nullif(regexp_extract(message,
                '\| ([1-5]\d\d) \| +\S+ \| +\S+ \| (?:GET|POST|PUT|PATCH|DELETE) +"/', 1), ''),
            nullif(regexp_extract(message,
                '\b([1-5]\d\d) [A-Z][\w ]+: (?:GET|POST|PUT|PATCH|DELETE) - /', 1), ''),
            nullif(regexp_extract(message,
                '\] ([1-5]\d\d) (?:GET|POST|PUT|PATCH|DELETE) /\S* \([^)]*\) \d[\d.]*ms', 1), ''),
            nullif(regexp_extract(message,
                ' (?:-?\d+/){4}\+?\d+ ([1-5]\d\d) \+?\d+ [^"]*"(?:GET|POST|PUT|PATCH|DELETE) /', 1), ''),
            regexp_extract(message, '\bRequest finished HTTP/\S+ [A-Z]+ \S+ [^\n]*?- ([1-5]\d\d) - ', 1)
        ) as answered
    from (
        select log_group, event_id, left(message, 2000) as message from lake.log_record semi join untraced using (node)
        where message[1] <> '{' and contains(message, '/')
    )
    where not regexp_matches(message, '(?i)kube-probe|ELB-HealthChecker'
        || '|[ "]/(?:\w+/)?(?:health|ready|readiness|live|liveness|ping)\w*[/? "]'
        -- whom it asked itself
        || '|^[^"]*://[^"]*"')
),
-- of JSON the text alone is the record's message
object as (
    select
        log_group, event_id,
        case
            -- go-grpc-middleware, by the HTTP status that gRPC's documentation sets beside each code
            when contains(message, 'grpc.code') then case regexp_extract(message, '"grpc\.code\\?"\s*:\s*\\?"(\w+)', 1)
                when 'OK' then '200' when 'Unavailable' then '503' when 'DeadlineExceeded' then '504'
                when 'Internal' then '500' when 'Unknown' then '500' when 'DataLoss' then '500'
                when 'Unimplemented' then '501' when '' then '' else '400' end
            else regexp_extract(message, '(?i)"\w*status_?(?:code)?\\?"\s*:\s*\\?"?([1-5]\d\d)\b', 1)
        end as answered
    from (
        select log_group, event_id, left(message, 8000) as message from evidence.log_event
        semi join (select log_group from line semi join untraced using (node)) as plain using (log_group)
        where message[1] = '{' and (contains(message, 'tatus') or contains(message, 'grpc.code'))
    )
    where regexp_matches(message, '"grpc\.(?:kind|component)\\?"\s*:\s*\\?"server')
        or regexp_matches(message, '(?i)"\w*(?:path|url|uri)\\?"\s*:\s*\\?"/')
        and regexp_matches(message, '(?i)"\w*method\\?"\s*:\s*\\?"(?:GET|POST|PUT|PATCH|DELETE)\\?"')
        and not regexp_matches(message, '(?i)kube-probe|ELB-HealthChecker'
            || '|"/(?:\w+/)?(?:health|ready|readiness|live|liveness|ping)\w*[/?"\\]')
),
-- the line that a server or framework writes when it has answered
answer as (
    select l.log_group, l.log_stream, l.timestamp, l.event_id, a.answered
    from line as l semi join untraced using (node)
    join (from sentence union all from object) as a on a.log_group = l.log_group and a.event_id = l.event_id
    where a.answered <> ''
),
fault as (
    select log_group, log_stream, timestamp, event_id from answer where answered >= '5'
),
complaint as (
    select log_group, log_stream, timestamp, event_id
    from line semi join untraced using (node)
    anti join answer using (log_group, event_id)
    where (is_uncaught or level in ('ERROR', 'FATAL') or exception_type is not null)
),
-- servers say that they answered before or after they say why
explaining as (
    select log_group, event_id, min({
        'far': abs(epoch_us(timestamp) - epoch_us(fault_at)), 'is_before': fault_at < timestamp, 'fault': fault
    }).fault as fault
    from (
        select c.*, f.timestamp as fault_at, f.event_id as fault
        from complaint as c asof join fault as f
            on f.log_group = c.log_group and f.log_stream = c.log_stream and c.timestamp >= f.timestamp
        union all
        select c.*, f.timestamp, f.event_id
        from complaint as c asof join fault as f
            on f.log_group = c.log_group and f.log_stream = c.log_stream and c.timestamp <= f.timestamp
    )
    where abs(epoch_us(timestamp) - epoch_us(fault_at)) <= 1000000
    group by log_group, event_id
),
keyed as (
    select
        line.* replace (
            coalesce(line.exception_type, f.type, case when panic is not null then 'panic' end) as exception_type,
            -- what ends a request at once says why, and throws nothing
            coalesce(line.exception_message, f.message, panic, case when level = 'FATAL' then said end) as exception_message,
            coalesce(line.http_status, try_cast(a.answered as integer)) as http_status),
        coalesce(
            line.request_id, trace_id || '/' || span_key, trace_id, counted, e.fault,
            a.event_id, valued.value,
            case when is_uncaught and traced.node is null then line.event_id end) as key
    from line
    left join traced on traced.node = line.node
    left join answer as a on a.log_group = line.log_group and a.event_id = line.event_id
    left join explaining as e on e.log_group = line.log_group and e.event_id = line.event_id
    left join valued on valued.log_group = line.log_group and valued.event_id = line.event_id
    left join followed as f on f.log_group = line.log_group and f.event_id = line.event_id and f.is_bare
        and f.timestamp <= line.timestamp + interval 1 second
),
marked as (
    select
        *, coalesce(timestamp - lag(timestamp) over same, interval 1 hour) > interval 10 second as is_first
    from keyed
    where key is not null
    window same as (partition by log_group, log_stream, key order by timestamp, event_id)
),
numbered as (
    select
        *, sum(is_first::integer) over (
            partition by log_group, log_stream, key order by timestamp, event_id
        ) as number
    from marked
)
select
    first_value(event_id) over (
        partition by log_group, log_stream, key, number order by timestamp, event_id
    ) as work,
    event_id, log_group, log_stream, timestamp, node, kind, environment, request_id, trace_id, trace_key, span_key,
    http_status, took_ms, level, exception_type, exception_message, is_uncaught
from numbered
