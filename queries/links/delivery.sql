-- One attempt to hand one message, record or event to the invocation that took it.
-- needs: links.reach links.correlated links.presumed links.known_id links.mention links.source links.wiring links.proof links.feeder lake.invocation lake.call
-- scope: case
-- materialize
-- message: id of the message where a record tells it, else who sent it and where it came from
-- source: queue, topic, bus or stream that it came from last, null where nothing tells
-- producer: the invocation that sent it, null where nothing tells
-- consumer: the invocation that took it
-- consumer_node: its node
-- attempt: 1 for the first delivery that the case holds
-- outcome: done; returned (it came again, or its consumer failed and it may come again); dead-lettered (its
--   consumer failed at the last attempt that the configuration allows, and there is somewhere to put it)
-- dead_letter: where it went then
-- failed_at: when it was clear that it had not been dealt with, UTC; null where it was
-- evidence: proof (a record), correlation (a common id), configured (links.presumed), or consumer (only who took it
--   names the message)
with way as (
    select caller as producer, callee as consumer, carrier as source, through, 'proof' as evidence, false as is_habit
    from links.reach where kind = 'link'
    union all
    select c.caller, c.callee, null, null, 'correlation', c.basis = 'habit'
    from links.correlated as c
    anti join links.reach as r on r.caller = c.caller and r.callee = c.callee
    where c.kind = 'link' and (c.basis <> 'habit' or c.ahead >= 120)
    union all
    select caller, callee, null, null, 'configured', false from links.presumed
),
message as (
    select invocation, min(value) as value from links.known_id
    where what in ('message_id', 'event_id') group by invocation having count(*) = 1
),
-- only who took it names it: who sent it is not known, but how often it was tried
taken_alone as (
    select
        m.value as message, m.invocation as consumer, s.source,
        count(*) over (partition by m.value, i.node) as times
    from links.mention as m
    join lake.invocation as i on i.invocation = m.invocation
    left join (select node, min(source) as source from links.source group by node having count(*) = 1) as s on s.node = i.node
    anti join links.reach as r on r.callee = m.invocation and r.kind = 'link'
    anti join links.correlated as c on c.callee = m.invocation and c.kind = 'link'
        and (c.basis <> 'habit' or c.ahead >= 120)
    where m.is_message
),
trouble as (
    -- a call that failed, and none to the same node did well after it
    select f.caller, max(f.ended_at) as failed_at, bool_or(again.caller is null) as is_left
    from lake.call as f
    left join lake.call as again
        on again.caller = f.caller and again.node = f.node and again.operation is not distinct from f.operation
        and not again.is_failed and again.started_at >= f.ended_at
    where f.is_failed
    group by f.caller
),
handed as (
    -- the carrier whose record names the consumer's invocation
    select p.callee as consumer, min(a.node) as source
    from links.proof as p
    join lake.invocation as a on a.invocation = p.caller and a.is_virtual
    where p.kind = 'link' group by p.callee having count(distinct a.node) = 1
),
only_ as (
    select node, min(source) as source from links.source group by node having count(*) = 1
),
moved as (
    select d.source as carrier, s.node, min(s.source) as source
    from links.wiring as d
    join links.source as s on s.source = d.target and s.is_configured
    where d.how = 'dead_letter' group by d.source, s.node
),
sourced as (
    select
        w.producer, w.consumer, w.through, w.evidence, w.is_habit, i.node as consumer_node,
        -- a message whose way is traced to one queue, and taken from its dead-letter queue
        coalesce(x.source, w.source, h.source, o.source, f.source) as source
    from way as w
    join lake.invocation as i on i.invocation = w.consumer
    join lake.invocation as p on p.invocation = w.producer
    left join handed as h on h.consumer = w.consumer
    left join only_ as o on o.node = i.node
    left join links.feeder as f on f.caller_node = p.node and f.callee_node = i.node
    left join moved as x on x.carrier = w.source and x.node = i.node
),
taken as (
    select
        w.producer, w.consumer, w.source, s.max_attempts, s.dead_letter, s.returns_after_s, w.evidence, i.node as consumer_node, i.started_at, i.ended_at,
        coalesce(m.value, w.producer || ' > ' || coalesce(w.source, i.node)) as message,
        m.value is not null as is_named, i.status = 'failed' as is_failed,
        i.status = 'failed' or coalesce(t.is_left, false) as is_troubled,
        i.status = 'failed' or t.caller is not null as has_failure, coalesce(t.failed_at, i.ended_at) as failed_at
    from sourced as w
    join lake.invocation as i on i.invocation = w.consumer
    left join links.source as s on s.node = w.consumer_node and s.source = w.source
    left join message as m on m.invocation = w.through
    left join trouble as t on t.caller = w.consumer
    where not w.is_habit or w.source is not null
    union all
    select
        null, w.consumer, w.source, s.max_attempts, s.dead_letter, s.returns_after_s, 'consumer', i.node, i.started_at,
        i.ended_at, w.message, true, i.status = 'failed', i.status = 'failed' or coalesce(t.is_left, false),
        i.status = 'failed' or t.caller is not null, coalesce(t.failed_at, i.ended_at)
    from taken_alone as w
    join lake.invocation as i on i.invocation = w.consumer
    left join links.source as s on s.node = i.node and s.source = w.source
    left join trouble as t on t.caller = w.consumer
    -- where nothing says that it takes messages it may have sent this one, but not twice
    where w.source is not null or w.times > 1
),
-- where nothing names the message, one that follows a failed delivery is the same, another is another
placed as (
    select
        *, sum((not is_named and not coalesce(before_failed, false) and not coalesce(
            -- it comes back when the queue's time is over, and not before
            started_at - before_at between to_seconds(returns_after_s) and to_seconds(returns_after_s + 30), false
        ))::integer) over same as number
    from (
        select
            *, lag(is_troubled) over (
                partition by producer, message, consumer_node order by started_at, consumer
            ) as before_failed,
            lag(started_at) over (
                partition by producer, message, consumer_node order by started_at, consumer
            ) as before_at
        from taken
    )
    window same as (partition by producer, message, consumer_node order by started_at, consumer)
),
counted as (
    select
        *, row_number() over same as attempt, lead(consumer) over same as next_consumer
    from placed
    window same as (partition by producer, message, consumer_node, number order by started_at, consumer)
)
select
    case when number > 1 and not is_named then message || ' ' || number else message end as message, source, producer,
    consumer, consumer_node, attempt,
    case
        when next_consumer is null and attempt >= max_attempts and has_failure and dead_letter is not null
            then 'dead-lettered'
        when next_consumer is not null or is_failed or attempt > 1 and has_failure then 'returned'
        else 'done'
    end as outcome,
    case when outcome = 'dead-lettered' then dead_letter end as dead_letter,
    case when outcome <> 'done' then failed_at end as failed_at, evidence
from counted
