-- Edges that the ARN of an execution proves: the caller printed its name or its history names it, or a
-- distributed map of the caller started it: the run that the child's description names (DescribeExecution,
-- `mapRunArn`), else one of its label that was open when it began. And those to the jobs that its history tells of.
-- needs: lake.execution lake.invocation links.mention links.known_id lake.workflow_event lake.served_invocation lake.workflow_invocation lake.workflow_job
-- scope: case
-- materialize
-- caller: the invocation that started it
-- callee: the execution, or the job
-- kind: call, or link where it was only started
-- candidates: how many executions could have started it
with map as (
    select
        split_part(w.map_run_arn, ':', 7) as label, w.map_run_arn, p.invocation as caller,
        min(w.occurred_at) as started_at, p.ended_at
    from lake.workflow_event as w
    join lake.served_invocation as p on p.execution_arn = w.execution_arn
    where w.map_run_arn is not null and w.type = 'MapRunStarted'
    group by w.map_run_arn, p.invocation, p.ended_at
),
child as (
    select c.invocation, w.node || '/' || w.map_label as label, w.started_at, e.map_run_arn
    from lake.workflow_invocation as w
    join lake.served_invocation as c on c.execution_arn = w.execution_arn
    left join lake.execution as e on e.execution_arn = w.execution_arn
    where w.map_label is not null
),
mapped as (
    select m.caller, c.invocation as callee, 'call' as kind,
        count(*) over (partition by c.invocation) as candidates,
        row_number() over (partition by c.invocation order by m.started_at desc, m.caller) as place
    from child as c
    join map as m on m.label = c.label and coalesce(m.map_run_arn = c.map_run_arn,
        c.started_at >= m.started_at and c.started_at <= coalesce(m.ended_at, c.started_at))
)
select caller, callee, kind, candidates from mapped where place = 1
union
select m.invocation, k.invocation, case when callee.ended_at > caller.ended_at then 'link' else 'call' end, 1
from links.mention as m
join links.known_id as k on k.value = m.value and k.what = 'execution'
join lake.invocation as caller on caller.invocation = m.invocation
join lake.invocation as callee on callee.invocation = k.invocation
where caller.invocation <> callee.invocation and caller.started_at <= callee.started_at
union
select p.invocation, c.invocation, 'call', 1
from lake.workflow_event as w
join lake.served_invocation as p on p.execution_arn = w.execution_arn
join lake.served_invocation as c on c.execution_arn = w.child_execution_arn
where p.invocation <> c.invocation
union
select caller, invocation, 'call', 1 from lake.workflow_job
