-- Which invocations a chain holds: everything that its root reaches. An invocation belongs to every
-- chain whose message it carried. Cycles are entered once, at their earliest invocation.
-- needs: links.edge lake.invocation
-- scope: case
-- materialize
-- chain: the chain, named by its root's invocation
-- invocation: an invocation of the chain
-- hop: smallest number of edges from the root, 0 at the root
with recursive numbered as materialized (
    -- numbers instead of names, in order of time: walks are long and names are dear
    select invocation, is_virtual and trace_key is null as is_traceless,
        row_number() over (order by coalesce(started_at, 'infinity'), invocation) as number
    from lake.invocation
),
likely as materialized (
    -- more likely than not; whoever has the same trace is of one chain, whoever called it
    select a.number as caller, b.number as callee
    from links.edge as e
    join numbered as a on a.invocation = e.caller
    join numbered as b on b.invocation = e.callee
    where e.caller <> e.callee and (e.confidence >= 0.5 or e.evidence = 'trace_header')
),
-- a message of which nothing tells who sent it, though its consumer's own caller is known: the same way, told twice
loose as (
    select n.number from numbered as n anti join likely as e on e.callee = n.number where n.is_traceless
),
doubled as (
    select e.caller, e.callee
    from likely as e
    semi join loose on loose.number = e.caller
    semi join (
        select callee from likely anti join loose on loose.number = likely.caller
    ) as other on other.callee = e.callee
),
edge as materialized (
    select caller, callee from likely anti join doubled using (caller, callee)
),
entry as materialized (
    select
        n.number, count(e.caller) as callers,
        -- the earliest of a cycle has no earlier caller, and so has a callee whose clock is behind
        coalesce(min(e.caller) > n.number, true) as is_earliest
    from numbered as n
    left join edge as e on e.callee = n.number
    -- and where all its consumers are known, it is no chain of its own
    anti join (
        select caller as number from doubled
        anti join (select caller from edge) as other using (caller)
    ) as told on told.number = n.number
    group by n.number
),
-- Below a head hangs a tree, whose walk needs no memory of where it was: an invocation with one caller
-- is entered once. What has several callers is a head itself, and only between heads a way is
-- remembered, since a walk that remembers all reads all of it again at each step.
head as (
    select number, callers from entry where callers <> 1 or is_earliest
),
branch as materialized (
    select caller, callee from edge anti join head on head.number = edge.callee
),
tree as (
    select number as head, number, 0 as depth from head
    union all
    select t.head, b.callee, t.depth + 1 from tree as t join branch as b on b.caller = t.number
),
joint as materialized (
    select t.head, e.callee as below, min(t.depth) + 1 as hops
    from tree as t
    join edge as e on e.caller = t.number
    semi join head on head.number = e.callee
    group by t.head, e.callee
),
reached (chain, head, hop) using key (chain, head) as (
    select number, number, 0
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
    select number from entry where callers = 0
    union all
    select number from entry
    anti join (
        select r.head as number
        from reached as r
        join entry as c on c.number = r.chain
        where c.callers = 0 or r.chain < r.head
    ) as below using (number)
    where callers > 0 and is_earliest
)
select c.invocation as chain, i.invocation, r.hop + t.depth as hop
from reached as r
semi join root on root.number = r.chain
join tree as t on t.head = r.head
join numbered as c on c.number = r.chain
join numbered as i on i.number = t.number
