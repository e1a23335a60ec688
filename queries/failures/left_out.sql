-- An invocation that ended well without a step that its node had always taken before when the same caller asked: a
-- call that it did not make, or a message that never reached whom it always had. What the case may merely not hold
-- is none: chains in which anything failed, stretches with a gap, consumers that ran without anybody known to have
-- asked, and the last minutes, in which a message may still have been on its way. Whether it means anything is
-- for failures.omitted to say.
-- needs: lake.invocation lake.call links.edge lake.gap chains.member
-- scope: case
-- materialize
-- invocation: the invocation that did without
-- node: its node
-- asked_by: node that asked it, empty where it is not known
-- step: node and operation that were not called, or the consumer that was not reached
-- callee_node: node that was not called or reached
-- callee_kind: X-Ray's type of that node
-- is_sent: whether a message was lost on its way, and not a call left out
-- failed_at: when the invocation ended, UTC
-- asked: how often the node was asked by that caller in all
-- before: how many in a row took the step before the first that did not
-- missing: how many did not
-- of_asked: out of how many, from the first to the last that did not
-- first_at: start of the first that did not, UTC
-- last_at: start of the last that did not, UTC
-- is_replaced: whether most of those that did not do something that none did before
with asked as (
    select i.invocation, i.node, i.started_at, i.ended_at, i.status, coalesce(min(e.caller_node), '') as asked_by
    from lake.invocation as i
    left join links.edge as e on e.callee = i.invocation
    where not i.is_virtual and i.started_at is not null and i.trace_id is not null
    group by all
),
taken as (
    select c.caller as invocation, concat_ws(' ', c.node, c.operation) as step, c.node as callee_node,
        min(c.kind) as callee_kind, false as is_sent, 0::bigint as lag_us
    from lake.call as c
    group by c.caller, c.node, c.operation
    union all
    select e.caller, e.callee_node, e.callee_node, min(b.kind), true,
        max(epoch_us(b.started_at) - epoch_us(a.started_at))::bigint
    from links.edge as e
    join lake.invocation as a on a.invocation = e.caller and not a.is_virtual
    join lake.invocation as b on b.invocation = e.callee
    where e.kind = 'link'
    group by e.caller, e.callee_node
),
step as (
    select a.node, a.asked_by, t.step, t.is_sent, min(t.callee_node) as callee_node,
        min(t.callee_kind) as callee_kind, count(*) as taken, max(t.lag_us) as lag_us
    from taken as t join asked as a using (invocation)
    group by a.node, a.asked_by, t.step, t.is_sent
    having count(*) >= 20
),
ended as (select max(started_at) as at from lake.invocation),
-- optional steps are most of those that are not always taken: they were left out among the first twenty already
course as (
    select a.*, s.step, s.is_sent, s.callee_node, s.callee_kind, s.lag_us, t.invocation is null as is_missing
    from step as s
    join asked as a using (node, asked_by)
    left join taken as t on t.invocation = a.invocation and t.step = s.step and t.is_sent = s.is_sent
    cross join ended
    where a.started_at + to_microseconds(s.lag_us) < ended.at
),
missed as (
    select *, min(started_at) over (partition by node, asked_by, step, is_sent) as first_at
    from course where is_missing and status = 'ok'
),
-- what went wrong in its chain may be why, and has a verdict of its own
troubled as (
    select distinct m.invocation
    from (select distinct invocation from missed) as m
    join chains.member as mine using (invocation)
    join chains.member as other on other.chain = mine.chain
    join lake.invocation as i on i.invocation = other.invocation
    where i.status = 'failed'
),
-- whoever made no call at all was not watched
watched as (select distinct caller as invocation from lake.call),
orphan as (
    select i.node, i.started_at
    from lake.invocation as i
    semi join (select callee_node from missed) as m on m.callee_node = i.node
    anti join links.edge as e on e.callee = i.invocation
    where not i.is_virtual
),
-- the rest is what the case would show
excused as (
    select m.invocation, m.step, m.is_sent
    from missed as m
    where not exists (select 1 from watched as w where w.invocation = m.invocation)
        or exists (select 1 from troubled as t where t.invocation = m.invocation)
        or exists (
            select 1 from orphan as o where o.node = m.callee_node
                and o.started_at between m.started_at and m.started_at + to_microseconds(m.lag_us + 1000000))
        or exists (
            select 1 from lake.gap as g
            where g.starts_at <= m.started_at and g.ends_at >= m.started_at
                and (g.kind <> 'log_hour' or contains(g.what, m.callee_node)))
),
numbered as (
    select c.*, row_number() over (
        partition by node, asked_by, step, is_sent order by started_at, invocation) as number
    from course as c
    anti join excused as x on x.invocation = c.invocation and x.step = c.step and x.is_sent = c.is_sent
    where c.status = 'ok' or not c.is_missing
),
habit as (
    select node, asked_by, step, is_sent, callee_node, count(*) as asked,
        count(*) filter (where is_missing) as missing,
        min(number) filter (where is_missing) - 1 as before,
        max(number) filter (where is_missing) - before as of_asked,
        min(started_at) filter (where is_missing) as first_at,
        max(started_at) filter (where is_missing) as last_at
    from numbered
    group by node, asked_by, step, is_sent, callee_node
    having missing > 0 and before >= 20
),
replaced as (
    select h.node, h.asked_by, h.step
    from habit as h
    join asked as a using (node, asked_by)
    join taken as t on t.invocation = a.invocation and not t.is_sent
    where not h.is_sent
    group by h.node, h.asked_by, h.step, h.first_at, h.missing, t.step
    having min(a.started_at) >= h.first_at and count(*) * 2 >= h.missing
)
select
    n.invocation, n.node, n.asked_by, n.step, n.callee_node, n.callee_kind, n.is_sent,
    coalesce(n.ended_at, n.started_at) as failed_at, h.asked, h.before, h.missing, h.of_asked, h.first_at, h.last_at,
    r.step is not null as is_replaced
from numbered as n
join habit as h using (node, asked_by, step, is_sent)
left join (select distinct node, asked_by, step from replaced) as r
    on r.node = n.node and r.asked_by = n.asked_by and r.step = n.step and not n.is_sent
where n.is_missing
