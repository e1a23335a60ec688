-- One attempt to hand one message, record or event on: to the invocation that took it, or in vain, as its carrier
-- says; one attempt of a state machine's task, or one child of its distributed map (links.task); and a dead letter
-- that was moved back into its queue.
-- needs: links.taken links.task links.mention links.source links.undelivered links.moved_back lake.invocation lake.call
-- scope: case
-- materialize
-- message: id of the message where a record tells it, else who sent it and where it came from; of a task the execution
--   and the event by which it was first scheduled
-- source: queue, topic, bus or stream that it came from last, or the state machine; null where nothing tells
-- state: state of the state machine whose task it is, or label of its map; null of all others
-- item: index of the inline map's item that the task belongs to, null where it is none's
-- producer: the invocation that sent it, null where nothing tells
-- consumer: the invocation that took it, null where nobody did; of a task also where no record tells who
-- consumer_node: its node; where nobody took it who was to have it
-- attempt: 1 for the first delivery that the case holds
-- outcome: done; returned (it came again, or its consumer failed and it may come again); dead-lettered (given up,
--   and put where its consumer's or carrier's failures go); expired (given up, as too old or with nowhere to put
--   it); redriven (a dead letter that was moved back into its queue, where it has another id); null of a task whose
--   end nothing tells
-- dead_letter: where it went when it was given up, null where nowhere
-- failed_at: when it was clear that it had not been dealt with, UTC; null where it was
-- repeats: the message that this one was, before it was moved back from the dead letters; null where it was none
-- evidence: proof (a record), correlation (a common id), configured (links.presumed), consumer (only who took it
--   names the message), or trail (the audit trail says that all dead letters were moved back)
with trouble as (
    -- a call that failed, and none to the same node did well after it
    select f.caller, max(f.ended_at) as failed_at, bool_or(again.caller is null) as is_left
    from lake.call as f
    left join lake.call as again
        on again.caller = f.caller and again.node = f.node and again.operation is not distinct from f.operation
        and not again.is_failed and again.started_at >= f.ended_at
    where f.is_failed
    group by f.caller
),
complaint as (
    -- a batch may do well but for one message: a line warns of it, or of what its sender spoke of too
    select m.invocation as consumer, m.value as about
    from links.mention as m where m.is_complaint
    union
    select m.invocation, p.invocation
    from links.mention as m
    join links.mention as p on p.value = m.value and p.invocation <> m.invocation
    where m.is_complaint
),
taken as (
    select
        t.producer, t.consumer, t.source, t.evidence, t.consumer_node, i.request_id, i.started_at,
        coalesce(t.message, t.producer || ' > ' || coalesce(t.source, t.consumer_node)) as message,
        t.message is not null as is_named, s.max_attempts, s.dead_letter, s.returns_after_s,
        i.status = 'failed' as is_failed, i.status = 'failed' or coalesce(f.is_left, false) as is_troubled,
        i.status = 'failed' or f.caller is not null or c.consumer is not null as has_failure,
        coalesce(f.failed_at, i.ended_at) as failed_at
    from links.taken as t
    join lake.invocation as i on i.invocation = t.consumer
    left join links.source as s on s.node = t.consumer_node and s.source = t.source
    left join trouble as f on f.caller = t.consumer
    left join complaint as c on c.consumer = t.consumer and c.about = coalesce(t.message, t.producer)
    -- the history tells more
    anti join links.task as k on k.producer = t.producer and k.consumer = t.consumer
),
-- where nothing names the message, one that follows a failed delivery is the same, another is another
placed as (
    select
        *, sum((not is_named and (
            was_lying or not coalesce(before_failed, false) and not coalesce(
                -- it comes back when the queue's time is over, and not before
                started_at - before_at between to_seconds(returns_after_s) and to_seconds(returns_after_s + 30), false
            )
        ))::integer) over same as number
    from (
        select
            t.*, m.moved_at, lag(t.is_troubled) over same as before_failed, lag(t.started_at) over same as before_at,
            -- tried as often as it may be, and out of the queue when the letters were moved
            coalesce(row_number() over same > t.max_attempts and m.moved_at >= lag(t.started_at) over same
                + to_seconds(coalesce(t.returns_after_s, 0)), false) as was_lying
        from taken as t
        asof left join links.moved_back as m on m.dead_letter = t.dead_letter and m.moved_at <= t.started_at
        window same as (partition by t.producer, t.message, t.consumer_node order by t.started_at, t.consumer)
    )
    window same as (partition by producer, message, consumer_node order by started_at, consumer)
),
counted as (
    select
        *, row_number() over same as attempt, lead(consumer) over same as next_consumer,
        first_value(moved_at) over same as back_at
    from placed
    window same as (partition by producer, message, consumer_node, number order by started_at, consumer)
),
attempted as (
    select
        case when c.number > 1 and not c.is_named then c.message || ' ' || c.number else c.message end as message,
        c.source, c.producer, c.consumer, c.consumer_node, c.attempt, c.back_at, c.evidence,
        case
            when c.next_consumer is null and g.is_old then 'expired'
            when c.next_consumer is null and (g.is_kept or c.attempt >= c.max_attempts and c.has_failure)
                then if(g.is_kept or c.dead_letter is not null, 'dead-lettered', 'expired')
            when c.next_consumer is not null or c.is_failed or c.attempt > 1 and c.has_failure then 'returned'
            else 'done'
        end as outcome,
        c.dead_letter, c.failed_at
    from counted as c
    left join links.undelivered as g
        on g.source is null and g.message = c.request_id and g.consumer_node = c.consumer_node
),
lost as (
    select * from attempted where outcome in ('dead-lettered', 'expired') and dead_letter is not null
),
redriven as (
    select l.message, l.dead_letter, l.source, l.producer, l.consumer_node, m.moved_at
    from lost as l
    asof join links.moved_back as m on m.dead_letter = l.dead_letter and m.moved_at >= l.failed_at
),
-- one letter of this sender and consumer lay there, so that it is this one
before as (
    select producer, consumer_node, moved_at, min(message) as message
    from redriven where producer is not null
    group by producer, consumer_node, moved_at having count(distinct message) = 1
)
select
    a.message, a.source, null::varchar as state, null::bigint as item, a.producer, a.consumer, a.consumer_node, a.attempt,
    a.outcome,
    case when a.outcome in ('dead-lettered', 'expired') then a.dead_letter end as dead_letter,
    case when a.outcome <> 'done' then a.failed_at end as failed_at, b.message as repeats, a.evidence
from attempted as a
left join before as b
    on b.producer = a.producer and b.consumer_node = a.consumer_node and b.moved_at = a.back_at
        and b.message <> a.message
union all by name
select
    message, dead_letter as source, producer, source as consumer_node, 1 as attempt, 'redriven' as outcome,
    'trail' as evidence
from redriven
union all by name
-- what nobody took
select
    g.message, g.source, g.producer, g.consumer_node, g.attempts as attempt,
    if(g.is_old or not g.is_kept, 'expired', 'dead-lettered') as outcome, g.failed_at, 'proof' as evidence
from links.undelivered as g
anti join lake.invocation as i
    on g.source is null and i.request_id = g.message and i.node = g.consumer_node and not i.is_virtual
union all by name
select
    task as message, producer_node as source, state, item, producer, consumer, consumer_node, attempt, outcome,
    failed_at, evidence
from links.task
