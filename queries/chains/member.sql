-- Which invocations a chain holds: everything that its root reaches. An invocation belongs to every
-- chain whose message it carried. Cycles are entered once, at their earliest invocation.
-- needs: links.edge lake.invocation
-- scope: case
-- materialize
-- chain: the chain, named by its root's invocation
-- invocation: an invocation of the chain
-- hop: smallest number of edges from the root, 0 at the root
with recursive likely as (
    -- more likely than not; whoever has the same trace is of one chain, whoever called it
    select caller, callee from links.edge
    where caller <> callee and (confidence >= 0.5 or evidence = 'trace_header')
),
-- a message of which nothing tells who sent it, though its consumer's own caller is known: the same way, told twice
loose as (
    select i.invocation
    from lake.invocation as i
    anti join likely as e on e.callee = i.invocation
    where i.is_virtual and i.trace_key is null
),
doubled as (
    select e.caller, e.callee
    from likely as e
    semi join loose on loose.invocation = e.caller
    semi join (
        select callee from likely anti join loose on loose.invocation = likely.caller
    ) as other on other.callee = e.callee
),
edge as (
    select caller, callee from likely anti join doubled using (caller, callee)
),
entry as (
    select
        i.invocation, i.started_at,
        count(e.caller) as callers,
        -- the earliest of a cycle has no earlier caller, and so has a callee whose clock is behind
        coalesce(bool_and(
            (coalesce(c.started_at, 'infinity'), e.caller) > (coalesce(i.started_at, 'infinity'), i.invocation)
        ), true) as is_earliest
    from lake.invocation as i
    left join edge as e on e.callee = i.invocation
    left join lake.invocation as c on c.invocation = e.caller
    -- and where all its consumers are known, it is no chain of its own
    anti join (
        select caller as invocation from doubled
        anti join (select caller from edge) as other using (caller)
    ) as told on told.invocation = i.invocation
    group by i.invocation, i.started_at
),
-- Below a head hangs a tree, whose walk needs no memory of where it was: an invocation with one caller
-- is entered once. What has several callers is a head itself, and only between heads a way is
-- remembered, since a walk that remembers all reads all of it again at each step.
head as (
    select invocation, started_at, callers from entry where callers <> 1 or is_earliest
),
branch as materialized (
    select caller, callee from edge anti join head on head.invocation = edge.callee
),
tree as (
    select invocation as head, invocation, 0 as depth from head
    union all
    select t.head, b.callee, t.depth + 1 from tree as t join branch as b on b.caller = t.invocation
),
joint as materialized (
    select t.head, e.callee as below, min(t.depth) + 1 as hops
    from tree as t
    join edge as e on e.caller = t.invocation
    semi join head on head.invocation = e.callee
    group by t.head, e.callee
),
reached (chain, head, hop) using key (chain, head) as (
    select invocation, invocation, 0
    from (select * from entry where callers = 0 or is_earliest)
    union
    select r.chain, j.below, min(r.hop + j.hops)
    from reached as r
    join joint as j on j.head = r.head
    left join recurring.reached as seen on seen.chain = r.chain and seen.head = j.below
    where seen.hop is null or r.hop + j.hops < seen.hop
    group by r.chain, j.below
),
-- an earliest one is a root only where no other root reaches it
root as (
    select invocation from entry where callers = 0
    union all
    select invocation from entry
    anti join (
        select r.head as invocation
        from reached as r
        join entry as c on c.invocation = r.chain
        join entry as h on h.invocation = r.head
        where c.callers = 0
            or (coalesce(c.started_at, 'infinity'), c.invocation) < (coalesce(h.started_at, 'infinity'), h.invocation)
    ) as below using (invocation)
    where callers > 0 and is_earliest
)
select r.chain, t.invocation, r.hop + t.depth as hop
from reached as r
semi join root on root.invocation = r.chain
join tree as t on t.head = r.head
