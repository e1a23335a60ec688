-- How did the latency of a node go over time?
-- topic: slowness
-- param: node: name of the node, or a LIKE pattern
-- minute: UTC
-- node: name of the node
-- invocations: that started in that minute
-- failed: of these
-- p50_ms: median, milliseconds
-- p99_ms: 99th percentile, milliseconds
select
    date_trunc('minute', started_at) as minute, node, count(*) as invocations,
    count(*) filter (status = 'failed') as failed, quantile_disc(duration_ms, 0.5) as p50_ms,
    quantile_disc(duration_ms, 0.99) as p99_ms
from lake.invocation
where node like $node and started_at is not null
group by date_trunc('minute', started_at), node
order by minute, node
