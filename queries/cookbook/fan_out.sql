-- Which invocations set off the most others? N+1 calls, storms, runaway fan-out.
-- topic: chains
-- param: n = 20: how many rows
-- caller_node: who calls
-- callee_node: who is called
-- callers: invocations that call it at all
-- calls: number of calls
-- most_per_caller: largest number of calls of one invocation
-- caller: the invocation that made them
with counted as (
    select caller, caller_node, callee_node, count(*) as calls
    from links.edge
    group by caller, caller_node, callee_node
)
select
    caller_node, callee_node, count(*) as callers, sum(calls::bigint)::bigint as calls,
    max(calls) as most_per_caller, max({'calls': calls, 'caller': caller}).caller as caller
from counted
group by caller_node, callee_node
order by most_per_caller desc, calls desc, caller_node, callee_node
limit $n
