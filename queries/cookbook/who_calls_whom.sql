-- Who calls whom, how often, how well, and what proves it? The map of services as a table.
-- topic: chains
-- caller_node: who calls
-- callee_node: who is called
-- kind: call (the caller waits) or link (handed over)
-- evidence: what proves it
-- calls: number of edges
-- failed: whose callee failed
select
    e.caller_node, e.callee_node, e.kind, e.evidence, count(*) as calls,
    count(*) filter (i.status = 'failed') as failed
from links.edge as e
join lake.invocation as i on i.invocation = e.callee
group by e.caller_node, e.callee_node, e.kind, e.evidence
order by e.caller_node, e.callee_node, e.kind, e.evidence
