-- What was changed shortly before an issue began? Changes to its own node first, then the latest.
-- topic: changes
-- param: minutes = 60: how long before the onset
-- title: of the issue
-- onset: its first failure, UTC
-- minutes_before: how long before that
-- is_own_node: whether the node was changed in which the issue begins
-- node: what was changed
-- action: what was done
-- actor: who did it
-- source: who tells of it
-- change: id of the change
select
    i.title, i.onset, ((epoch_us(i.onset) - epoch_us(c.occurred_at)) / 60000000)::decimal(18, 1) as minutes_before,
    coalesce(c.node = i.node, false) as is_own_node, c.node, c.action, c.actor, c.source, c.change
from issues.issue as i
join lake.change as c
    on c.occurred_at <= i.onset and c.occurred_at >= i.onset - to_minutes($minutes::bigint)
where c.error_code is null and c.source not in ('alarm', 'alarm_history')
order by i.onset, i.issue, is_own_node desc, c.occurred_at desc, c.change
