-- The status with which a container answered a request, as its own last line about it says: a line that tells a
-- status and how long it took, or method and path of what was asked, as ingress-nginx and the middlewares of web
-- frameworks write it (pino-http, zap, slog, tracing, logback), in JSON or as `status=503 latency=12ms`. Only of
-- services that end their requests with such a line: a client writes the same of what it called, and goes on.
-- Rails' `Completed 500 Internal Server Error in 21ms`, or the line that lograge makes of it (controller, action,
-- status, duration), tells it wherever it stands: the exception follows it; and so does Phoenix' `Sent 500 in 12ms`. Of a
-- fault Rust's tower-http says `response failed classification=Status code: 503 Service Unavailable latency=12 ms`
-- (docs.rs/tower-http, trace::DefaultOnFailure and classify::ServerErrorsFailureClass).
-- needs: lake.container_line evidence.log_event
-- scope: case
-- materialize
-- work: the request, as in lake.container_line
-- log_group: log group of its lines
-- event_id: the line that tells
-- http_status: the status
with line as (
    select
        log_group, event_id,
        -- tracing prints name, `=` and value each in its colour, where nobody forbade it
        case when contains(message, '[0m') then regexp_replace(message, '(?i)(?:\x1b|\\u001b)\[[0-9;]*m', '', 'g')
            else message end as message
    from evidence.log_event
    semi join (select distinct log_group from lake.container_line) as own using (log_group)
    where contains(message, 'tatus') or contains(message, 'Completed ') or contains(message, 'Sent ')
),
read_ as (
    -- a collector may have put the line into its own, with its quotes escaped
    select
        log_group, event_id, message,
        try_cast(regexp_extract(message,
            '\b(?:Completed|Sent) ([1-5]\d\d) (?:[\w ''-]* )?in \d+(?:ms|µs)', 1) as integer) as completed,
        case when regexp_matches(message,
            '(?i)(?:latency|duration|elapsed|response_?time|took)[\w.]*(?:\\?"\s*:|=)'
            -- or what was asked: a client names a host
            || '|["\s=](?-i:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /(?:[^/]|$)') then try_cast(regexp_extract(
            message, '(?i)(?:"(?:[\w.]*\.)?status_?(?:code)?\\?"\s*:\s*\\?"?'
            || '|(?:^|[^\w.?&/-])(?:[\w.]*\.)?status_?(?:code)?=(?:\\?")?|\bclassification=Status code: )([1-5]\d\d)\b', 1)
            as integer) end as answered
    from line
),
said as (
    select
        log_group, event_id, coalesce(completed, answered) as http_status,
        completed is not null or regexp_matches(message, '\bcontroller\\?"?\s*[:=]')
            and regexp_matches(message, '\baction\\?"?\s*[:=]') as is_completed
    from read_
    union all
    select log_group, event_id, http_status, false from lake.container_line where http_status is not null
),
ended as (
    select
        l.work, l.log_group, max(l.node) as node, bool_or(s.http_status is not null) as is_told,
        max({
            'is_completed': coalesce(s.is_completed, false), 'timestamp': l.timestamp, 'event_id': l.event_id,
            'http_status': s.http_status
        }) as last
    from lake.container_line as l
    left join said as s on s.log_group = l.log_group and s.event_id = l.event_id and s.http_status is not null
    group by l.work, l.log_group
),
habit as (
    select node from ended group by node
    having count(*) filter (is_told) * 2 >= count(*) and count(last.http_status) * 10 >= count(*) filter (is_told) * 9
)
select work, log_group, last.event_id as event_id, last.http_status as http_status
from ended semi join habit using (node)
where last.http_status is not null
