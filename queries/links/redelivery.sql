-- An invocation that took a message which an earlier invocation of its node had taken before, told by their trace: a
-- message keeps its trace header however often it is handed over, and a queue hands it over again when its
-- visibility time-out is over, not before (SQS developer guide, "Visibility timeout").
-- needs: lake.invocation links.source
-- scope: case
-- materialize
-- invocation: the invocation that took it again
-- node: its node
-- before: the last invocation before it that had it
with queue as (
    select node, max(returns_after_s) as returns_after_s
    from links.source where returns_after_s is not null
    group by node
),
taken as (
    select i.node, i.invocation, i.trace_id, i.started_at, q.returns_after_s
    from lake.invocation as i
    join queue as q using (node)
    where not i.is_virtual and i.trace_id is not null and i.started_at is not null
)
select a.invocation, a.node, b.invocation as before
from taken as a
asof join (
    select node, trace_id, started_at, max(invocation) as invocation from taken group by node, trace_id, started_at
) as b
    on b.node = a.node and b.trace_id = a.trace_id and a.started_at - to_seconds(a.returns_after_s) >= b.started_at
