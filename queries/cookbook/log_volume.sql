-- Which log groups cost most? Bytes as CloudWatch counts them (26 more per event), at list price.
-- topic: cost
-- param: usd_per_gb = 0.50: price of ingesting a GB
-- log_group: name of the log group
-- events: number of log events
-- bytes: of their messages, with 26 more for each
-- bytes_percent: of all groups
-- usd: of ingesting them, US dollars
-- usd_per_30_days: at the same rate, from the first event of the case to the last
with span as (
    select (epoch_us(max(timestamp)) - epoch_us(min(timestamp))) / 1000000 as seconds from lake.log_event
),
volume as (
    select log_group, count(*) as events, sum((strlen(message) + 26)::bigint)::bigint as bytes
    from lake.log_event
    group by log_group
)
select
    v.log_group, v.events, v.bytes,
    round(100.0 * v.bytes / sum(v.bytes::bigint) over (), 2) as bytes_percent,
    round(v.bytes / 1000000000 * $usd_per_gb::double, 9) as usd,
    round(v.bytes / 1000000000 * $usd_per_gb::double * 2592000 / nullif(s.seconds, 0), 6) as usd_per_30_days
from volume as v
cross join span as s
order by v.bytes desc, v.log_group
