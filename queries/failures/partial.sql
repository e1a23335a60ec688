-- A message that its consumer could not work on though the function itself ended well: it handed the message
-- back (batchItemFailures), and no later attempt did better. Shown by the last attempt.
-- needs: failures.work chains.member links.source links.moved_back lake.resource lake.invocation
-- scope: case
-- materialize
-- chain: the chain that every attempt belongs to, the first by name where there are several
-- invocation: the last attempt
-- message: id of the message, or of what it was about
-- attempts: number of attempts that the lines tell of
-- event_id: the line that says that it went wrong
-- log_group: where that line lies
-- event_time: its time, UTC
with consumer as (
    -- whose lines name message ids, or who is mapped to a queue or stream
    select distinct node from failures.work where is_message
    union
    select distinct node from lake.resource
    where kind = 'AWS::Lambda::EventSourceMapping' and node is not null
),
-- what was moved back from the dead letters had been given up, whatever becomes of it now
moved as (
    select distinct s.node, m.moved_at
    from links.source as s join links.moved_back as m on m.dead_letter = s.dead_letter
),
attempt as (
    select
        w.node, w.value as message, w.invocation, w.started_at, w.failing,
        w.status = 'failed' or w.failing is not null as is_failed,
        row_number() over (
            partition by w.node, w.value, m.moved_at order by w.started_at desc, w.invocation desc) as back,
        count(*) over (partition by w.node, w.value, m.moved_at) as attempts
    from failures.work as w
    semi join consumer as c on c.node = w.node
    asof left join moved as m on m.node = w.node and m.moved_at <= w.started_at
    where w.value in (select value from failures.work where failing is not null)
),
-- a function says what it hands back (batchItemFailures); of a container only that the message came again does
lost as (
    select a.* from attempt as a
    join lake.invocation as i using (invocation)
    where a.back = 1 and a.is_failed and a.failing is not null
        and (a.attempts > 1 or i.kind = 'AWS::Lambda::Function')
),
reached as (
    select l.node, l.message, m.chain, count(distinct a.invocation) as present, min(m.hop) as hop
    from lost as l
    join attempt as a on a.node = l.node and a.message = l.message
    join chains.member as m on m.invocation = a.invocation
    group by l.node, l.message, m.chain, l.invocation
    having bool_or(a.invocation = l.invocation)
),
best as (
    select node, message, min({'absent': -present, 'chain': chain}).chain as chain
    from reached group by node, message
)
select
    b.chain, l.invocation, l.message, l.attempts, l.failing.event_id as event_id, l.failing.log_group as log_group,
    l.failing.timestamp as event_time
from lost as l
join best as b on b.node = l.node and b.message = l.message
join failures.work as w on w.invocation = l.invocation and w.value = l.message
-- where the function failed as a whole, that is the failure
where w.status <> 'failed'
