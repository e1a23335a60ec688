-- Who is hit when a node fails? All that reach it, directly or through others.
-- topic: chains
-- param: node: name of the node
-- caller_node: node that reaches it
-- hops: smallest number of calls between them
-- calls: number of its own calls on the way, to the next node towards it
with recursive edge as (
    select caller_node, callee_node, count(*) as calls
    from links.edge
    where caller_node <> callee_node
    group by caller_node, callee_node
),
reached (node, hops) as (
    select $node, 0
    union
    select e.caller_node, r.hops + 1
    from reached as r
    join edge as e on e.callee_node = r.node
    where r.hops < 30
),
nearest as (
    select node, min(hops) as hops from reached group by node
)
select n.node as caller_node, n.hops, sum(e.calls::bigint)::bigint as calls
from nearest as n
join edge as e on e.caller_node = n.node
join nearest as t on t.node = e.callee_node and t.hops = n.hops - 1
where n.hops > 0
group by n.node, n.hops
order by n.hops, n.node
