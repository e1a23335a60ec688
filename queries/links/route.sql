-- Which node calls or feeds which, as far as records prove it.
-- needs: links.reach
-- scope: case
-- materialize
-- caller_node: node that calls or sends
-- callee_node: node that is called or receives
-- kind: call, or link
-- pairs: number of pairs of invocations that prove it
select caller_node, callee_node, kind, count(*) as pairs
from links.reach
group by caller_node, callee_node, kind
