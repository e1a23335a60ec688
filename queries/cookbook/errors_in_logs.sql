-- Which errors do logs report, whether or not anything failed of them?
-- topic: logs
-- param: n = 50: how many rows
-- node: who says it
-- level: as the line says
-- template: the message with what varies masked
-- records: how often
-- first_at: UTC
-- last_at: UTC
-- example: id of one of them
select
    node, level, template, count(*) as records, min(timestamp) as first_at, max(timestamp) as last_at,
    min(event_id) as example
from lake.log_template
where level in ('ERROR', 'FATAL', 'WARN')
group by node, level, template
order by level = 'WARN', records desc, node, template, level
limit $n
