-- A later attempt at a message whose end no record states, and that did well: it printed what its node prints of messages
-- that it is handed once and never when it fails, or nothing, and the message did not come again though its queue would
-- have handed it over: what is not deleted comes again until it did as often as the redrive policy allows (SQS developer
-- guide, "Visibility timeout", "Dead-letter queues"). A container that takes messages says no more than that.
-- needs: links.delivery links.wiring lake.invocation lake.container_line lake.container_invocation lake.log_template
-- scope: case
-- materialize
-- invocation: the invocation that took it
with attempt as (
    select d.consumer as invocation, d.consumer_node as node, max(d.attempt) as attempt, min(i.started_at) as started_at
    from links.delivery as d
    join (select invocation, started_at from lake.invocation where status = 'unknown' and not is_virtual) as i
        on i.invocation = d.consumer
    group by d.consumer, d.consumer_node
    having bool_and(d.outcome = 'done')
),
again as (
    select node from attempt where attempt > 1
),
work as (
    select invocation, node, work, log_group
    from lake.container_invocation semi join again using (node)
),
said as (
    select distinct w.invocation, w.node, t.template
    from work as w
    join lake.container_line as l on l.work = w.work and l.log_group = w.log_group
    join lake.log_template as t on t.log_group = l.log_group and t.event_id = l.event_id
),
of_success as (
    select s.node, s.template
    from said as s
    join attempt as a on a.invocation = s.invocation and a.attempt = 1
    group by s.node, s.template
    except
    select s.node, s.template
    from said as s
    semi join (select invocation from lake.invocation where status = 'failed') as f on f.invocation = s.invocation
),
-- how soon a message comes again, and how often at least it would
turn as (
    select node, max(attempt) as most, max(pause) as pause
    from (
        select
            d.consumer_node as node, d.attempt,
            i.started_at - lag(i.started_at) over (
                partition by d.consumer_node, d.producer, d.message order by d.attempt, d.consumer) as pause
        from links.delivery as d
        semi join again on again.node = d.consumer_node
        join lake.invocation as i on i.invocation = d.consumer
    )
    group by node
),
-- of the queues that nothing is configured to read
allowed as (
    select min(q.max_attempts) as least
    from links.wiring as q
    anti join links.wiring as m on m.source = q.source and m.how = 'mapping'
    where q.how = 'dead_letter' and q.service = 'sqs'
),
heard as (
    select node, max(started_at) as until from lake.invocation semi join again using (node) group by node
)
select s.invocation
from said as s
join attempt as a on a.invocation = s.invocation and a.attempt > 1
join of_success as o on o.node = s.node and o.template = s.template
union
select a.invocation
from attempt as a
semi join work as w on w.invocation = a.invocation
join turn as t on t.node = a.node
join heard as h on h.node = a.node
cross join allowed
where a.attempt > 1 and a.attempt < greatest(t.most, allowed.least) and a.started_at + 2 * t.pause < h.until
