-- One attempt to hand one message, record or event to the invocation that took it.
-- needs: links.reach links.correlated links.known_id lake.invocation lake.call
-- scope: case
-- materialize
-- message: id of the message where a record tells it, else who sent it and where it came from
-- source: queue, topic, bus or stream that it came from last, null where nothing tells
-- producer: the invocation that sent it
-- consumer: the invocation that took it
-- consumer_node: its node
-- attempt: 1 for the first delivery that the case holds
-- outcome: done; returned (it came again, or its consumer failed and it may come again)
-- failed_at: when it was clear that it had not been dealt with, UTC; null where it was
-- evidence: proof (a record) or correlation (a common id)
with way as (
    select caller as producer, callee as consumer, carrier as source, through, 'proof' as evidence
    from links.reach where kind = 'link'
    union all
    select c.caller, c.callee, null, null, 'correlation'
    from links.correlated as c
    anti join links.reach as r on r.caller = c.caller and r.callee = c.callee
    where c.kind = 'link' and (c.is_known or c.ahead >= 120)
),
message as (
    select invocation, min(value) as value from links.known_id
    where what in ('message_id', 'event_id') group by invocation having count(*) = 1
),
trouble as (
    -- a call that failed, and none to the same node did well after it
    select f.caller, max(f.ended_at) as failed_at
    from lake.call as f
    left join lake.call as again
        on again.caller = f.caller and again.node = f.node and again.operation is not distinct from f.operation
        and not again.is_failed and again.started_at >= f.ended_at
    where f.is_failed and again.caller is null
    group by f.caller
),
taken as (
    select
        w.producer, w.consumer, w.source, w.evidence, i.node as consumer_node, i.started_at, i.ended_at,
        coalesce(m.value, w.producer || ' > ' || coalesce(w.source, i.node)) as message,
        m.value is not null as is_named, i.status = 'failed' as is_failed,
        i.status = 'failed' or t.caller is not null as is_troubled, coalesce(t.failed_at, i.ended_at) as failed_at
    from way as w
    join lake.invocation as i on i.invocation = w.consumer
    left join message as m on m.invocation = w.through
    left join trouble as t on t.caller = w.consumer
),
-- where nothing names the message, one that follows a failed delivery is the same, another is another
placed as (
    select
        *, sum((not is_named and not coalesce(before_failed, false))::integer) over same as number
    from (
        select
            *, lag(is_troubled) over (
                partition by producer, message, consumer_node order by started_at, consumer
            ) as before_failed
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
    case when next_consumer is not null or is_failed or attempt > 1 and is_troubled then 'returned' else 'done' end
        as outcome,
    case when next_consumer is not null or is_failed or attempt > 1 and is_troubled then failed_at end as failed_at,
    evidence
from counted
