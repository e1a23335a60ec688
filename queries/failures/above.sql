-- Who was most likely waiting for an invocation that failed, where no record ties it to a caller, or none but such of
-- which nobody tells how they ended: the node at the top is seen or configured to be called by one, and that one ran
-- around it; or the error of that one repeats this
-- one's text, or names its node; or a service that keeps no trace repeats the text in its log while a call to it
-- fails; or who ended well repeats it in a warning. A failure of the caller is then where this one shows; a caller
-- of complete records that ended well has handled it.
-- needs: chains.ending lake.invocation lake.lambda_log lake.log_record links.edge links.route links.integration failures.nested links.alias lake.workflow_event lake.execution_log_entry
-- scope: case
-- materialize
-- invocation: the invocation that failed
-- top: where its known callers come to their end, itself where none is known
-- caller: the invocation around that, one that failed before one that ended well, then the one that fits closest:
--   began shortly before it, and ended shortly after it
-- outcome: failed, or ok of the caller
-- candidates: number of invocations around it of that outcome; where texts tell, and a thousand of a node are alike in
--   a minute, of those that ended within a second of it
with direct as (
    select caller_node, callee_node from links.route where kind = 'call'
    union select node, target from lake.workflow_event where target is not null
    union select node, target_node from lake.execution_log_entry where target_node is not null
),
-- whoever stands between may say nothing of how it ended, who is only configured to call may not have called, and
-- whose failures lie within another's have a way between them that no record tells of
route as (
    select caller_node, callee_node, 1 as hops from direct
    union
    select caller as caller_node, callee as callee_node, 2
    from links.integration as i
    anti join direct as d on d.caller_node = i.caller and d.callee_node = i.callee
    union
    select n.caller_node, n.callee_node, 2
    from failures.nested as n anti join direct as d on d.caller_node = n.caller_node and d.callee_node = n.callee_node
    union
    select a.caller_node, b.callee_node, 2
    from direct as a
    join direct as b on b.caller_node = a.callee_node
    anti join direct as d on d.caller_node = a.caller_node and d.callee_node = b.callee_node
),
orphan as (
    select
        i.invocation, e.top, t.node, t.started_at, coalesce(t.ended_at, t.event_time, t.started_at) as ended_at,
        i.error_message
    from chains.ending as e
    join lake.invocation as i using (invocation)
    join lake.invocation as t on t.invocation = e.top
    where not i.is_virtual and not t.is_virtual and t.started_at is not null
),
called as (
    select o.*, r.caller_node, r.hops from orphan as o join route as r on r.callee_node = o.node and r.caller_node <> o.node
),
-- by the seconds in which it ran, by minutes where it ran for long: what ran at a time is looked up, not compared
caller as (
    select
        *, case when long then 60000 else 1000 end as width,
        unnest(range(
            (epoch_ms(started_at) - 20) // width,
            epoch_ms(least(ended_at, started_at + interval 1 hour)) // width + 1
        )) as moment
    from (
        select
            i.invocation, i.node, i.status, i.started_at,
            coalesce(i.ended_at, i.started_at + interval 15 minute) as ended_at,
            coalesce(i.ended_at > i.started_at + interval 10 second, true) as long
        from lake.invocation as i
        semi join (select distinct caller_node from called) as c on c.caller_node = i.node
        where not i.is_virtual and i.status in ('failed', 'ok')
    )
),
-- whose invocations are known without a trace, all of them are
complete as (
    select distinct node from lake.invocation where not is_virtual and trace_id is null
    union select distinct node from lake.lambda_log
),
around_it as (
    select
        c.invocation, a.invocation as caller, a.status as outcome,
        epoch_us(c.started_at) - epoch_us(a.started_at) + abs(epoch_us(a.ended_at) - epoch_us(c.ended_at)) as slack
    from (select *, unnest([1000, 60000]) as width, epoch_ms(started_at) // width as moment from called) as c
    join caller as a
        on a.node = c.caller_node and a.width = c.width and a.moment = c.moment
        and a.started_at <= c.started_at + interval 20 millisecond
        and a.ended_at >= c.started_at and a.ended_at >= c.ended_at - interval 1 minute
        and a.started_at >= c.started_at - interval 1 hour
    where a.status = 'failed' or c.hops = 1 and a.node in (select node from complete)
),
-- who called one that failed has its text from there, and others that called the same may have it too
explained as (
    select distinct e.caller as invocation
    from links.edge as e
    join lake.invocation as i on i.invocation = e.callee and i.status = 'failed'
),
-- What was thrown says from whom it came. Texts are alike but for their numbers and ids, and few: only what these
-- allow is compared word for word, and by the minute in which it ended.
shaped as (
    select text, regexp_replace(text, '\b[0-9a-f]*\d[0-9a-f]*\b|\b[0-9A-Z]*\d[0-9A-Z]*\b|\d+', '0', 'g') as shape
    from (
        select error_message as text from lake.invocation where status = 'failed'
        union select error_message from orphan
        union select node from orphan
    )
),
thrown as (
    select
        i.invocation, i.node, i.started_at, coalesce(i.ended_at, i.event_time) as ended_at, i.error_message, s.shape,
        unnest([1000, 60000]) as width, epoch_ms(coalesce(i.ended_at, i.event_time)) // width as moment
    from lake.invocation as i
    join shaped as s on s.text = i.error_message
    where i.status = 'failed' and not i.is_virtual
),
heard as (
    select node, shape, moment, count(*) as n from thrown where width = 60000 group by node, shape, moment
),
silent as (
    select
        o.*, coalesce(s.shape, '') as shape, n.shape as name,
        unnest(range((epoch_ms(o.ended_at) - 1000) // 60000, epoch_ms(o.ended_at) // 60000 + 2)) as minute
    from orphan as o
    join shaped as n on n.text = o.node
    left join shaped as s on s.text = o.error_message
),
alike as (
    select
        o.node, o.shape, o.minute, a.node as caller_node, a.shape as caller_shape,
        case when a.n > 1000 then 1000 else 60000 end as width
    from (select distinct node, name, shape, minute from silent) as o
    join heard as a on a.moment = o.minute
    where a.node <> o.node and (o.shape <> '' and contains(a.shape, o.shape) or contains(a.shape, o.name))
),
-- where more than a thousand said so in a minute, only who ended in a second beside its own is looked at: a guess
-- among so many is none, and each held against each grows with the square of the failures
asked as (
    select
        o.* exclude (shape, name), k.caller_node, k.caller_shape, k.width,
        unnest(case
            when k.width = 60000 then [o.minute]
            else list_filter(
                range(epoch_ms(o.ended_at) // 1000 - 1, epoch_ms(o.ended_at) // 1000 + 2),
                lambda second: second // 60 = o.minute
            )
        end) as moment
    from silent as o
    join alike as k on k.node = o.node and k.shape = o.shape and k.minute = o.minute
),
told as (
    select
        o.invocation, a.invocation as caller, 'failed' as outcome,
        epoch_us(o.started_at) - epoch_us(a.started_at) + abs(epoch_us(a.ended_at) - epoch_us(o.ended_at)) as slack
    from asked as o
    join thrown as a
        on a.node = o.caller_node and a.shape = o.caller_shape and a.width = o.width and a.moment = o.moment
        and a.started_at between o.started_at - interval 15 minute and o.started_at + interval 20 millisecond
        and a.ended_at between o.ended_at - interval 1 second and o.ended_at + interval 1 minute
    left join explained as x on x.invocation = a.invocation
    where x.invocation is null and length(o.error_message) >= 12 and contains(a.error_message, o.error_message)
        or length(o.node) >= 4 and contains(a.error_message, o.node)
),
-- a service without records of its requests, which logs the text just before the call to it fails
line as (
    select distinct node, timestamp, message, epoch_ms(timestamp) // 1000 as second
    from lake.log_record where level in ('ERROR', 'FATAL') and node is not null
),
repeated as (
    select o.invocation, o.started_at, o.ended_at, l.node, l.timestamp
    from (
        select *, unnest([0, 1]) + epoch_ms(ended_at) // 1000 as second
        from orphan where length(error_message) >= 12
    ) as o
    join line as l on l.second = o.second and l.timestamp >= o.ended_at
    where l.node <> o.node and contains(l.message, o.error_message)
),
-- a private name begins with the service's (Cloud Map and Kubernetes put it first)
host as (
    select name as host, node from links.alias
    union
    select distinct node, split_part(node, '.', 1) from lake.invocation where kind = 'remote'
),
logged as (
    select r.invocation, c.invocation as caller, 'failed' as outcome,
        epoch_us(r.started_at) - epoch_us(c.started_at) + epoch_us(c.ended_at) - epoch_us(r.ended_at) as slack
    from (select *, unnest([0, 1]) + epoch_ms(timestamp) // 1000 as second from repeated) as r
    join host as h on h.node = r.node
    join (
        select invocation, node, started_at, ended_at, epoch_ms(ended_at) // 1000 as second
        from lake.invocation where kind = 'remote' and is_virtual and status = 'failed'
    ) as c on c.node = h.host and c.second = r.second
    where c.started_at <= r.started_at and c.ended_at >= r.timestamp
),
-- whoever went on without it says so
warned as (
    select o.invocation, a.invocation as caller, 'ok' as outcome,
        epoch_us(o.started_at) - epoch_us(a.started_at) + epoch_us(a.ended_at) - epoch_us(o.ended_at) as slack
    from (
        select *, unnest([0, 1]) + epoch_ms(ended_at) // 1000 as second
        from orphan where length(error_message) >= 12
    ) as o
    join (
        select distinct request_id, timestamp, message, epoch_ms(timestamp) // 1000 as second
        from lake.log_record where level = 'WARN' and request_id is not null
    ) as l on l.second = o.second and l.timestamp >= o.ended_at - interval 5 millisecond
    join lake.invocation as a on a.request_id = l.request_id and a.started_at <= o.started_at + interval 20 millisecond
        and a.ended_at >= l.timestamp
    where a.status = 'ok' and not a.is_virtual and a.node <> o.node and contains(l.message, o.error_message)
),
text as (
    select * from told union all select * from logged union all select * from warned
),
chosen as (
    -- by text where it tells, else by habit
    select * from text
    union all
    select * from around_it anti join (select distinct invocation from text) as t using (invocation)
),
best as (
    select
        c.invocation, c.outcome, min({'slack': c.slack, 'caller': c.caller}).caller as caller, count(*) as candidates
    from chosen as c
    -- whom it called did not call it, though that may have begun before it: an environment starts first
    anti join (
        select caller, callee from links.edge semi join orphan on orphan.invocation = edge.caller
    ) as e on e.caller = c.invocation and e.callee = c.caller
    group by c.invocation, c.outcome
    qualify c.outcome = min(c.outcome) over (partition by c.invocation)
)
select b.invocation, o.top, b.caller, b.outcome, b.candidates
from best as b
join orphan as o using (invocation)
