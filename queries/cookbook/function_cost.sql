-- What do functions cost? Billed time and requests at list prices, without free tier.
-- topic: cost
-- param: usd_per_gb_s = 0.0000166667: price of a GB-second; 0.0000133334 on Graviton
-- param: usd_per_million = 0.20: price of a million requests
-- node: name of the function
-- invocations: with a bill
-- billed_s: billed time, seconds
-- gb_s: memory times billed time, GB-seconds
-- usd: US dollars
-- failed_usd: of this, for invocations that failed
select
    node, count(*) as invocations, round((sum(billed_ms::bigint) / 1000)::double, 3) as billed_s,
    round((sum((billed_ms * memory_mb)::bigint) / 1024000)::double, 6) as gb_s,
    round((sum((billed_ms * memory_mb)::bigint) / 1024000)::double * $usd_per_gb_s::double
        + count(*) * $usd_per_million::double / 1000000, 9) as usd,
    round((coalesce(sum((billed_ms * memory_mb)::bigint) filter (status = 'failed'), 0) / 1024000)::double
        * $usd_per_gb_s::double
        + count(*) filter (status = 'failed') * $usd_per_million::double / 1000000, 9) as failed_usd
from lake.invocation
where billed_ms is not null
group by node
order by usd desc, node
