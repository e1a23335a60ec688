-- One attempt at a job that a state machine ran and waited for (Step Functions developer guide, "Run a Job (.sync)"): a
-- task of ECS, a job of Batch or a run of Glue, as the history of its execution tells it, whatever other records of it
-- there are. A job that never started leaves none. Not of executions that are traced: their traces tell of the same call.
-- needs: lake.workflow_event lake.served_invocation
-- scope: case
-- invocation: ARN of the execution, # and the number of the event by which the attempt was scheduled
-- caller: the invocation that is the execution
-- node: task definition's family, job definition or job
-- kind: X-Ray's type of the node
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- started_at: when it was scheduled, UTC
-- ended_at: when the history says that it ended, UTC; null where it does not
-- status: ok, failed or unknown
-- error_type: why the service says that it stopped (`stopCode` of ECS), else the error name
-- error_message: what it says of it
-- task_id: id of the ECS task that it was, null where it never was one
-- event_id: the event that shows how it ended, null where it is from a history
with job as (
    select
        execution_arn, number, account, region, occurred_at, target as node,
        map {'ecs': 'AWS::ECS::Container', 'batch': 'AWS::Batch::JobDefinition', 'glue': 'AWS::Glue::Job'}[resource_type]
            as kind
    from lake.workflow_event
    where type = 'TaskScheduled' and contains(resource, '.sync') and target is not null
        and resource_type in ('ecs', 'batch', 'glue')
),
event as (
    -- exported and pulled, one event may be here twice
    select
        execution_arn, number, min(previous_number) as previous_number, min(type) as type, min(occurred_at) as occurred_at,
        min(coalesce(cause_type, error)) as error_type, min(cause_message) as error_message, min(event_id) as event_id,
        min(task_id) as task_id
    from lake.workflow_event semi join (select execution_arn from job) as j using (execution_arn)
    where type in ('TaskStarted', 'TaskSubmitted', 'TaskSucceeded', 'TaskFailed', 'TaskTimedOut', 'TaskStartFailed',
        'TaskSubmitFailed')
    group by execution_arn, number
),
-- each event follows the one before it: it is started, submitted, and ends
followed as (
    select
        j.execution_arn, j.number,
        case
            when a.type not in ('TaskStarted', 'TaskSubmitted') then a
            when b.type not in ('TaskStarted', 'TaskSubmitted') then b else c
        end as last,
        coalesce(a.task_id, b.task_id, c.task_id) as task_id
    from job as j
    left join event as a on a.execution_arn = j.execution_arn and a.previous_number = j.number
    left join event as b on b.execution_arn = j.execution_arn and b.previous_number = a.number
    left join event as c on c.execution_arn = j.execution_arn and c.previous_number = b.number
)
select
    j.execution_arn || '#' || j.number as invocation, min(s.invocation) as caller, min(j.node) as node,
    min(j.kind) as kind, min(j.account) as account, min(j.region) as region, min(j.occurred_at) as started_at,
    min(f.last.occurred_at) as ended_at,
    min(case when f.last.type = 'TaskSucceeded' then 'ok' when f.last.type is null then 'unknown' else 'failed' end)
        as status,
    min(f.last.error_type) filter (where f.last.type <> 'TaskSucceeded') as error_type,
    min(f.last.error_message) filter (where f.last.type <> 'TaskSucceeded') as error_message,
    min(f.task_id) as task_id, min(f.last.event_id) as event_id
from job as j
join lake.served_invocation as s on s.execution_arn = j.execution_arn and s.traced is null
left join followed as f on f.execution_arn = j.execution_arn and f.number = j.number
group by j.execution_arn, j.number
