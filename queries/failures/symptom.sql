-- Where a failing chain shows it: the topmost failure that nothing above it explains or handles,
-- once per chain, each message that was given up though its consumer ended well, loops, and each step that was left
-- out. The chain's other bad endings are roles in it; a later attempt at what had failed before is no failure of its own.
-- needs: chains.member chains.ending lake.invocation links.edge failures.above failures.repeat failures.mended failures.partial failures.loop failures.omitted
-- scope: case
-- materialize
-- failure: id of the failure
-- chain: chain that failed
-- invocation: the invocation in which it shows
-- failed_at: end of that invocation (its start where no end is known), UTC
-- message: id of the message that was given up, null where the invocation itself failed
with surfaced as (
    select
        m.chain, m.invocation, m.hop, i.node, i.request_id, i.attempt, i.is_virtual, i.started_at,
        coalesce(i.ended_at, i.event_time, i.started_at) as failed_at
    from chains.member as m
    join chains.ending as e using (invocation)
    join lake.invocation as i using (invocation)
    -- the root of a cycle has a caller below itself, and shows its failure all the same
    where e.outcome = 'surfaced' or e.outcome = 'propagated' and m.hop = 0
),
-- a topic or bus whose sender is not known begins no chain of its own where another chain holds the same
carried as (
    select s.chain, s.invocation
    from surfaced as s
    join lake.invocation as r on r.invocation = s.chain and r.is_virtual
    where exists (
        select 1 from surfaced as o
        join lake.invocation as q on q.invocation = o.chain and not q.is_virtual
        where o.invocation = s.invocation and o.chain <> s.chain
    )
),
-- a message of its own began it: where a chain sends several, each may fail for itself
handed as (
    select
        s.chain, s.invocation,
        -- one call that sent many tells them apart as little as it tells their attempts
        min(case when coalesce(suffix(c.operation, 'Batch'), false) then s.invocation else e.caller end) as message
    from surfaced as s
    join links.edge as e on e.callee = s.invocation and e.kind = 'link'
    join chains.member as m on m.chain = s.chain and m.invocation = e.caller
    join lake.invocation as c on c.invocation = e.caller
    where s.hop > 0
    group by s.chain, s.invocation
),
top as (
    select s.*, h.message
    from surfaced as s
    left join handed as h on h.chain = s.chain and h.invocation = s.invocation
    anti join carried as c on c.chain = s.chain and c.invocation = s.invocation
    anti join failures.above as a on a.invocation = s.invocation
    anti join failures.repeat as r on r.invocation = s.invocation
    anti join failures.mended as w on w.invocation = s.invocation
    qualify
        row_number() over (
            -- one event that goes to several consumers is a message to each
            partition by s.chain, h.message, case when h.message is not null then s.node end
            order by s.hop, s.started_at nulls last, s.invocation
        ) = 1
)
select
    'f-' || left(md5(chain || ' ' || invocation), 12) as failure, chain, invocation, failed_at,
    null::varchar as message
from top
union all
select
    'f-' || left(md5(p.chain || ' ' || p.invocation || ' ' || p.message), 12), p.chain, p.invocation,
    coalesce(i.ended_at, p.event_time), p.message
from failures.partial as p
join lake.invocation as i using (invocation)
union all
select
    'f-' || left(md5(l.chain || ' ' || l.invocation || ' loop'), 12), l.chain, l.invocation,
    coalesce(i.ended_at, i.started_at), null
from failures.loop as l
join lake.invocation as i using (invocation)
-- where that turn failed of itself, that is the failure
where i.status <> 'failed'
union all
select
    'f-' || left(md5(m.chain || ' ' || o.invocation || ' without ' || o.step), 12), m.chain, o.invocation, o.failed_at, null
from failures.omitted as o
join chains.member as m using (invocation)
