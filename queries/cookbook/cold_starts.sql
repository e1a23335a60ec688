-- Which functions start cold how often, how long does it take, and what does it cost?
-- topic: functions
-- param: usd_per_gb_s = 0.0000166667: price of a GB-second; 0.0000133334 on Graviton
-- node: name of the function
-- invocations: of which it is known whether they started cold
-- cold: that did, among them environments that had to start anew after a crash or time-out
-- cold_percent: of all
-- p50_init_ms: median time of a cold start, as reported (a start anew is not), milliseconds
-- p99_init_ms: 99th percentile, milliseconds
-- init_gb_s: memory times time of all cold starts, GB-seconds
-- init_usd: what they cost where Lambda bills them (since August 2025), US dollars
select
    node, count(*) as invocations, count(*) filter (is_cold_start) as cold,
    round(100.0 * count(*) filter (is_cold_start) / count(*), 2) as cold_percent,
    quantile_disc(init_ms, 0.5) as p50_init_ms, quantile_disc(init_ms, 0.99) as p99_init_ms,
    round((sum((init_ms * memory_mb)::decimal(28, 3)) / 1024000)::double, 6) as init_gb_s,
    round((sum((init_ms * memory_mb)::decimal(28, 3)) / 1024000)::double * $usd_per_gb_s::double, 9) as init_usd
from lake.invocation
where kind = 'AWS::Lambda::Function' and is_cold_start is not null
group by node
order by cold desc, node
