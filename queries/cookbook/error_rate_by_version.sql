-- Does a version fail more than the one before? Error rate of every version of a function or service.
-- topic: changes
-- param: node = %: LIKE pattern of the node
-- node: name of the node
-- version: function version, or the version that a service reports of itself
-- first_at: its first invocation, UTC
-- last_at: its last invocation, UTC
-- invocations: number of invocations
-- failed: that failed
-- failed_percent: failed, of all
-- p99_ms: run time that one in a hundred exceeds, milliseconds
select
    node, version, min(started_at) as first_at, max(started_at) as last_at, count(*) as invocations,
    count(*) filter (status = 'failed') as failed,
    round(100.0 * count(*) filter (status = 'failed') / count(*), 2) as failed_percent,
    quantile_disc(duration_ms, 0.99) as p99_ms
from lake.invocation
where version is not null and node like $node
group by node, version
order by node, first_at nulls last, version
