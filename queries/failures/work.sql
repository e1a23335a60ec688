-- What an invocation of a Lambda function or a request of a container worked on, as far as its lines print it: a
-- message id, or else any id-like value; of nodes that failed, or that named a message in a warning. Says which
-- invocations are attempts at the same message, and which messages of a batch went wrong though all ended well.
-- needs: lake.lambda_log lake.log_value lake.log_record lake.container_line lake.container_invocation lake.invocation
-- scope: case
-- materialize
-- node: the function or service
-- invocation: its invocation
-- started_at: start of the invocation, UTC
-- status: how the invocation ended
-- value: the value
-- is_message: whether a line calls it a message id
-- failing: the last warning or error of the invocation that is about this value, the first that it names; null
--   where there is none, or where after a warning the value is spoken of as ever: what was warned of was dealt with
with complaint as (
    select log_group, event_id, timestamp, message, level = 'WARN' as warns
    from lake.log_record
    where level in ('ERROR', 'FATAL', 'WARN') and record_type in ('log', 'error')
        and kind in ('AWS::Lambda::Function', 'AWS::ECS::Container', 'AWS::EKS::Container')
),
said as (
    select
        v.*, c.event_id is not null as complains, coalesce(c.warns, false) as warns,
        strpos(c.message, v.value) as place
    from lake.log_value as v
    left join complaint as c on c.event_id = v.event_id and c.log_group = v.log_group
),
hit as (
    select distinct node from lake.lambda_log where status = 'failed'
    union
    select distinct l.node from said as v
    join lake.lambda_log as l on l.log_group = v.log_group and l.log_stream = v.log_stream
    where v.is_message and v.complains
),
-- in order of time a number is told apart several times as fast as two texts
stream as materialized (
    select log_group, log_stream, row_number() over (order by log_group, log_stream) as stream
    from lake.lambda_log semi join hit using (node)
    where log_stream is not null
    group by log_group, log_stream
),
stretch as (
    select
        l.node, s.stream, l.started_at, l.ended_at, l.status, l.request_id,
        l.request_id || '#' || l.attempt as invocation
    from lake.lambda_log as l
    semi join hit on hit.node = l.node
    join stream as s on s.log_group = l.log_group and s.log_stream = l.log_stream
),
container as (
    select i.node, i.invocation, i.started_at, i.status, c.work, c.log_group
    from lake.container_invocation as c
    join lake.invocation as i on i.invocation = c.invocation
    where c.node in (select node from lake.container_invocation where is_failed)
),
told as (
    select s.node, s.invocation, s.started_at, s.status, v.* exclude (stream)
    from (
        select said.* exclude (log_stream), stream.stream
        from said
        join stream on stream.log_group = said.log_group and stream.log_stream = said.log_stream
    ) as v
    asof join stretch as s on s.stream = v.stream and v.timestamp >= s.started_at
    where (s.ended_at is null or v.timestamp <= s.ended_at + interval 5 millisecond) and v.value <> s.request_id
    union all
    select c.node, c.invocation, c.started_at, c.status, v.* exclude (log_stream)
    from container as c
    join lake.container_line as l on l.work = c.work and l.log_group = c.log_group
    join said as v on v.log_group = l.log_group and v.event_id = l.event_id
    where l.request_id is distinct from v.value
),
repeated as (
    select node, value from told group by node, value having count(*) > 1
),
-- a line is about the first id that it names, or the one message that a field beside its text does; what nobody
-- else prints stands for nothing
subject as (
    select log_group, event_id, coalesce(
        (min({'place': place, 'value': value}) filter (where place > 0)).value,
        case when count(distinct value) filter (where is_message) = 1 then min(value) filter (where is_message) end
    ) as value
    from told
    left join repeated using (node, value)
    where complains and (is_message or repeated.value is not null)
    group by log_group, event_id
),
-- to hand a message back is not to go on with it
went_on as (
    select c.invocation, c.value, max(c.timestamp) as last
    from told as c
    semi join (select distinct invocation, value from told where warns) as w
        on w.invocation = c.invocation and w.value = c.value
    join lake.log_record as r on r.log_group = c.log_group and r.event_id = c.event_id
    where not c.complains and not contains(r.message, 'batchItemFailures')
    group by c.invocation, c.value
)
select
    t.node, t.invocation, t.started_at, t.status, t.value, bool_or(t.is_message) as is_message,
    max({'timestamp': t.timestamp, 'event_id': t.event_id, 'log_group': t.log_group})
        filter (where j.value is not null and (not t.warns or coalesce(t.timestamp > w.last, true))) as failing
from told as t
left join subject as j on j.log_group = t.log_group and j.event_id = t.event_id and j.value = t.value
left join went_on as w on w.invocation = t.invocation and w.value = t.value
group by t.node, t.invocation, t.started_at, t.status, t.value
