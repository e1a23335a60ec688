-- What is said since a moment that was never said before? First occurrences, with their messages.
-- topic: changes
-- param: since: the moment, UTC, such as 2026-10-05T02:10:00
-- param: n = 50: how many rows
-- node: who says it
-- level: as the line says
-- template: the message with what varies masked
-- first_at: first occurrence, UTC
-- records: how many since
-- event_id: the first of them
-- log_group: where it lies
select
    node, level, template, min(timestamp) as first_at, count(*) as records,
    arg_min(event_id, (timestamp, event_id) order by timestamp, event_id) as event_id, log_group
from lake.log_template
group by node, level, template, log_group
having min(timestamp) >= $since::timestamp
order by first_at, node, template, level, log_group
limit $n
