-- Which node fails how often? Silence is not success: invocations of unknown end are counted apart.
-- topic: failures
-- param: least = 1: only nodes with so many invocations
-- node: name of the node
-- kind: X-Ray's type of it
-- invocations: number of invocations, of nodes without records of their own the calls to them
-- failed: that failed, whatever their callers made of it
-- unknown: of which nothing tells how they ended
-- failed_percent: failed, of those whose end is known
select
    node, kind, count(*) as invocations, count(*) filter (status = 'failed') as failed,
    count(*) filter (status = 'unknown') as unknown,
    round(100.0 * count(*) filter (status = 'failed') / nullif(count(*) filter (status <> 'unknown'), 0), 2)
        as failed_percent
from lake.invocation
group by node, kind
having count(*) >= $least::bigint
order by failed_percent desc nulls last, invocations desc, node, kind
