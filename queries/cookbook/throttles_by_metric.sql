-- What was throttled that never ran, and so left no record? Metrics of throttles per minute.
-- topic: failures
-- param: node = %: LIKE pattern of the node
-- minute: UTC
-- node: what throttled, null where it is the account
-- namespace: as in CloudWatch
-- metric: name of the metric
-- throttles: their number
select
    date_trunc('minute', starts_at) as minute, node, namespace, metric,
    sum(value::decimal(28, 3))::bigint as throttles
from lake.metric
where stat = 'Sum' and is_whole and value > 0 and contains(lower(metric), 'throttle')
    and coalesce(node, '') like $node
group by date_trunc('minute', starts_at), node, namespace, metric
order by minute, throttles desc, node, namespace, metric
