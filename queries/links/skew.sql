-- Nodes whose clock is off, told by what cannot be: a callee that began before the call to it did, or after the
-- answer had come. Measured against the clocks of their callers, where nearly all calls agree. A node that only
-- lines tell of counts too, if by an id in common it lies the same seconds before the calls of one caller to one
-- host, more evenly than those calls last.
-- needs: links.proof links.reach links.source links.mention lake.invocation lake.call
-- scope: case
-- materialize
-- node: node whose clock is off
-- against: node of the callers, whose clock it is measured by
-- offset_ms: how much it is ahead (behind, where it is negative), milliseconds
-- spread_ms: how far apart the middle four fifths of the observations lie, milliseconds
-- observations: calls that it was measured at
-- how: trace (a record proves each call) or correlation (an id in common)
with real as (
    select invocation, node, kind, trace_key, epoch_us(started_at) as began, epoch_us(coalesce(ended_at, started_at)) as ended
    from lake.invocation where not is_virtual and started_at is not null
),
asked as (
    select
        trace_key, span_key, caller, node, kind, answered, http_status is not null as has_answer,
        epoch_us(started_at) as began, epoch_us(ended_at) as ended
    from lake.call
    where started_at is not null and ended_at is not null and (kind = 'remote' and answered is null
        -- an execution that is started, and not waited for, begins when it likes
        or kind in ('remote', 'AWS::Lambda::Function') and answered = 'sync')
),
proven as (
    select
        b.node, a.node as against, s.has_answer, b.began - s.began as after_start, b.began - s.ended as after_end,
        ((b.began + b.ended) - (s.began + s.ended)) // 2 as off, 'trace' as how
    from links.proof as p
    join asked as s on s.trace_key = p.trace_key and s.span_key = p.call_key
    join real as a on a.invocation = p.caller
    join real as b on b.invocation = p.callee
    where p.kind = 'call' and s.answered = 'sync' and a.node <> b.node
),
-- nobody's record proves who called them, and no carrier feeds them
loose as (
    select invocation, node, began, ended
    from real
    anti join (select distinct callee_node from links.reach) as r on r.callee_node = real.node
    anti join links.source as f on f.node = real.node
    where trace_key is null and kind in ('AWS::ECS::Container', 'AWS::EKS::Container')
),
shared as (
    select m.value, min(l.invocation) as invocation, l.node
    from links.mention as m join loose as l on l.invocation = m.invocation
    group by m.value, l.node having count(distinct m.invocation) = 1
),
host_call as (
    -- of each caller the only call to that host
    select caller, node as host, min(began) as began, min(ended) as ended, bool_and(has_answer) as has_answer
    from asked
    where kind = 'remote' and answered is null
    group by caller, node having count(*) = 1
),
pair as (
    select distinct l.invocation, l.node, l.began, l.ended, h.caller, h.host, h.began as call_began, h.ended as call_ended
    from shared as s
    join loose as l on l.invocation = s.invocation
    join links.mention as m on m.value = s.value
    join host_call as h on h.caller = m.invocation and h.has_answer
),
common as (
    select
        p.node, a.node as against, p.host, p.began - p.call_began as after_start, p.ended - p.call_ended as end_after_end,
        ((p.began + p.ended) - (p.call_began + p.call_ended)) // 2 as off
    from pair as p
    join real as a on a.invocation = p.caller
    where a.node <> p.node
),
found as (
    select
        node, against, how, count(*) as observations, quantile_disc(off, 0.5) as off,
        quantile_disc(off, 0.9) - quantile_disc(off, 0.1) as spread
    from proven
    group by node, against, how
    having count(*) >= 5 and (quantile_disc(after_start, 0.95) < -1000
        or bool_and(has_answer) and quantile_disc(after_end, 0.05) > 1000)
    union all
    select
        node, against, 'correlation', count(*), quantile_disc(off, 0.5),
        quantile_disc(off, 0.9) - quantile_disc(off, 0.1)
    from common
    group by node, against, host
    having count(*) >= 5 and abs(quantile_disc(off, 0.5)) >= 1000000
        -- one offset that puts nearly all of them within their calls
        and quantile_disc(end_after_end, 0.9) <= quantile_disc(after_start, 0.1) + 2000
),
-- each by the caller that tells it most evenly; whose caller's clock is off is measured by another
best as (
    select f.node, min({
        'is_off': other.node is not null, 'rank': case f.how when 'trace' then 0 else 1 end, 'spread': f.spread,
        'fewer': -f.observations, 'against': f.against, 'off': f.off, 'how': f.how
    }) as top
    from found as f
    left join (select distinct node from found) as other on other.node = f.against
    group by f.node
)
select
    node, top.against as against, (top.off * 0.001)::decimal(18, 3) as offset_ms,
    (top.spread * 0.001)::decimal(18, 3) as spread_ms, -top.fewer as observations, top.how as how
from best
