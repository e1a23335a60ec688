-- How long do invocations of each node take? Percentiles, slowest first.
-- topic: slowness
-- param: least = 1: only nodes with so many invocations
-- node: name of the node
-- kind: X-Ray's type of it
-- invocations: with a known duration
-- p50_ms: median, milliseconds
-- p90_ms: 90th percentile, milliseconds
-- p99_ms: 99th percentile, milliseconds
-- max_ms: the longest, milliseconds
select
    node, kind, count(*) as invocations, quantile_disc(duration_ms, 0.5) as p50_ms,
    quantile_disc(duration_ms, 0.9) as p90_ms, quantile_disc(duration_ms, 0.99) as p99_ms,
    max(duration_ms) as max_ms
from lake.invocation
where duration_ms is not null
group by node, kind
having count(*) >= $least::bigint
order by p99_ms desc, node, kind
