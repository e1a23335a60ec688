-- What a failing chain holds: its members, and below them what nothing but its time and its node tie to it.
-- needs: failures.symptom chains.member failures.above
-- scope: case
-- materialize
-- chain: the failing chain
-- invocation: an invocation of it
-- hop: number of edges from the root
-- is_proven: whether every edge on the way is one of the chain
with recursive hit as (
    select distinct chain from failures.symptom
),
grown as (
    select chain, invocation, hop, true as is_proven, 0 as depth
    from chains.member semi join hit using (chain)
    union
    select g.chain, m.invocation, g.hop + 1 + m.hop, false, g.depth + 1
    from grown as g
    join failures.above as a on a.caller = g.invocation and a.outcome = 'failed'
    join chains.member as m on m.chain = a.top
    where g.depth < 12
)
select chain, invocation, min(hop) as hop, bool_or(is_proven) as is_proven
from grown
group by chain, invocation
