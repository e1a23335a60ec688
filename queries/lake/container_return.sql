-- A piece of work of a container over a message that it handed back: a line of level ERROR or FATAL names the message,
-- and the same service had that message again. A queue hands over again what its consumer did not delete, until it
-- was handed over as often as its redrive policy allows (SQS developer guide, "Visibility timeout", "Dead-letter
-- queues"); an error that is logged and comes to nothing leaves no second delivery. The last of several attempts is one
-- too if it ended with such a line as the ones before it did. Requests of different ids, or that answer with a status,
-- ask about one message, and take none; of a batch nothing tells which of its messages was handed back.
-- needs: lake.container_line lake.container_answer lake.log_value lake.log_record
-- scope: case
-- materialize
-- work: the work, as in lake.container_line
-- log_group: log group of its lines
-- value: id of the message
-- event_id: the line that says so, the last of the work
-- event_time: its time, UTC
-- error_type: type of the exception that it reports
-- error_message: its message, else what the line says
with named as (
    select
        l.work, l.log_group, l.node, l.request_id, v.value, l.timestamp, l.event_id,
        coalesce(l.level in ('ERROR', 'FATAL'), false) as complains
    from lake.log_value as v
    join lake.container_line as l on l.log_group = v.log_group and l.event_id = v.event_id
    where v.is_message
),
-- of nodes that never complain of a message nothing is to be found
complaining as (select distinct node, value from named where complains),
attempt as (
    select
        n.node, n.value, n.work, n.log_group, max(n.request_id) as request_id, min(n.timestamp) as started_at,
        max({'at': n.timestamp, 'event_id': n.event_id}) as last_line,
        max({'at': n.timestamp, 'event_id': n.event_id}) filter (where n.complains) as complaint
    from named as n
    semi join complaining as c on c.node = n.node and c.value = n.value
    group by n.node, n.value, n.work, n.log_group
),
batch as (
    select work, log_group from named group by work, log_group having count(distinct value) > 1
),
placed as (
    select
        *, lead(work) over same is not null as came_again,
        coalesce(lag(complaint) over same is not null, false) as is_next
    from attempt
    window same as (partition by node, value, request_id order by started_at, log_group, work)
)
select
    p.work, p.log_group, p.value, p.complaint.event_id as event_id, p.complaint.at as event_time,
    r.exception_type as error_type, coalesce(r.exception_message, left(r.message, 1000)) as error_message
from placed as p
join lake.log_record as r on r.log_group = p.log_group and r.event_id = p.complaint.event_id
anti join batch as b on b.work = p.work and b.log_group = p.log_group
anti join lake.container_answer as a on a.work = p.work and a.log_group = p.log_group
where p.came_again or p.is_next and p.complaint = p.last_line
