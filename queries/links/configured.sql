-- Edges that nothing but the configuration and the times suggest, of invocations that no record and no common id ties to
-- a caller: of the nodes that are configured to call or to feed theirs, the invocation that began last before it. One best
-- caller for each; with how many others it could have been. Never exact, and an edge of links.edge only where it is more
-- likely than not (links.share).
-- needs: links.proof links.correlated links.presumed links.resolved links.reach links.integration links.feeder lake.invocation lake.call
-- scope: case
-- materialize
-- caller: the invocation that may have called or sent
-- callee: the invocation that was called, or received
-- kind: call (the caller was still waiting) or link
-- candidates: how many invocations of the nodes that can have called it were there at the time, this one included
with way as (
    select caller as caller_node, callee as callee_node, 'call' as kind, null::varchar as source from links.integration
    union
    select caller_node, callee_node, 'link', source from links.feeder where not is_guess
),
tied as (
    select caller, callee from links.reach
    union select caller, callee from links.correlated
    union select caller, callee from links.presumed
),
real as (
    select invocation, node, trace_key, started_at, coalesce(ended_at, started_at) as ended_at
    from lake.invocation where not is_virtual and started_at is not null
),
orphan as (
    select r.invocation, r.node, r.started_at
    from real as r
    semi join way on way.callee_node = r.node
    anti join (
        select callee from links.proof union select callee from links.correlated union select callee from links.presumed
        union select callee from links.resolved
    ) as known on known.callee = r.invocation
),
-- what one did for another node is done, and whose trace tells what it called has not called whom it does not name
done as (
    select t.caller, i.node from tied as t join lake.invocation as i on i.invocation = t.callee
),
traced as (
    select distinct caller, node from lake.call
),
open_ as (
    select w.*, r.invocation, r.started_at, r.ended_at
    from way as w
    join real as r on r.node = w.caller_node
    anti join done as d on d.caller = r.invocation and d.node = w.callee_node
    left join traced as t on t.caller = r.invocation and t.node = coalesce(w.source, w.callee_node)
    where r.trace_key is null or t.caller is not null
),
began as (
    select *, row_number() over (partition by caller_node, callee_node, kind order by started_at, invocation) as number
    from open_
),
ended as (
    select caller_node, callee_node, kind, ended_at,
        row_number() over (partition by caller_node, callee_node, kind order by ended_at, invocation) as number
    from open_
),
asked as (
    select w.*, o.invocation as callee, o.started_at, o.started_at - interval 10 second as earliest
    from orphan as o
    join way as w on w.callee_node = o.node
),
-- who began last before it; how many began in the ten seconds before, or were still waiting
near as (
    select a.*, b.invocation as caller, b.started_at as caller_at, b.ended_at as caller_until, b.number
    from asked as a
    asof join began as b on b.caller_node = a.caller_node and b.callee_node = a.callee_node and b.kind = a.kind
        and a.started_at >= b.started_at
),
counted as (
    select n.*, n.number - coalesce(case n.kind when 'call' then e.number else b.number end, 0) as others
    from near as n
    asof left join began as b on b.caller_node = n.caller_node and b.callee_node = n.callee_node and b.kind = n.kind
        and n.earliest > b.started_at
    asof left join ended as e on e.caller_node = n.caller_node and e.callee_node = n.callee_node and e.kind = n.kind
        and n.started_at > e.ended_at
    where case n.kind when 'call' then n.caller_until >= n.started_at else n.caller_at >= n.earliest end
),
best as (
    select *, sum(others) over (partition by callee) as candidates,
        row_number() over (partition by callee order by caller_at desc, kind, caller) as place
    from counted
)
select caller, callee, kind, candidates::bigint as candidates
from best
where place = 1
-- one call or message of an invocation has one who takes it: the first that came
qualify row_number() over (partition by caller, callee_node order by started_at, callee) = 1
