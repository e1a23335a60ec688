-- One step of a roll-out, as the service that rolled out keeps it: versions of functions, CodeDeploy's
-- deployments, ECS deployments, service events and stopped tasks, updates of EKS clusters, AWS Health. Most have
-- a record in CloudTrail too, which says who asked; these say what came of it. Stopped tasks are kept by ECS for
-- about an hour.
-- needs: evidence.change evidence.resource
-- scope: case
-- account: AWS account id, null where an imported file names none
-- region: AWS region, null where an imported file names none
-- event_id: id or ARN that the service gives it
-- occurred_at: when it began, UTC; of a stopped task when it ended
-- source: lambda_version, codedeploy, ecs_deployment, ecs_service_deployment, ecs_event, ecs_task, eks_update or
--   health
-- action: Version, Deployment, ServiceEvent, TaskStopped, Update, or AWS Health's type of the event
-- actor: who began it, where that is told
-- node: function, service, task family, cluster or application; null where only the service is known
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- detail: version, deployment, task or update
-- status: COMPLETED, FAILED, Succeeded, …; of a task its stop code; as the service has it
-- is_failure: whether it says that the roll-out or the task failed
-- message: what the service says
-- after: what it was made to be, JSON
-- before: what it was, JSON, where the record tells
with told as (
    select source, account, region, event_id, occurred_at, document, null as seen_at
    from evidence.change
    where source not in ('cloudtrail', 'alarm_history', 'alarm')
    union all
    -- what the inventory of an account holds tells the same
    select
        'lambda_version', account, region, arn || '@' || epoch_ms(modified_at), modified_at, configuration, seen_at
    from (
        select
            account, region, arn, configuration, seen_at, case when json_valid(configuration) then
                try_cast(replace(configuration ->> 'LastModified', '+0000', 'Z') as timestamp) end as modified_at
        from evidence.resource
        where kind = 'AWS::Lambda::Version'
    )
    union all
    select
        part.source, account, region, part.document ->> 'id', try_cast(part.document ->> 'createdAt' as timestamp),
        json_merge_patch(json_object('serviceArn', arn, 'serviceName', node), part.document)::varchar, seen_at
    from (
        select
            account, region, arn, node, seen_at,
            unnest(list_concat(
                [{'source': 'ecs_deployment', 'document': x} for x in json_extract(configuration, '$.deployments[*]')],
                [{'source': 'ecs_event', 'document': x} for x in json_extract(configuration, '$.events[*]')]
            )) as part
        from evidence.resource
        where kind = 'AWS::ECS::Service' and json_valid(configuration)
    )
),
-- of one that went on, what was seen last; records without that time grow
once as (
    select
        source, account, region, event_id, occurred_at,
        max({'seen_at': coalesce(seen_at, timestamp '0001-01-01 00:00:00'), 'length': length(document), 'document': document}) as d
    from told
    where occurred_at is not null
    group by source, account, region, event_id, occurred_at
),
read_ as (
    select
        source, account, region, event_id, occurred_at, d.document as document,
        json_extract_string(d.document, [
            '$.FunctionName', '$.Version', '$.CodeSha256', '$.Description', '$.applicationName', '$.deploymentId',
            '$.status', '$.creator', '$.errorInformation.message', '$.rollbackInfo.rollbackMessage', '$.serviceName',
            '$.serviceArn', '$.id', '$.rolloutState', '$.rolloutStateReason', '$.message', '$.statusReason', '$.group',
            '$.taskDefinitionArn', '$.stopCode', '$.stoppedReason', '$.taskArn', '$.clusterName', '$.type',
            '$.eventTypeCode', '$.service', '$.statusCode', '$.computePlatform', '$.desiredCount', '$.failedTasks',
            '$.revision.string.content', '$.revision.appSpecContent.content'
        ]) as j,
        json_extract(d.document, ['$.revision', '$.previousRevision', '$.taskDefinition', '$.containers',
            '$.targetServiceRevision', '$.sourceServiceRevisions', '$.params', '$.lifecycleStage']) as o
    from once
)
select
    account, region, event_id, occurred_at, source,
    case
        when source = 'lambda_version' then 'Version' when source = 'ecs_event' then 'ServiceEvent'
        when source = 'ecs_task' then 'TaskStopped' when source = 'eks_update' then 'Update'
        when source = 'health' then j[25] else 'Deployment'
    end as action,
    case when source = 'codedeploy' then j[8] when source like 'ecs%' then 'ecs.amazonaws.com'
        when source = 'health' then 'health.amazonaws.com' end as actor,
    nullif(case
        when source = 'lambda_version' then j[1]
        when source = 'codedeploy' then coalesce(
            nullif(regexp_extract(coalesce(j[32], j[31]), '"?Name"?\s*:\s*"?([\w-]+)"?', 1), ''), j[5])
        when source in ('ecs_deployment', 'ecs_event', 'ecs_service_deployment')
            then coalesce(j[11], regexp_extract(j[12], '([^/]+)$', 1))
        when source = 'ecs_task' then coalesce(
            nullif(regexp_extract(j[18], '^service:(.+)$', 1), ''), regexp_extract(j[19], '([^/:]+):\d+$', 1))
        when source = 'eks_update' then j[23]
    end, '') as node,
    case
        when source = 'lambda_version' or source = 'codedeploy' and j[28] = 'Lambda' then 'AWS::Lambda::Function'
        when source like 'ecs%' or source = 'codedeploy' and j[28] = 'ECS' then 'AWS::ECS::Container'
        when source = 'codedeploy' then 'AWS::CodeDeploy::Application'
        when source = 'eks_update' then 'AWS::EKS::Cluster'
    end as kind,
    case
        when source = 'lambda_version' then j[2] when source = 'codedeploy' then j[6]
        when source = 'ecs_task' then regexp_extract(j[22], '([^/]+)$', 1) when source = 'health' then j[26] else j[13]
    end as detail,
    case
        when source = 'ecs_task' then j[20] when source = 'health' then j[27]
        when source = 'ecs_deployment' then coalesce(j[14], j[7]) else j[7]
    end as status,
    coalesce(
        status in ('FAILED', 'Failed', 'Stopped', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'TaskFailedToStart',
            'EssentialContainerExited')
        or source = 'ecs_event' and (contains(j[16], 'unable') or contains(j[16], 'unhealthy') or contains(j[16], 'failed'))
        or source = 'ecs_deployment' and coalesce(try_cast(j[30] as integer), 0) > 0, false) as is_failure,
    coalesce(j[9], j[10], j[15], j[16], j[17], j[21], j[4]) as message,
    case
        when source = 'lambda_version' then json_object('version', j[2], 'codeSha256', j[3])
        when source = 'codedeploy' then o[1] when source = 'ecs_deployment'
            then json_object('taskDefinition', o[3], 'desiredCount', try_cast(j[29] as integer), 'failedTasks', try_cast(j[30] as integer))
        when source = 'ecs_service_deployment' then o[5] when source = 'ecs_task' then o[4]
        when source = 'eks_update' then o[7] when source = 'health' then document::json
    end::varchar as after,
    case when source = 'codedeploy' then o[2] when source = 'ecs_service_deployment' then o[6] end::varchar as before
from read_
