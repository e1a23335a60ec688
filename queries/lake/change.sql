-- Something that was changed, or that changed by itself: what somebody did (CloudTrail, Kubernetes' audit log),
-- what a roll-out did, and what alarms and AWS Health said. Reads and data are no changes. A change that was
-- refused has an error_code: it did not happen. One change may have two rows, of who asked (cloudtrail) and of
-- what came of it (a deployment, a version): see source. CloudTrail is complete only where lake.gap does not say
-- otherwise, and takes up to a quarter of an hour.
-- needs: lake.trail_event lake.alarm_event lake.deployment_event lake.container_event
-- scope: case
-- materialize
-- change: id of the row: source and event_id
-- occurred_at: UTC; a call's when it was through
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- actor: ARN or name of who did it; of a service its address; null where the record does not tell
-- actor_type: AssumedRole, IAMUser, AWSService, …; null where the record does not tell
-- via: service through which it was called (CloudFormation, …), null where directly
-- action: operation, such as UpdateFunctionConfiguration, without the date of Lambda's API; else what it was
-- node: what was changed, by the name that lake.invocation and lake.span use, else by its id; null where only the
--   account or a service is known
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- detail: part of the node: alias, version, rule, policy, mapping, deployment, alarm, Kubernetes object
-- before: what it was, JSON: as the record tells, else what the last such change before it in the case asked for;
--   null where neither tells
-- after: what was asked for, or became of it, JSON; environment variables by name and keyed hash,
--   but for what Kubernetes' audit log prints
-- source: cloudtrail, kubernetes, alarm_history, alarm, lambda_version, codedeploy, ecs_deployment,
--   ecs_service_deployment, ecs_event, ecs_task, eks_update or health
-- error_code: why it was refused, so that nothing changed; null where it was done
-- error_message: the same in words
-- event_id: id that the source gives it
-- request_id: AWS request id of the call
-- log_group: log group that it was read from, null where from an API
-- log_event_id: id of that log event
with told as (
    select
        occurred_at, account, region, actor, actor_type, via, action, node, kind, detail, null as before,
        coalesce(nullif(request, 'null'), nullif(response, 'null')) as after, 'cloudtrail' as source, error_code,
        error_message, event_id, request_id, log_group, log_event_id
    from lake.trail_event
    where not is_read_only and is_management
    union all by name
    select
        occurred_at, account, region, 'cloudwatch.amazonaws.com' as actor, 'AWSService' as actor_type,
        if(item = 'StateUpdate', 'AlarmState', 'Alarm' || item) as action, node, kind, alarm as detail,
        case when old_state is not null then json_object('state', old_state)::varchar end as before,
        json_object('state', new_state, 'summary', summary, 'namespace', namespace, 'metric', metric)::varchar as after,
        source, event_id
    from lake.alarm_event
    union all by name
    select
        occurred_at, account, region, actor, if(actor like '%.amazonaws.com', 'AWSService', null) as actor_type, action,
        node, kind, detail, before, coalesce(after, json_object('status', status, 'message', message)::varchar) as after,
        source, event_id
    from lake.deployment_event
    union all by name
    select
        occurred_at, account, region, actor, action, node, kind, object as detail,
        case when json_valid(message) then message end as after, 'kubernetes' as source, event_id, log_group,
        event_id as log_event_id,
        case when reason <> 'changed' then reason end as error_code,
        case when reason <> 'changed' then message end as error_message
    from (select *, 'Change' as action from lake.container_event where source = 'audit' and actor is not null)
)
select
    source || ':' || event_id as change, occurred_at, account, region, actor, actor_type, via, action, node, kind, detail,
    coalesce(before, case
        when node is not null and source in ('cloudtrail', 'kubernetes', 'lambda_version', 'ecs_deployment') then lag(after)
            over (partition by account, region, source, action, kind, node, detail_key, is_done order by occurred_at, event_id)
    end) as before,
    after, source, error_code, error_message, event_id, request_id, log_group, log_event_id
from (
    -- each version and deployment is a detail of its own, but follows the one before
    select *, error_code is null as is_done,
        case when source not in ('lambda_version', 'ecs_deployment') then detail end as detail_key
    from told
)
