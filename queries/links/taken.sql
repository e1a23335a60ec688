-- One message, record or event that an invocation took, as far as anything tells: who sent it, and what handed it
-- over. What came again was taken again; links.delivery counts the attempts.
-- needs: links.reach links.correlated links.presumed links.known_id links.mention links.source links.wiring links.proof links.feeder lake.invocation
-- scope: case
-- message: its id where a record tells it, else null
-- source: queue, topic, bus or stream that it came from last, null where nothing tells
-- producer: the invocation that sent it, null where nothing tells
-- consumer: the invocation that took it
-- consumer_node: its node
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
only_ as (
    select node, min(source) as source from links.source group by node having count(*) = 1
),
-- only who took it names it: who sent it is not known, but how often it was tried
taken_alone as (
    select
        m.value as message, m.invocation as consumer, i.node as consumer_node, s.source,
        count(*) over (partition by m.value, i.node) as times
    from links.mention as m
    join lake.invocation as i on i.invocation = m.invocation
    left join only_ as s on s.node = i.node
    anti join way as w on w.consumer = m.invocation
    where m.is_message
),
handed as (
    -- the carrier whose record names the consumer's invocation
    select p.callee as consumer, min(a.node) as source
    from links.proof as p
    join lake.invocation as a on a.invocation = p.caller and a.is_virtual
    where p.kind = 'link' group by p.callee having count(distinct a.node) = 1
),
-- a message whose way is traced to one queue, and taken from its dead-letter queue
moved as (
    select d.source as carrier, s.node, min(s.source) as source
    from links.wiring as d
    join links.source as s on s.source = d.target and s.is_configured
    where d.how = 'dead_letter' group by d.source, s.node
),
sourced as (
    select
        m.value as message, coalesce(x.source, w.source, h.source, o.source, f.source) as source, w.producer,
        w.consumer, i.node as consumer_node, w.evidence, w.is_habit
    from way as w
    join lake.invocation as i on i.invocation = w.consumer
    join lake.invocation as p on p.invocation = w.producer
    left join message as m on m.invocation = w.through
    left join handed as h on h.consumer = w.consumer
    left join only_ as o on o.node = i.node
    left join links.feeder as f on f.caller_node = p.node and f.callee_node = i.node
    left join moved as x on x.carrier = w.source and x.node = i.node
)
select message, source, producer, consumer, consumer_node, evidence
from sourced
where not is_habit or source is not null
union all
select message, source, null, consumer, consumer_node, 'consumer'
from taken_alone
-- where nothing says that it takes messages it may have sent this one, but not twice
where source is not null or times > 1
