-- Where do requests come in, how many fail, and how long do they take?
-- topic: chains
-- entry_node: node of the root
-- entry_kind: X-Ray's type of it
-- chains: how many came in there
-- failed: in which a failure surfaces
-- failed_percent: of all
-- p50_ms: median time from the earliest start to the latest end, milliseconds
-- p99_ms: 99th percentile, milliseconds
-- invocations: largest number of invocations of one chain
select
    entry_node, entry_kind, count(*) as chains, count(*) filter (status = 'failed') as failed,
    round(100.0 * count(*) filter (status = 'failed') / count(*), 2) as failed_percent,
    quantile_disc(duration_ms, 0.5) as p50_ms, quantile_disc(duration_ms, 0.99) as p99_ms,
    max(invocations) as invocations
from chains.chain
group by entry_node, entry_kind
order by chains desc, entry_node, entry_kind
