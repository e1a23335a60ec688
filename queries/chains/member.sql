-- Which invocations a chain holds: everything that its root reaches. An invocation belongs to every
-- chain whose message it carried. Cycles are entered once, at their earliest invocation.
-- needs: links.edge lake.invocation
-- scope: case
-- materialize
-- chain: the chain, named by its root's invocation
-- invocation: an invocation of the chain
-- hop: smallest number of edges from the root, 0 at the root
with recursive joined as (
    select caller as invocation from links.edge union select callee from links.edge
),
root as (
    select invocation from joined
    anti join (select distinct callee as invocation from links.edge) as called using (invocation)
),
below (chain, invocation, hop) using key (chain, invocation) as (
    select invocation, invocation, 0 from root
    union
    select b.chain, e.callee, b.hop + 1
    from below as b
    join links.edge as e on e.caller = b.invocation
    left join recurring.below as seen on seen.chain = b.chain and seen.invocation = e.callee
    where seen.invocation is null
),
-- nothing above it but itself: the earliest of each trace is taken as the root
circular as (
    select i.invocation, i.trace_id, i.started_at
    from lake.invocation as i
    semi join joined using (invocation)
    anti join (select distinct invocation from below) as reached using (invocation)
),
circle_root as (
    select invocation
    from circular
    qualify row_number() over (
        partition by trace_id order by started_at nulls last, invocation
    ) = 1
),
around (chain, invocation, hop) using key (chain, invocation) as (
    select invocation, invocation, 0 from circle_root
    union
    select b.chain, e.callee, b.hop + 1
    from around as b
    join links.edge as e on e.caller = b.invocation
    left join recurring.around as seen on seen.chain = b.chain and seen.invocation = e.callee
    where seen.invocation is null
),
connected as (
    select chain, invocation, hop from below
    union all
    select chain, invocation, hop from around
)
select chain, invocation, hop from connected
union all
select invocation as chain, invocation, 0 as hop
from lake.invocation
anti join (select distinct invocation from connected) as reached using (invocation)
