-- Which log groups come late? Time from the producer's clock to CloudWatch's; below zero a clock runs ahead.
-- topic: logs
-- log_group: name of the log group
-- events: with both times
-- min_s: smallest delay, seconds
-- p50_s: median, seconds
-- p99_s: 99th percentile, seconds
-- max_s: largest, seconds
with late as (
    select log_group, ((epoch_us(ingestion_time) - epoch_us(timestamp)) * 0.000001)::decimal(18, 3) as delay_s
    from lake.log_event
    where ingestion_time is not null
)
select
    log_group, count(*) as events, min(delay_s) as min_s, quantile_disc(delay_s, 0.5) as p50_s,
    quantile_disc(delay_s, 0.99) as p99_s, max(delay_s) as max_s
from late
group by log_group
order by p99_s desc, log_group
