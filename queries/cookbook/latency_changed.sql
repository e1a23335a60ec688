-- Which nodes became slower or faster at a moment? Percentiles before and after it.
-- topic: changes
-- param: at: the moment, UTC
-- param: minutes = 30: how long before and after it
-- node: name of the node
-- before: invocations before
-- after: invocations after
-- p50_before_ms: median before, milliseconds
-- p50_after_ms: median after, milliseconds
-- p99_before_ms: 99th percentile before, milliseconds
-- p99_after_ms: 99th percentile after, milliseconds
select
    node, count(*) filter (started_at < $at::timestamp) as before,
    count(*) filter (started_at >= $at::timestamp) as after,
    quantile_disc(duration_ms, 0.5) filter (started_at < $at::timestamp) as p50_before_ms,
    quantile_disc(duration_ms, 0.5) filter (started_at >= $at::timestamp) as p50_after_ms,
    quantile_disc(duration_ms, 0.99) filter (started_at < $at::timestamp) as p99_before_ms,
    quantile_disc(duration_ms, 0.99) filter (started_at >= $at::timestamp) as p99_after_ms
from lake.invocation
where duration_ms is not null and started_at >= $at::timestamp - to_minutes($minutes::bigint)
    and started_at < $at::timestamp + to_minutes($minutes::bigint)
group by node
order by abs(coalesce(p50_after_ms, 0) - coalesce(p50_before_ms, 0)) desc, node
