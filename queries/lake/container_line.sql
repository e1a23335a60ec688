-- A line of a container's log, and the piece of work that it belongs to: lines of one stream that name the
-- same request, span or trace, or where none is named print the same id-like value, and follow each other
-- within ten seconds.
-- needs: lake.log_record lake.log_value lake.shared_value
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
-- level: level of the line
-- exception_type: type of the exception that the line reports
-- exception_message: its message
-- is_uncaught: the line is the one that a framework writes for a request whose exception nobody caught: ASP.NET Core
--   ("An unhandled exception …"), Spring MVC and Tomcat ("Servlet.service() … threw exception"), Spring WebFlux ("500
--   Server Error for HTTP"), Flask ("Exception on /path [GET]"), Django ("Internal Server Error: /path"), Uvicorn
--   ("Exception in ASGI application"), Gunicorn ("Error handling request /path") and Go's net/http ("http: panic serving")
with line as (
    select
        account, region, log_group, log_stream, event_id, timestamp, node, kind, request_id, trace_id, trace_key,
        span_key, level, exception_type, exception_message,
        coalesce(pod, split_part(log_stream, '/', -1)) as environment,
        coalesce(level in ('ERROR', 'FATAL') and regexp_matches(left(message, 500),
            '(?i)unhandled exception|^Servlet\.service\(\) for servlet|500 Server Error for HTTP|^Exception on /|'
            || '^Internal Server Error: /|^Exception in ASGI application|^Error handling request /')
            or regexp_matches(left(message, 100), '^(\S+ \S+ )?http: panic serving '), false) as is_uncaught
    from lake.log_record
    where kind in ('AWS::ECS::Container', 'AWS::EKS::Container')
),
valued as (
    -- the most telling value: the one that the fewest lines print
    select v.log_group, v.event_id, min({'lines': s.lines, 'value': s.value}).value as value
    from lake.log_value as v
    join lake.shared_value as s on s.value = v.value
    semi join (select distinct log_group from line) as own on own.log_group = v.log_group
    group by v.log_group, v.event_id
),
keyed as (
    select line.*, coalesce(request_id, trace_id || '/' || span_key, trace_id, valued.value) as key
    from line
    left join valued on valued.log_group = line.log_group and valued.event_id = line.event_id
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
    level, exception_type, exception_message, is_uncaught
from numbered
