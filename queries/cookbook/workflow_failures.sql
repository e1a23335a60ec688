-- In which state do workflows fail, with which error?
-- topic: failures
-- node: state machine
-- state_name: state that was entered last on the way to it, null of the execution as a whole
-- type: what happened, such as TaskFailed
-- error: error name
-- events: how often
-- executions: in how many executions
-- first_at: UTC
-- cause: one of the causes
-- execution_arn: one of the executions
with recursive way (execution_arn, number, previous_number, state_name, steps) as (
    select execution_arn, number, previous_number, state_name, 0
    from lake.workflow_event
    where is_failure
    union all
    -- a failure names no state: back along the events to the one that entered it
    select w.execution_arn, w.number, e.previous_number, e.state_name, w.steps + 1
    from way as w
    join lake.workflow_event as e on e.execution_arn = w.execution_arn and e.number = w.previous_number
    where w.state_name is null and w.steps < 50
),
state as (
    select execution_arn, number, max(state_name) as state_name from way group by execution_arn, number
)
select
    f.node, case when f.type not like 'Execution%' then s.state_name end as state_name, f.type, f.error,
    count(*) as events, count(distinct f.execution_arn) as executions, min(f.occurred_at) as first_at,
    min(coalesce(f.cause_message, f.cause)) as cause, min(f.execution_arn) as execution_arn
from lake.workflow_event as f
join state as s on s.execution_arn = f.execution_arn and s.number = f.number
where f.is_failure
group by f.node, case when f.type not like 'Execution%' then s.state_name end, f.type, f.error
order by events desc, f.node, state_name, f.type, f.error
