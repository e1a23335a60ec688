-- One hour of one log group: how much of it was read, what came, and what AWS itself counted. Nothing that AWS
-- returned is lost: where AWS counted more than it returned (late beyond the settling time, deleted, expired, or
-- never there), the hour is short, and lake.gap says so. Only minutes that were read to their end are compared.
-- CloudWatch counts an event when it comes in, so an hour that is short by what the one before has too much of
-- is not: a difference within one in a hundred is not called short. Invocations that were throttled never ran,
-- write nothing, and are not missing.
-- needs: evidence.read_window lake.log_event lake.datapoint lake.metric lake.invocation
-- scope: case
-- materialize
-- account: AWS account id, null where an imported file names none
-- region: AWS region, null where an imported file names none
-- log_group: name of the log group
-- hour: its start, UTC
-- read_s: seconds of it that a pull read to their end, without a filter; 0 of what was imported or only peeked into
-- is_open: events of it may still come, and the next pull reads it again
-- events: events of it that the case holds, by their timestamp
-- incoming: events that CloudWatch counted as they came in, in the minutes that were read; null without that metric
-- received: events that came in in those minutes (exported ones, that name no such time, by their timestamp), of
--   which the case holds the text; null without that metric
-- expected_invocations: invocations that the metric of the functions that write here counted in those minutes
-- invocations: invocations of those minutes that lines of this group tell of; null without that metric
-- throttled: requests to those functions that were throttled in them: they never ran
-- state: not_read; partly (some of the hour); open; short (AWS counted more than it returned); whole (as many as
--   AWS counted); uncounted (read whole, and no metric says how many there should be)
with stretch as (
    select
        account, region, log_group, is_open,
        unnest(generate_series(date_trunc('hour', starts_at), ends_at - interval 1 millisecond, interval 1 hour)) as hour,
        starts_at, ends_at
    from evidence.read_window
), read as (
    select
        account, region, log_group, hour, bool_or(is_open) as is_open,
        cast(sum(cast(
            epoch_ms(least(ends_at, hour + interval 1 hour)) - epoch_ms(greatest(starts_at, hour)) as bigint
        )) // 1000 as bigint) as read_s
    from stretch
    group by account, region, log_group, hour
), held as (
    select account, region, log_group, date_trunc('hour', timestamp) as hour, count(*) as events
    from lake.log_event
    group by all
), arrived as (
    select e.account, e.region, e.log_group, date_trunc('hour', e.came_at) as hour, count(*) as received
    from (
        select account, region, log_group, coalesce(ingestion_time, timestamp) as came_at
        from lake.log_event
    ) as e
    join evidence.read_window as w
        on w.account = e.account and w.region = e.region and w.log_group = e.log_group
        and date_trunc('minute', e.came_at) >= w.starts_at
        and date_trunc('minute', e.came_at) + interval 1 minute <= w.ends_at
    group by all
), counted as (
    select
        d.account, d.region, w.log_group, date_trunc('hour', d.starts_at) as hour,
        cast(sum(cast(round(d.value) as bigint)) as bigint) as incoming
    from lake.datapoint as d
    join evidence.read_window as w
        on w.account = d.account and w.region = d.region
        and w.log_group = json_extract_string(d.dimensions, '$.LogGroupName')
        and d.starts_at >= w.starts_at and d.starts_at + to_seconds(d.period_s) <= w.ends_at
    where d.namespace = 'AWS/Logs' and d.metric = 'IncomingLogEvents' and d.stat = 'Sum'
        and json_keys(d.dimensions) = ['LogGroupName']
    group by all
), writer as (
    select distinct account, region, log_group, node
    from lake.invocation
    where kind = 'AWS::Lambda::Function' and not is_virtual and log_group is not null
), ran as (
    select w.account, w.region, w.log_group, date_trunc('hour', i.started_at) as hour, count(*) as invocations
    from lake.invocation as i
    join evidence.read_window as w
        on w.account = i.account and w.region = i.region and w.log_group = i.log_group
        and date_trunc('minute', i.started_at) >= w.starts_at
        and date_trunc('minute', i.started_at) + interval 1 minute <= w.ends_at
    where i.kind = 'AWS::Lambda::Function' and not i.is_virtual
    group by all
), measured as (
    select
        w.account, w.region, w.log_group, date_trunc('hour', m.starts_at) as hour,
        cast(sum(cast(round(m.value) as bigint)) filter (where m.metric = 'Invocations') as bigint) as expected_invocations,
        cast(sum(cast(round(m.value) as bigint)) filter (where m.metric = 'Throttles') as bigint) as throttled
    from lake.metric as m
    join writer as o on o.account = m.account and o.region = m.region and o.node = m.node
    join evidence.read_window as w
        on w.account = o.account and w.region = o.region and w.log_group = o.log_group
        and m.starts_at >= w.starts_at and m.starts_at + to_seconds(m.period_s) <= w.ends_at
    where m.namespace = 'AWS/Lambda' and m.metric in ('Invocations', 'Throttles') and m.stat = 'Sum' and m.is_whole
    group by all
), known as (
    select account, region, log_group, hour from read
    union
    select account, region, log_group, hour from held
), told as (
    select
        k.account, k.region, k.log_group, k.hour,
        coalesce(r.read_s, 0) as read_s, coalesce(r.is_open, false) as is_open, coalesce(h.events, 0) as events,
        c.incoming, if(c.incoming is null, null, coalesce(a.received, 0)) as received,
        m.expected_invocations, if(m.expected_invocations is null, null, coalesce(n.invocations, 0)) as invocations,
        m.throttled
    from known as k
    left join read as r using (account, region, log_group, hour)
    left join held as h
        on h.account is not distinct from k.account and h.region is not distinct from k.region
        and h.log_group is not distinct from k.log_group and h.hour = k.hour
    left join arrived as a using (account, region, log_group, hour)
    left join counted as c using (account, region, log_group, hour)
    left join measured as m using (account, region, log_group, hour)
    left join ran as n using (account, region, log_group, hour)
)
select
    *,
    case
        when read_s = 0 then 'not_read'
        when is_open then 'open'
        when coalesce(100 * (incoming - received) > incoming, false)
            or coalesce(100 * (expected_invocations - invocations) > expected_invocations, false) then 'short'
        when read_s < 3600 then 'partly'
        when incoming is null and expected_invocations is null then 'uncounted'
        else 'whole'
    end as state
from told
