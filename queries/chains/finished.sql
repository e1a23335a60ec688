-- A later attempt at a message whose end no record states, and that printed what its node prints of messages that
-- it is handed once and never when it fails: it did well. A container that takes messages says no more than that.
-- needs: links.delivery lake.invocation lake.container_line lake.container_invocation lake.log_template
-- scope: case
-- materialize
-- invocation: the invocation that took it
with attempt as (
    select d.consumer as invocation, d.consumer_node as node, max(d.attempt) as attempt
    from links.delivery as d
    semi join (select invocation from lake.invocation where status = 'unknown' and not is_virtual) as i
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
)
select distinct s.invocation
from said as s
join attempt as a on a.invocation = s.invocation and a.attempt > 1
join of_success as o on o.node = s.node and o.template = s.template
