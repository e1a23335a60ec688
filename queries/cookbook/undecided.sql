-- For which failures is the cause not proven? Where more telemetry would pay.
-- topic: coverage
-- node: node where they show
-- origin_node: as far as it could be followed
-- category: what is thought, unknown where nothing is
-- band: likely or possible
-- failures: how many
-- example: one of them, for `forensics why`
select
    node, origin_node, category, band, count(*) as failures, min(failure) as example
from failures.failure
where band is distinct from 'proven' or category = 'unknown'
group by node, origin_node, category, band
order by failures desc, node, origin_node, category, band
