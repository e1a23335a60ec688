-- One request that a container or pod served, as its own lines tell it; and its segment, where there is one.
-- needs: lake.container_line lake.container_answer lake.container_return lake.log_value lake.shared_value lake.span lake.segment_invocation
-- scope: case
-- materialize
-- work: locator of its first line, see lake.container_line
-- invocation: the invocation that it is: that of its segments; else node : request id # which of them, where its
--   lines name a request; else `work`
-- traced: the invocation that its segments tell of, null where there is none
-- node: service or workload
-- kind: X-Ray's type of the node
-- log_group: log group of its lines
-- log_stream: log stream of its lines
-- trace_id: trace id that its lines name, 32 hex digits
-- trace_key: signed 64-bit key of trace_id
-- request_id: request id that its lines name
-- started_at: first line, or when the request came by what its last line says that it took, UTC
-- ended_at: last line, UTC
-- lines: number of lines
-- is_failed: a line says that an exception of it was caught by nobody, or its last one that it answered with a fault, or
--   the message that it complained of came again
-- http_status: status that it answered, where a line says so
-- error_type: type of that exception
-- error_message: its message
-- event_id: the line that says so, else the first
-- event_time: time of that line, UTC
with told as (
    select
        work, max(node) as node, max(kind) as kind, log_group, log_stream, max(environment) as environment,
        max(trace_id) as trace_id, max(trace_key) as trace_key, max(span_key) as span_key,
        max(request_id) as request_id, max(took_ms) as took_ms, max(http_status) as http_status, max(answer) as answer,
        -- a collector gives the line its time, some milliseconds after the answer
        min(timestamp - to_milliseconds(coalesce(took_ms + 10, 0))) as started_at,
        max(timestamp) as ended_at, count(*) as lines,
        max({
            'event_time': timestamp, 'event_id': event_id, 'type': exception_type, 'message': exception_message
        }) filter (where is_uncaught) as uncaught,
        max({
            'event_time': timestamp, 'event_id': event_id, 'type': exception_type, 'message': exception_message
        }) filter (where is_complaint) as complaint,
        -- that an error status was answered is what loggers say last (pino-http), and no reason for it
        max({
            'event_time': timestamp, 'event_id': event_id, 'type': exception_type, 'message': exception_message
        }) filter (where is_complaint
            and not regexp_matches(coalesce(exception_message, ''), '^failed with status code [45]\d\d$')) as reason
    from (
        select l.* exclude (http_status), a.event_id as answer, a.http_status,
            -- the line that tells of a fault may tell why, whatever its level (lograge's `error`); and whoever prints
            -- none prints his exceptions, too
            coalesce(coalesce(l.exception_type, l.exception_message) is not null and (
                l.level in ('ERROR', 'FATAL') or l.level is null and l.exception_type is not null
                or a.http_status >= 500 and l.event_id = a.event_id), false) as is_complaint
        from lake.container_line as l
        left join lake.container_answer as a on a.work = l.work and a.log_group = l.log_group
    )
    group by work, log_group, log_stream
),
ended as (
    select t.*, case when t.http_status >= 500 then coalesce(t.uncaught, t.reason, t.complaint, {
            'event_time': t.ended_at, 'event_id': t.answer, 'type': null, 'message': null
        }) else coalesce(t.uncaught, case when r.work is not null then {
            'event_time': r.event_time, 'event_id': r.event_id, 'type': r.error_type, 'message': r.error_message
        } end) end as fault
    from told as t
    left join lake.container_return as r on r.work = t.work and r.log_group = t.log_group
),
segment as (
    select
        s.trace_key, s.segment_key, i.invocation, s.node, s.started_at, s.ended_at,
        coalesce(
            json_extract_string(s.aws, '$.eks.pod'),
            split_part(coalesce(json_extract_string(s.aws, '$.ecs.container_id'),
                split_part(json_extract_string(s.aws, '$.ecs.task_arn'), '/', -1)), '-', 1)) as environment
    from lake.span as s
    join lake.segment_invocation as i on i.trace_key = s.trace_key and i.segment_key = s.segment_key
    where s.ordinal = 0 and not s.inferred and i.part = 'segment'
        and (starts_with(s.kind, 'AWS::ECS') or starts_with(s.kind, 'AWS::EKS'))
),
by_span as (
    select t.work, t.log_group, min(i.invocation) as invocation
    from told as t
    join lake.span as s on s.trace_key = t.trace_key and s.span_key = t.span_key
    join segment as i on i.trace_key = s.trace_key and i.segment_key = s.segment_key
    group by t.work, t.log_group
),
-- seconds in which a segment ran, as a key to join on; who serves one request for minutes is found at its start
running as (
    select *, unnest(generate_series(
        epoch_us(started_at) // 1000000, least(epoch_us(ended_at), epoch_us(started_at) + 60000000) // 1000000
    )) as second
    from segment
),
by_time as (
    -- the same pod or task, and its lines within the segment: the one that began last
    select t.work, t.log_group, max({'started_at': s.started_at, 'invocation': s.invocation}).invocation as invocation
    from told as t
    join running as s on s.environment = t.environment
        and s.second = case when t.took_ms is null then epoch_us(t.started_at)
            else (epoch_us(t.started_at) + epoch_us(t.ended_at)) // 2 end // 1000000
        and (t.trace_key is null or t.trace_key = s.trace_key)
        and case
            when t.took_ms is null then t.started_at between s.started_at - interval 1 millisecond
                and s.ended_at + interval 1 millisecond
            -- a proxy serves many at a time: the one that began and ended with it
            else abs(epoch_ms(t.started_at) - epoch_ms(s.started_at)) <= 20
                and abs(epoch_ms(t.ended_at) - epoch_ms(s.ended_at)) <= 20
        end
    group by t.work, t.log_group
),
-- OpenTelemetry may not say which pod or task it was: then the one trace that others name beside a value that the
-- lines print, and in it the segment of the same service
printed as (
    select l.work, l.log_group, l.trace_key, v.value
    from lake.log_value as v
    semi join lake.shared_value as s on s.value = v.value
    join lake.container_line as l on l.log_group = v.log_group and l.event_id = v.event_id
    where exists (select 1 from segment where environment is null)
),
traced_value as (
    select value, min(trace_key) as trace_key
    from printed where trace_key is not null
    group by value having count(distinct trace_key) = 1
),
by_value as (
    select t.work, t.log_group, max({'started_at': s.started_at, 'invocation': s.invocation}).invocation as invocation
    from told as t
    join printed as l on l.work = t.work and l.log_group = t.log_group
    join traced_value as v on v.value = l.value
    join segment as s on s.trace_key = v.trace_key and s.node = t.node and s.environment is null
        and t.started_at >= s.started_at - interval 1 millisecond
        and t.ended_at <= s.ended_at + interval 1 millisecond
    where t.trace_key is null
    group by t.work, t.log_group
    having count(distinct v.trace_key) = 1
)
select
    t.work,
    coalesce(
        p.invocation, b.invocation, v.invocation,
        t.node || ':' || t.request_id || '#' || row_number() over (
            partition by t.node, t.request_id order by t.started_at, t.log_group, t.work),
        t.work) as invocation,
    coalesce(p.invocation, b.invocation, v.invocation) as traced, t.node, t.kind, t.log_group, t.log_stream,
    t.trace_id, t.trace_key, t.request_id, t.started_at, t.ended_at, t.lines,
    t.fault is not null as is_failed, t.http_status, t.fault.type as error_type, t.fault.message as error_message,
    coalesce(t.fault.event_id, t.work) as event_id, coalesce(t.fault.event_time, t.started_at) as event_time
from ended as t
left join by_span as p on p.work = t.work and p.log_group = t.log_group
left join by_time as b on b.work = t.work and b.log_group = t.log_group
left join by_value as v on v.work = t.work and v.log_group = t.log_group
