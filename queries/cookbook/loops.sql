-- Does a node come up again below itself in one chain? Recursion, or a message that goes in circles.
-- topic: chains
-- param: n = 20: how many rows
-- node: the node
-- chains: chains in which it comes up at more than one depth
-- deepest: largest number of hops between its first and its last occurrence
-- chain: the chain in which that is so
with spread as (
    select m.chain, i.node, max(m.hop) - min(m.hop) as hops
    from chains.member as m
    join lake.invocation as i on i.invocation = m.invocation
    where not i.is_virtual
    group by m.chain, i.node
    having max(m.hop) > min(m.hop)
)
select
    node, count(*) as chains, max(hops) as deepest, max({'hops': hops, 'chain': chain}).chain as chain
from spread
group by node
order by deepest desc, chains desc, node
limit $n
