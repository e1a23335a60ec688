-- A line of a container's log, and the piece of work that it belongs to: lines of one stream that name the
-- same request, span or trace, or where none is named count the request alike or print the same id-like value,
-- and follow each other within ten seconds. A line of ingress-nginx is a request, by the id that it gave it. Of a
-- service without traces a line of a framework about an exception that nobody caught is a request even where it
-- names nothing: frameworks write one for each.
-- needs: lake.log_record lake.access_entry lake.log_value lake.shared_value lake.span
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
-- http_status: status that ingress-nginx answered, of its access log's own format; null in other lines
-- took_ms: how long it says that the request took, milliseconds
-- level: level of the line
-- exception_type: type of the exception that the line reports
-- exception_message: its message
-- is_uncaught: the line is the one that a framework writes for a request whose exception nobody caught: ASP.NET Core
--   ("An unhandled exception …"), Spring MVC and Tomcat ("Servlet.service() … threw exception"), Spring WebFlux ("500
--   Server Error for HTTP"), Flask ("Exception on /path [GET]"), Django ("Internal Server Error: /path"), Uvicorn
--   ("Exception in ASGI application"), Gunicorn ("Error handling request /path") and Go's net/http ("http: panic serving");
--   or a worker for a job, as Celery names it ("task[<uuid>] raised unexpected", or "failed")
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
            || '|\b\w+\[[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\] (?:failed|raised unexpected)\b')
            or regexp_matches(left(message, 100), '^(\S+ \S+ )?http: panic serving '), false) as is_uncaught
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
keyed as (
    select
        line.* replace (
            coalesce(line.exception_type, f.type) as exception_type,
            coalesce(line.exception_message, f.message) as exception_message),
        coalesce(
        line.request_id, trace_id || '/' || span_key, trace_id, counted, valued.value,
        case when is_uncaught and traced.node is null then line.event_id end) as key
    from line
    left join valued on valued.log_group = line.log_group and valued.event_id = line.event_id
    left join followed as f on f.log_group = line.log_group and f.event_id = line.event_id and f.is_bare
        and f.timestamp <= line.timestamp + interval 1 second
    left join (select distinct node from lake.span where ordinal = 0 and not inferred) as traced on traced.node = line.node
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
