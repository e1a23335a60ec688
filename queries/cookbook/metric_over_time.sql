-- How did a metric of a node go over time?
-- topic: slowness
-- param: node: name of the node, or a LIKE pattern
-- param: metric: name of the metric, or a LIKE pattern
-- param: stat = Sum: Sum, Average, Minimum, Maximum, SampleCount or a percentile
-- starts_at: start of the period, UTC
-- node: what is measured
-- metric: name of the metric
-- dimensions: all of them
-- value: in the metric's own unit
-- unit: as CloudWatch names it
select starts_at, node, metric, dimensions, value, unit
from lake.metric
where node like $node and metric like $metric and stat = $stat
order by starts_at, node, metric, dimensions, value
