-- How many messages does an invocation take at once, and do large batches fail more?
-- topic: messages
-- callee_node: who takes them
-- messages: number of messages that one invocation took
-- invocations: how many took so many
-- failed: of these
-- p99_ms: run time that one in a hundred exceeds, milliseconds
with batch as (
    select callee, callee_node, count(*) as messages
    from links.edge
    where kind = 'link'
    group by callee, callee_node
)
select
    b.callee_node, b.messages, count(*) as invocations, count(*) filter (i.status = 'failed') as failed,
    quantile_disc(i.duration_ms, 0.99) as p99_ms
from batch as b
join lake.invocation as i on i.invocation = b.callee
where not i.is_virtual
group by b.callee_node, b.messages
order by b.callee_node, b.messages
