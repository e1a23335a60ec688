-- Who was throttled, when, and by whom? As callers saw it: what never ran leaves no log of its own.
-- topic: failures
-- param: node = %: LIKE pattern of the node that refused
-- minute: UTC
-- node: node that refused, as its caller names it
-- caller_node: who had called
-- operation: API operation
-- throttles: calls that were refused
-- calls: all calls of that minute
select
    date_trunc('minute', c.started_at) as minute, c.node, i.node as caller_node, c.operation,
    count(*) filter (c.is_throttle) as throttles, count(*) as calls
from lake.call as c
left join lake.invocation as i on i.invocation = c.caller
where c.node like $node
group by date_trunc('minute', c.started_at), c.node, i.node, c.operation
having count(*) filter (c.is_throttle) > 0
order by minute nulls last, throttles desc, c.node, caller_node, c.operation
