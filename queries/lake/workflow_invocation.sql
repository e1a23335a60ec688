-- One execution of a state machine as its history tells it.
-- needs: lake.workflow_event
-- scope: case
-- materialize
-- invocation: ARN of the execution
-- node: state machine, also of a distributed map's child
-- map_label: label of the distributed map that it is a child of, null of others
-- kind: X-Ray's type of the node
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- execution_arn: ARN of the execution
-- execution: its name, the last part of the ARN
-- log_group: log group of its history
-- log_stream: log stream of its history
-- event_id: the event that shows how it ended, else the first
-- event_time: its time, UTC
-- started_at: UTC
-- ended_at: UTC, null where the history does not tell
-- status: ok, failed or unknown
-- error_type: error name
-- error_message: cause
with ended as (
    select
        execution_arn,
        max({'number': number, 'at': occurred_at, 'type': type, 'error': coalesce(error, cause_type),
            'cause': cause_message, 'event_id': event_id}) as last
    from lake.workflow_event
    where type in ('ExecutionSucceeded', 'ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted')
    group by execution_arn
),
told as (
    select
        execution_arn, max(node) as node, max(account) as account, max(region) as region, max(execution) as execution,
        max(log_group) as log_group, max(log_stream) as log_stream, min(occurred_at) as started_at,
        min({'number': number, 'event_id': event_id}).event_id as first_event,
        max({'number': number, 'error': error, 'cause': cause_message}) filter (where is_failure and error is not null)
            as failing
    from lake.workflow_event
    group by execution_arn
)
select
    t.execution_arn as invocation, split_part(t.node, '/', 1) as node,
    nullif(split_part(t.node, '/', 2), '') as map_label, 'AWS::StepFunctions::StateMachine' as kind, t.account, t.region,
    t.execution_arn, t.execution, t.log_group, t.log_stream, coalesce(e.last.event_id, t.first_event) as event_id,
    coalesce(e.last.at, t.started_at) as event_time, t.started_at, e.last.at as ended_at,
    case when e.last is null then 'unknown' when e.last.type = 'ExecutionSucceeded' then 'ok' else 'failed' end as status,
    case when e.last.type <> 'ExecutionSucceeded' then coalesce(e.last.error, t.failing.error, case e.last.type
        when 'ExecutionTimedOut' then 'States.Timeout' end) end as error_type,
    case when e.last.type <> 'ExecutionSucceeded' then coalesce(e.last.cause, t.failing.cause) end as error_message
from told as t
left join ended as e using (execution_arn)
