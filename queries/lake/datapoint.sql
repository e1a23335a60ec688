-- One statistic of one metric in one period, once: the reading that was fetched last, and of what was both
-- pulled and imported the one that says whose it is. What it measures is told by lake.metric.
-- needs: evidence.metric
-- scope: case
-- account: AWS account id, null where an imported file names none
-- region: AWS region, null where an imported file names none
-- namespace: as in CloudWatch: AWS/Lambda, …
-- metric: name of the metric
-- dimensions: all of them, as JSON with sorted names
-- stat: Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99; null where the file tells none
-- starts_at: start of the period, UTC
-- period_s: length of the period, seconds; null where the file tells none
-- value: in the metric's own unit
-- unit: as CloudWatch names it, null where it was not told (GetMetricData does not)
with told as (
    -- a datapoint that was read again after more of it had come counts as it was then
    select
        account, region, namespace, metric, dimensions, stat, starts_at, period_s,
        max({'fetched_at': coalesce(fetched_at, timestamp '0001-01-01 00:00:00'), 'value': value}).value as value,
        max(unit) as unit
    from evidence.metric
    group by all
)
select * from told where account is not null
union all
-- files of the CLI name no account: the same datapoint as a pull gave it is not another
select t.*
from told as t
anti join told as p
    on t.account is null and p.account is not null
    and p.namespace = t.namespace and p.metric = t.metric and p.dimensions = t.dimensions
    and p.starts_at = t.starts_at and p.stat is not distinct from t.stat
    and p.period_s is not distinct from t.period_s
where t.account is null
