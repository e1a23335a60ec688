-- An invocation that ended well without a step that its node had always taken before when the same caller asked: a
-- call that it did not make, or a message that never reached whom it always had. Calls are seen in traces only, a
-- message also by an id that both sides print. What the case may merely not hold is none: chains in which anything
-- failed, stretches with a gap, consumers that ran without anybody known to have asked, and the last minutes, in
-- which a message may still have been on its way. Whether it means anything is for failures.omitted to say.
-- needs: lake.invocation lake.call links.edge evidence.gap lake.log_hour chains.member
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
with failed as (
    select distinct trace_key from lake.invocation where status = 'failed' and trace_key is not null
),
-- ended well, in a trace where all did
asked as materialized (
    select i.invocation, i.trace_key, i.segment_key, i.node, i.started_at, i.ended_at, coalesce(e.asked_by, '') as asked_by
    from lake.invocation as i
    left join (select callee, min(caller_node) as asked_by from links.edge group by callee) as e on e.callee = i.invocation
    anti join failed as f on f.trace_key = i.trace_key
    where not i.is_virtual and i.status = 'ok' and i.started_at is not null
),
taken as materialized (
    select a.invocation, a.node, a.asked_by, a.started_at, concat_ws(' ', c.callee_node, c.operation) as step,
        c.callee_node, c.kind as callee_kind, false as is_sent, 0::bigint as lag_us
    from (
        select trace_key, segment_key, node as callee_node, operation, min(kind) as kind
        from lake.call group by trace_key, segment_key, node, operation
    ) as c
    join asked as a using (trace_key, segment_key)
    union all
    select a.invocation, a.node, a.asked_by, a.started_at, e.callee_node, e.callee_node, min(b.kind), true,
        max(epoch_us(b.started_at) - epoch_us(a.started_at))::bigint
    from links.edge as e
    join asked as a on a.invocation = e.caller
    join lake.invocation as b on b.invocation = e.callee
    -- who starts an execution hands it a message, though it is drawn as a call
    where e.kind = 'link' or b.kind = 'AWS::StepFunctions::StateMachine'
    group by a.invocation, a.node, a.asked_by, a.started_at, e.callee_node
),
-- by whole minutes, since most steps are optional, and were left out before twenty had taken them
minute as (
    select node, asked_by, time_bucket(interval 1 minute, started_at) as minute, count(*) as asked from asked group by all
),
habit_of_minute as (
    select node, asked_by, step, is_sent, time_bucket(interval 1 minute, started_at) as minute, count(*) as taken,
        min(callee_node) as callee_node, min(callee_kind) as callee_kind, max(lag_us) as lag_us
    from taken group by all
),
step as (
    select node, asked_by, step, is_sent, min(callee_node) as callee_node, min(callee_kind) as callee_kind,
        max(lag_us) as lag_us
    from habit_of_minute as h
    join (
        select h.node, h.asked_by, h.step, h.is_sent, min(m.minute) as first_minute
        from (select distinct node, asked_by, step, is_sent from habit_of_minute) as h
        join minute as m using (node, asked_by)
        left join habit_of_minute as t using (node, asked_by, step, is_sent, minute)
        where coalesce(t.taken, 0) < m.asked
        group by h.node, h.asked_by, h.step, h.is_sent
    ) as gap using (node, asked_by, step, is_sent)
    group by node, asked_by, step, is_sent
    having sum(taken::bigint) filter (where minute < first_minute) >= 20
),
ended as (select max(started_at) as at from lake.invocation),
course as (
    select a.*, s.step, s.is_sent, s.callee_node, s.callee_kind, s.lag_us, t.invocation is null as is_missing
    from step as s
    join asked as a using (node, asked_by)
    left join taken as t on t.invocation = a.invocation and t.step = s.step and t.is_sent = s.is_sent
    cross join ended
    where a.started_at + to_microseconds(s.lag_us) + interval 1 minute < ended.at
        -- calls are seen in traces only, a message also by an id that both sides print
        and (s.is_sent or a.segment_key is not null)
),
missed as (select * from course where is_missing),
-- what went wrong elsewhere in its chain may be why, and has a verdict of its own
troubled as (
    select distinct m.invocation
    from (select distinct invocation from missed) as m
    join chains.member as mine using (invocation)
    join chains.member as other on other.chain = mine.chain
    join lake.invocation as i on i.invocation = other.invocation
    where i.status = 'failed'
),
-- whose trace holds no call at all was not watched
watched as (select distinct invocation from taken where not is_sent),
orphan as (
    select i.node, i.started_at
    from lake.invocation as i
    semi join (select callee_node from missed) as m on m.callee_node = i.node
    anti join links.edge as e on e.callee = i.invocation
    where not i.is_virtual
),
gap as (
    select try_cast(starts_at as timestamp) as starts_at, try_cast(ends_at as timestamp) as ends_at, null as log_group
    from evidence.gap
    union all
    select hour, hour + interval 1 hour, log_group from lake.log_hour where state = 'short'
),
-- the rest is what the case would show
excused as (
    select m.invocation, m.step, m.is_sent
    from missed as m
    where m.segment_key is not null and not exists (select 1 from watched as w where w.invocation = m.invocation)
        or exists (select 1 from troubled as t where t.invocation = m.invocation)
        or exists (
            select 1 from orphan as o where o.node = m.callee_node
                and o.started_at between m.started_at and m.started_at + to_microseconds(m.lag_us + 1000000))
        or exists (
            select 1 from gap as g where m.started_at between g.starts_at and g.ends_at
                and coalesce(contains(g.log_group, m.callee_node), true))
),
numbered as (
    select c.*, row_number() over (
        partition by node, asked_by, step, is_sent order by started_at, invocation) as number
    from course as c
    anti join excused as x on x.invocation = c.invocation and x.step = c.step and x.is_sent = c.is_sent
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
