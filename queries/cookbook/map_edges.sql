-- How well does each way between two nodes do, and which is configured and was never gone? The edges of
-- `forensics map`.
-- topic: chains
-- param: since = null: from here on, UTC
-- param: until = null: up to here, UTC
-- caller: node that calls, sends or hands on
-- callee: node that is called or receives
-- kind: call (the caller waits) or link (handed over)
-- evidence: what proves it, see links.edge; configured where no record shows that it was ever gone
-- how: of a configured one mapping, subscription, rule, pipe, notification, schedule, permission, dead_letter or destination;
--   integration, target or task of a call
-- calls: that began in the window
-- failures: whose callee failed
-- errors: of all calls, refused with a 4xx that is no throttle
-- throttles: of these
-- confidence: the least of them, see links.edge
-- p50_ms: median of what a caller waited, or of how long a hand-over took until somebody began, milliseconds
-- p95_ms: 95th percentile, milliseconds
-- p99_ms: 99th percentile, milliseconds
with counted as (
    select
        caller_node as caller, callee_node as callee, kind, evidence, null::varchar as how, count(*) as calls,
        count(*) filter (is_failed) as failures, count(*) filter (health = 'error') as errors,
        count(*) filter (health = 'throttle') as throttles, min(confidence) as confidence,
        quantile_disc(latency_ms, 0.5) as p50_ms, quantile_disc(latency_ms, 0.95) as p95_ms,
        quantile_disc(latency_ms, 0.99) as p99_ms
    from report.crossing
    where coalesce(started_at >= $since::timestamp, true) and coalesce(started_at < $until::timestamp, true)
    group by caller_node, callee_node, kind, evidence
)
select * from counted
union all by name
select
    w.caller, w.callee, w.kind, 'configured' as evidence, min(w.how) as how, 0 as calls, 0 as failures, 0 as errors,
    0 as throttles, 1.0 as confidence
from (
    select source as caller, target as callee, 'link' as kind, how from links.wiring
    -- alarms are no nodes of a map
    where how <> 'alarm'
    union all
    select caller, callee, 'call', how from links.integration
) as w
anti join counted as c on c.caller = w.caller and c.callee = w.callee
where w.caller <> w.callee
group by w.caller, w.callee, w.kind
order by caller, callee, kind, evidence
