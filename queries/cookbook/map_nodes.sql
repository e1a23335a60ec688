-- How well does each node do, and what is configured and was never seen? The nodes of `forensics map`.
-- topic: chains
-- param: since = null: from here on, UTC
-- param: until = null: up to here, UTC
-- node: name of the node
-- kind: X-Ray's type of it
-- seen: ran (records of its own), called (only its callers tell), measured (only its metrics tell) or configured
--   (nothing tells that it did anything)
-- invocations: that began in the window
-- failures: of these, whoever was to blame
-- errors: of these, refused with a 4xx that is no throttle
-- throttles: of these
-- faults: of these, that failed otherwise
-- unknown: of these, whose end nobody recorded
-- absorbed: failures that were caught, handled or retried to success
-- untraced: invocations that no trace tells of
-- p50_ms: median of their time, milliseconds
-- p95_ms: 95th percentile, milliseconds
-- p99_ms: 99th percentile, milliseconds
with counted as (
    select
        node, kind, if(bool_and(is_virtual), 'called', 'ran') as seen, count(*) as invocations,
        count(*) filter (is_failed) as failures, count(*) filter (health = 'error') as errors,
        count(*) filter (health = 'throttle') as throttles, count(*) filter (health = 'fault') as faults,
        count(*) filter (health = 'unknown') as unknown, count(*) filter (is_absorbed) as absorbed,
        count(*) filter (not is_traced and not is_virtual) as untraced,
        quantile_disc(duration_ms, 0.5) as p50_ms, quantile_disc(duration_ms, 0.95) as p95_ms,
        quantile_disc(duration_ms, 0.99) as p99_ms
    from report.visit
    where coalesce(started_at >= $since::timestamp, true) and coalesce(started_at < $until::timestamp, true)
    group by node, kind
),
measured as (
    select distinct node from lake.metric
    where value > 0 and coalesce(starts_at >= $since::timestamp, true) and coalesce(starts_at < $until::timestamp, true)
)
select * from counted
union all by name
select
    r.node, r.kind, if(m.node is null, 'configured', 'measured') as seen, 0 as invocations, 0 as failures, 0 as errors,
    0 as throttles, 0 as faults, 0 as unknown, 0 as absorbed, 0 as untraced
from report.configured_node as r
left join measured as m on m.node = r.node
-- a program may be traced under a kind of its own, such as that of its host
anti join counted as c
    on c.node = r.node and (split_part(c.kind, '::', 2) = r.service or not starts_with(c.kind, 'AWS::'))
order by node, kind
