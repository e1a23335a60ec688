-- A period in which AWS counted what went wrong at a node: how many requests, runs, events or attempts.
-- Refusals (4xx) only in a stretch of at least five periods and ten refusals, six times as dense as the rest
-- of the case: some requests are refused at any time. A step of failures.counted.
-- needs: lake.metric
-- scope: case
-- node: what is measured
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- namespace: as in CloudWatch
-- metric: name of the metric
-- what: as in failures.counted
-- starts_at: start of the period, UTC
-- period_s: its length, seconds
-- value: how many
with meaning(namespace, metric, what) as (
    values
        ('AWS/Lambda', 'Throttles', 'throttled'), ('AWS/States', 'ExecutionThrottled', 'throttled'),
        ('AWS/DynamoDB', 'ReadThrottleEvents', 'throttled'), ('AWS/DynamoDB', 'WriteThrottleEvents', 'throttled'),
        ('AWS/Kinesis', 'ReadProvisionedThroughputExceeded', 'throttled'),
        ('AWS/Kinesis', 'WriteProvisionedThroughputExceeded', 'throttled'),
        ('AWS/Lambda', 'Errors', 'failed'), ('AWS/States', 'ExecutionsFailed', 'failed'),
        ('AWS/States', 'ExecutionsTimedOut', 'failed'), ('AWS/EventBridge/Pipes', 'ExecutionFailed', 'retried'),
        ('AWS/Lambda', 'Url5xxCount', 'server_error'), ('AWS/ApiGateway', '5XXError', 'server_error'),
        ('AWS/ApiGateway', '5xx', 'server_error'), ('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', 'server_error'),
        ('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 'server_error'),
        ('AWS/ApiGateway', '4XXError', 'refused'), ('AWS/ApiGateway', '4xx', 'refused'),
        ('AWS/Lambda', 'Url4xxCount', 'refused'), ('AWS/Lambda', 'AsyncEventsDropped', 'given_up'),
        ('AWS/Events', 'FailedInvocations', 'given_up'), ('AWS/SNS', 'NumberOfNotificationsFailed', 'given_up')
),
-- of a node's own series, else of the largest of its parts; an API's stages stand for the API
part as (
    select
        m.node, m.kind, m.namespace, m.metric, n.what, m.is_whole, m.dimensions,
        sum(m.value::decimal(28, 3)) as total
    from lake.metric as m join meaning as n using (namespace, metric)
    where m.stat = 'Sum' and m.value > 0 and m.node is not null and m.period_s is not null
        and not exists (select 1 from lake.metric as s where starts_with(s.node, m.node || '/') and s.metric = m.metric)
    group by m.node, m.kind, m.namespace, m.metric, n.what, m.is_whole, m.dimensions
),
series as (
    select
        node, kind, namespace, metric, what,
        max({'whole': is_whole, 'total': total, 'dimensions': dimensions}).dimensions as dimensions
    from part
    group by node, kind, namespace, metric, what
),
period as (
    select
        s.node, s.kind, s.namespace, s.metric, s.what, m.starts_at, m.period_s, m.value::decimal(28, 3) as value,
        count(*) filter (where m.value = 0) over (partition by s.node, s.namespace, s.metric order by m.starts_at) as stretch
    from series as s
    join lake.metric as m using (node, namespace, metric, dimensions)
    where m.stat = 'Sum'
),
calm as (
    select node, namespace, metric, sum(value::decimal(28, 3)) as total, count(*) as periods from period group by all
),
burst as (
    select p.node, p.namespace, p.metric, p.stretch
    from (
        select node, namespace, metric, stretch, sum(value::decimal(28, 3)) as total, count(*) as periods
        from period where value > 0 group by all
    ) as p
    join calm as c using (node, namespace, metric)
    where p.periods >= 5 and p.total >= 10
        and p.total * (c.periods - p.periods) >= 6 * (c.total - p.total) * p.periods
)
select p.node, p.kind, p.namespace, p.metric, p.what, p.starts_at, p.period_s, p.value
from period as p
left join burst as b
    on b.node = p.node and b.namespace = p.namespace and b.metric = p.metric and b.stretch = p.stretch
where p.value > 0 and (p.what <> 'refused' or b.stretch is not null)
