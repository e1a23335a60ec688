-- How far a metric left its usual course, one row per series and statistic that did: which metrics moved, and
-- since when. A minute stands out by how far it is from the series' median, in robust standard deviations
-- (1.4826 times the median distance, at least a tenth of the median, and at least one of a count). Counts that
-- are missing in most minutes are taken as zero there: error metrics are sent only when there was one.
-- needs: lake.datapoint
-- scope: case
-- account: AWS account id, null where an imported file names none
-- region: AWS region, null where an imported file names none
-- namespace: as in CloudWatch: AWS/Lambda, …
-- metric: name of the metric
-- dimensions: all of them, as JSON with sorted names
-- stat: Sum, Average, Maximum, SampleCount, or a percentile such as p99
-- usual: the median over the case, in the metric's own unit
-- furthest: the value that is furthest from it
-- deviation: its distance from the median, in robust standard deviations
-- periods: number of periods that are at least six of those away
-- first_at: start of the first of them, UTC
-- is_of_failure: whether the metric counts what failed, was refused, dropped or came late, by its name
with extent as (
    select period_s, count(distinct starts_at) as periods from lake.datapoint group by period_s
), usual as (
    select
        t.account, t.region, t.namespace, t.metric, t.dimensions, t.stat, t.period_s,
        coalesce(t.stat in ('Sum', 'SampleCount'), false) as is_count,
        coalesce(t.stat in ('Sum', 'SampleCount'), false) and 2 * count(*) < max(e.periods) as is_sparse,
        median(t.value) as middle
    from lake.datapoint as t join extent as e on e.period_s is not distinct from t.period_s
    group by t.account, t.region, t.namespace, t.metric, t.dimensions, t.stat, t.period_s
), apart as (
    select
        t.*, u.is_count, u.is_sparse, case when u.is_sparse then 0.0 else u.middle end as usual,
        abs(t.value - case when u.is_sparse then 0.0 else u.middle end) as distance
    from lake.datapoint as t
    join usual as u
        on u.account is not distinct from t.account and u.region is not distinct from t.region
        and u.namespace = t.namespace and u.metric = t.metric and u.dimensions = t.dimensions
        and u.stat is not distinct from t.stat and u.period_s is not distinct from t.period_s
), scaled as (
    select
        *,
        distance / greatest(
            case when is_sparse then 0.0 else
                1.4826 * median(distance) over (
                    partition by account, region, namespace, metric, dimensions, stat, period_s
                )
            end,
            0.1 * abs(usual), case when is_count then 1.0 else 1e-9 end
        ) as deviation
    from apart
)
select
    account, region, namespace, metric, dimensions, stat, min(usual) as usual,
    max({'deviation': deviation, 'value': value}).value as furthest,
    max(deviation) as deviation,
    count(*) filter (where deviation >= 6) as periods,
    min(starts_at) filter (where deviation >= 6) as first_at,
    regexp_matches(
        lower(metric),
        'error|fault|fail|throttl|5xx|4xx|dead|dropp|reject|timeout|timedout|abort|unhealthy|oldest|iteratorage|restart|redriven'
    ) as is_of_failure
from scaled
group by account, region, namespace, metric, dimensions, stat
having count(*) filter (where deviation >= 6) > 0
