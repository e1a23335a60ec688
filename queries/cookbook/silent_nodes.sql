-- Which nodes work and log nothing? Nothing of theirs can be read when they fail.
-- topic: coverage
-- node: name of the node
-- kind: X-Ray's type of it
-- invocations: how many
-- failed: of these
select i.node, i.kind, count(*) as invocations, count(*) filter (i.status = 'failed') as failed
from lake.invocation as i
where not i.is_virtual and i.node not in (select node from lake.log_record where node is not null)
group by i.node, i.kind
having count(i.log_group) = 0
order by invocations desc, i.node, i.kind
