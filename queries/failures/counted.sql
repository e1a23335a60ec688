-- What only metrics count: errors, refusals and losses beyond those that any record of the case shows, per node
-- and metric. None of it is a failure of failures.failure: no record tells whose request it was, or whether a
-- retry mended it. What records show near a period is taken off it, so the number is a least one.
-- needs: failures.rise lake.metric lake.invocation lake.change lake.delivery_log links.delivery links.source links.feeder links.wiring failures.member failures.symptom failures.trouble rootcause.verdict
-- scope: case
-- node: what is measured
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- namespace: as in CloudWatch
-- metric: name of the metric
-- what: throttled (refused by a limit) and retried (failed): attempts, not requests; failed, server_error, refused (4xx, in a
--   stretch that stands out), given_up (events and messages), letters (more in a dead-letter queue), short (periods with fewer
--   tasks than wanted)
-- counted: by the metric, in the periods in which it is beyond what records show
-- unseen: how much of that is beyond it
-- first_at: start of the first of these periods, UTC
-- last_at: end of the last of them, UTC
with shown as (
    select
        node, date_trunc('minute', coalesce(started_at, ended_at, event_time)) as minute,
        count(*) filter (is_throttle or http_status = 429) as throttled,
        count(*) filter (status = 'failed' or http_status >= 500) as failed,
        count(*) filter (http_status between 400 and 499) as refused
    from lake.invocation
    where status = 'failed' or is_throttle or http_status >= 400
    group by all
    union all
    -- that it was throttled may stand in the record of who called it
    select origin_node, date_trunc('minute', failed_at), count(*), 0, 0
    from rootcause.verdict where category in ('throttled', 'concurrency_limit')
    group by all
),
-- who keeps no records is spoken for by whatever failed at that time
elsewhere as (
    select date_trunc('minute', failed_at) as minute, count(*) as n from failures.symptom group by minute
),
-- messages may be given up long after what made them fail; who failed over one accounts for all of its batch
consumer as (
    select node, unnest([source, dead_letter, node]) as about from links.source
    union select d.consumer_node, unnest([d.source, d.dead_letter]) from links.delivery as d
    union select f.callee_node, unnest([f.source, w.target])
    from links.feeder as f left join links.wiring as w on w.source = f.source and w.how = 'dead_letter'
),
accounted as (
    select c.about as node
    from consumer as c
    where c.about is not null and (c.node in (select i.node from failures.member as m join lake.invocation as i using (invocation)
                     where i.status = 'failed')
        or c.node in (select i.node from failures.symptom as s join lake.invocation as i using (invocation)))
    union select node from lake.delivery_log where status in ('failed', 'dead_lettered') and node is not null
),
near as (
    select
        r.*,
        coalesce(sum((case r.what
            when 'throttled' then s.throttled when 'refused' then s.refused else s.failed end)::bigint), 0) as own
    from failures.rise as r
    left join shown as s on s.node = r.node
        and s.minute between r.starts_at - to_seconds(r.period_s) and r.starts_at + to_seconds(2 * r.period_s)
    group by all
),
held as (
    select
        n.node, n.kind, n.namespace, n.metric, n.what, n.starts_at, n.period_s, n.value,
        n.own + coalesce(sum(e.n::bigint), 0) as shown
    from near as n
    left join elsewhere as e
        on (n.what = 'retried' or n.what <> 'refused' and n.node not in (select node from lake.invocation))
        and e.minute between n.starts_at - to_seconds(n.period_s) and n.starts_at + to_seconds(2 * n.period_s)
    where n.what not in ('given_up', 'retried') or n.node not in (select node from accounted)
    group by n.node, n.kind, n.namespace, n.metric, n.what, n.starts_at, n.period_s, n.value, n.own
),
letters as (
    select
        m.node, min(m.kind) as kind, max(m.value) - min({'at': m.starts_at, 'value': m.value}).value as more,
        min(m.starts_at) filter (where m.value > 0) as first_at,
        max(m.starts_at + to_seconds(m.period_s)) as last_at
    from lake.metric as m
    where m.namespace = 'AWS/SQS' and m.metric = 'ApproximateNumberOfMessagesVisible' and m.stat = 'Maximum'
        and m.node in (select target from links.wiring where how = 'dead_letter')
        and m.node not in (select node from accounted)
    group by m.node
),
wanted as (
    select
        node, kind, namespace, starts_at, period_s,
        max(value) filter (where metric = 'RunningTaskCount' and stat = 'Maximum') as running,
        min(value) filter (where metric = 'DesiredTaskCount' and stat = 'Minimum') as desired
    from lake.metric
    where metric in ('RunningTaskCount', 'DesiredTaskCount') and is_whole and node is not null
        and node not in (select node from failures.trouble)
    group by node, kind, namespace, starts_at, period_s
)
select
    node, kind, namespace, metric, what, sum(value::decimal(28, 3))::bigint as counted, sum((value - shown)::decimal(28, 3))::bigint as unseen,
    min(starts_at) as first_at, max(starts_at + to_seconds(period_s)) as last_at
from held
where case when what in ('throttled', 'retried') then shown = 0 else value > shown end
group by node, kind, namespace, metric, what
union all
select
    node, kind, 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'letters', more::bigint, more::bigint, first_at, last_at
from letters
where more > 0
union all
select
    w.node, w.kind, w.namespace, 'RunningTaskCount', 'short', count(*), count(*), min(w.starts_at),
    max(w.starts_at + to_seconds(w.period_s))
from wanted as w
where w.running < w.desired
    -- a deployment may stop some before it starts others
    and not exists (
        select 1 from lake.change as c
        where c.node = w.node and c.occurred_at between w.starts_at - interval 1 hour and w.starts_at
    )
group by w.node, w.kind, w.namespace
