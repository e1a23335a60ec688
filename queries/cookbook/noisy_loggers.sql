-- Which message is said most, and how much of the volume is it?
-- topic: logs
-- param: n = 30: how many rows
-- node: who says it
-- level: as the line says
-- template: the message with what varies masked
-- records: how often
-- bytes: of these events
-- bytes_percent: of all log events of the case
-- example: id of one of them
select
    t.node, t.level, t.template, count(*) as records, sum(strlen(e.message)::bigint)::bigint as bytes,
    round(100.0 * sum(strlen(e.message)::bigint) / sum(sum(strlen(e.message)::bigint)::bigint) over (), 2)
        as bytes_percent,
    min(t.event_id) as example
from lake.log_template as t
join lake.log_event as e
    on e.event_id = t.event_id and e.log_group = t.log_group
    and e.account is not distinct from t.account and e.region is not distinct from t.region
group by t.node, t.level, t.template
order by bytes desc, t.node, t.template, t.level
limit $n
