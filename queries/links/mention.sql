-- An id-like value that the log lines of an invocation print: one that lines of others print too, or one
-- that is known to stand for an invocation or a message. Lines of Lambda belong to the invocation that their
-- stream was in.
-- needs: lake.log_record lake.log_value lake.shared_value lake.lambda_log lake.container_line lake.container_invocation lake.workflow_event links.known_id lake.served_invocation
-- scope: case
-- materialize
-- invocation: the invocation
-- value: the value, as it was printed
-- first_at: when it was first printed, UTC
-- is_message: whether a line calls it a message id
-- is_complaint: whether a line that warns or tells of an error prints it
with wanted as (
    select value from lake.shared_value
    union
    select value from links.known_id
),
complaint as (
    select distinct log_group, event_id from lake.log_record where level in ('WARN', 'ERROR', 'FATAL')
),
kept as (
    select
        v.log_group, v.log_stream, v.event_id, v.timestamp, v.value, v.is_message, c.event_id is not null as is_complaint
    from lake.log_value as v
    semi join wanted on wanted.value = v.value
    left join complaint as c on c.log_group = v.log_group and c.event_id = v.event_id
),
-- in order of time a number is told apart several times as fast as two texts
stream as materialized (
    select log_group, log_stream, row_number() over (order by log_group, log_stream) as stream
    from lake.lambda_log where log_stream is not null group by log_group, log_stream
),
stretch as (
    select s.stream, started_at, ended_at, request_id || '#' || attempt as invocation
    from lake.lambda_log as l
    join stream as s on s.log_group = l.log_group and s.log_stream = l.log_stream
),
by_stream as (
    select s.invocation, k.value, k.timestamp, k.is_message, k.is_complaint
    from (
        select t.stream, k.timestamp, k.value, k.is_message, k.is_complaint
        from kept as k join stream as t on t.log_group = k.log_group and t.log_stream = k.log_stream
    ) as k
    asof join stretch as s on s.stream = k.stream and k.timestamp >= s.started_at
    where s.ended_at is null or k.timestamp <= s.ended_at
),
by_line as (
    select i.invocation, k.value, k.timestamp, k.is_message, k.is_complaint
    from kept as k
    join lake.container_line as l on l.event_id = k.event_id and l.log_group = k.log_group
    join lake.container_invocation as i on i.work = l.work and i.log_group = l.log_group
),
by_history as (
    select i.invocation, k.value, k.timestamp, k.is_message, k.is_complaint
    from kept as k
    join lake.workflow_event as w on w.event_id = k.event_id and w.log_group = k.log_group
    join lake.served_invocation as i on i.execution_arn = w.execution_arn
)
select invocation, value, min(timestamp) as first_at, bool_or(is_message) as is_message,
    bool_or(is_complaint) as is_complaint
from (
    select * from by_stream union all select * from by_line union all select * from by_history
)
group by invocation, value
