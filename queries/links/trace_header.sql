-- Edges that the trace id in a door's log proves: the door (load balancer, gateway) has no segment of its own, and
-- the trace that its request names begins while it is open. One request is handed on to one service: the innermost
-- door calls the first root. And whoever called the door in that trace: a call to a host name that was open when
-- the door's request began, and no other was.
-- needs: lake.served_invocation lake.segment_invocation lake.span lake.virtual_invocation lake.call
-- scope: case
-- caller: the door's invocation; or the (virtual) one of the call to a host name
-- callee: the root of the trace; or the door's invocation
-- kind: call
-- candidates: how many requests at doors were open when the root began and name its trace; of a door 1
with door as (
    -- the callee of a door with a segment hangs on that by its parent id
    select invocation, node, trace_id, trace_key, started_at, ended_at
    from lake.served_invocation
    where told_by = 'door' and traced is null and trace_key is not null
),
document as (
    select i.invocation, s.node, s.trace_id, s.trace_key, s.span_key, s.parent_key, s.started_at
    from lake.span as s
    join lake.segment_invocation as i on i.trace_key = s.trace_key and i.segment_key = s.segment_key
    semi join door on door.trace_key = s.trace_key
    where s.ordinal = 0 and not s.inferred and i.part <> 'subsegment'
),
root as (
    -- whose parent is not in the case begins a trace as well, and counts less than one that has none
    select d.*, d.parent_key is not null as is_orphan
    from document as d
    anti join lake.span as p
        on p.trace_key = d.trace_key and p.span_key = d.parent_key and p.span_key <> d.span_key
),
open_ as (
    select
        d.invocation as caller, d.started_at as caller_at, r.invocation as callee, r.started_at as callee_at,
        r.is_orphan, count(*) over (partition by r.invocation) as candidates,
        row_number() over (
            partition by r.invocation order by d.started_at desc, d.ended_at, d.invocation
        ) as door_place
    from door as d
    -- doors print milliseconds, and round
    join root as r on r.trace_key = d.trace_key and r.trace_id = d.trace_id and r.node <> d.node
        and r.started_at between d.started_at - interval 1 millisecond and d.ended_at + interval 1 millisecond
),
asked as (
    select
        v.invocation as caller, d.invocation as callee, count(*) over (partition by d.invocation) as calls,
        count(*) over (partition by v.invocation) as doors
    from door as d
    join lake.call as c on c.trace_key = d.trace_key and c.answered is null
        and d.started_at between c.started_at - interval 1 millisecond and c.ended_at + interval 1 millisecond
    join lake.virtual_invocation as v on v.trace_key = c.trace_key and v.call_key = c.span_key
        and v.trace_id = d.trace_id and v.kind = 'remote'
)
select caller, callee, 'call' as kind, 1 as candidates
from asked where calls = 1 and doors = 1
union all
select caller, callee, 'call', candidates
from (
    select *, row_number() over (partition by caller order by is_orphan, callee_at, callee) as place
    from open_ where door_place = 1
)
where place = 1
