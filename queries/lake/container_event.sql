-- What happened to a container, task or pod, as the orchestrator, the node or its kernel logged it: ECS state
-- changes and service actions, kernel memory kills, kubelet's lines, Kubernetes events, status patches and
-- changes in the audit log, restarts and states in Container Insights' figures.
-- needs: lake.service_line
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- occurred_at: UTC; when the container ended, where that is told
-- source: ecs, kernel, kubelet, k8s_event, audit or insights
-- node: ECS service or task family, Kubernetes workload; null where only the process is told
-- kind: X-Ray's type of the node
-- cluster: cluster
-- namespace: Kubernetes namespace
-- pod: Kubernetes pod, or id of the ECS task
-- pod_uid: uid of the pod, of a kernel's line that of its cgroup
-- container: container, or the killed process
-- host: machine
-- reason: OOMKilled, CrashLoopBackOff, ErrImagePull, Unhealthy, Evicted, TaskFailedToStart, … as the source
--   has it; changed where somebody changed the object
-- is_failure: whether it says that something ended badly or cannot run
-- exit_code: exit code of the container
-- restarts: restarts so far
-- message: text that comes with it
-- actor: who changed it, null where a component of the cluster did
-- object: what the audit log or event is about: resource/name
-- dedupe_key: the same for reports of the same end of a container, else the event's own id
with ecs as (
    select
        * exclude (pod, container), 'ecs' as source, 'AWS::ECS::Container' as kind,
        coalesce(case when starts_with(j[1], 'service:') then substr(j[1], 9) end,
            regexp_extract(j[2], '([^/:]+):\d+$', 1), regexp_extract(j[16], '([^/]+)$', 1)) as node,
        regexp_extract(coalesce(j[3], ''), '([^/]+)$', 1) as cluster, regexp_extract(j[4], '([^/]+)$', 1) as pod,
        c[1] as container, c[2] as exit_code,
        case when starts_with(c[3], 'OutOfMemoryError') then 'OOMKilled'
            else coalesce(j[5], j[6], nullif(split_part(c[3], ':', 1), ''), j[7], j[15]) end as reason,
        nullif(concat_ws('; ', j[8], c[3], j[9], j[17]), '') as message,
        -- a task that was asked to stop ended well; an event may be of type ERROR
        coalesce(j[5] in ('TaskFailedToStart', 'EssentialContainerExited', 'SpotInterruption'), false)
            and coalesce(c[2], '1') <> '0' or coalesce(c[2] not in ('0', '143'), false) or j[10] in ('ERROR', 'WARN')
            or starts_with(c[3], 'OutOfMemoryError') or contains(j[8], 'health checks') as is_failure,
        coalesce(try_cast(j[11] as timestamp), try_cast(j[12] as timestamp)) as began_at,
        j[4] || coalesce('/' || c[1], '') || '/' || coalesce(j[11], j[13]) as dedupe
    from (
        select
            *, list_sort([
                [case when starts_with(x[3], 'OutOfMemoryError') then '0' when x[2] not in ('0', '143') then '1'
                    when x[3] is not null then '2' when x[2] is not null then '3' else '4' end, x[1], x[2], x[3]]
                for x in [json_extract_string(y, ['$.name', '$.exitCode', '$.reason'])
                    for y in json_extract(text, '$.detail.containers[*]')]
            ])[1][2:] as c,
            json_extract_string(text, [
                '$.detail.group', '$.detail.taskDefinitionArn', '$.detail.clusterArn', '$.detail.taskArn',
                '$.detail.stopCode', '$.detail.eventName', '$.detail.lastStatus', '$.detail.stoppedReason',
                '$.detail.reason', '$.detail.eventType', '$.detail.stoppedAt', '$.time', '$.detail.lastStatus',
                '$."detail-type"', '$.detail.status', '$.resources[0]', '$.detail.deploymentId'
            ]) as j
        from lake.service_line where format = 'ecs'
    )
    where starts_with(j[14], 'ECS ')
),
kernel as (
    select
        * exclude (container, pod), 'kernel' as source, 'OOMKilled' as reason, true as is_failure,
        replace(nullif(regexp_extract(text, '(?:pod)([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})',
            1), ''), '_', '-') as pod_uid,
        coalesce(nullif(regexp_extract(text, 'Killed process \d+ \(([^)]*)\)', 1), ''),
            nullif(regexp_extract(text, 'task=([^,]*),pid=', 1), '')) as container,
        text as message,
        -- both lines of one kill name the process
        coalesce(host, log_stream, '') || '/' || coalesce(nullif(regexp_extract(text, 'Killed process (\d+)', 1), ''),
            regexp_extract(text, ',pid=(\d+)', 1)) as dedupe
    from lake.service_line
    where format = 'kernel'
),
kubelet as (
    select
        * exclude (pod, container), 'kubelet' as source, 'AWS::EKS::Container' as kind,
        split_part(p, '/', 1) as namespace, split_part(p, '/', 2) as pod,
        coalesce(nullif(regexp_extract(said, 'containerName="([^"]+)"', 1), ''),
            nullif(regexp_extract(said, 'container=\\*"?([\w.-]+)', 1), '')) as container,
        nullif(regexp_extract(said, 'podUID="?([0-9a-f-]{36})', 1), '') as pod_uid,
        case
            when contains(said, 'CrashLoopBackOff') then 'CrashLoopBackOff'
            when contains(said, 'ImagePullBackOff') then 'ImagePullBackOff'
            when contains(said, 'ErrImagePull') or contains(said, 'PullImage') then 'ErrImagePull'
            when contains(said, 'CreateContainerConfigError') then 'CreateContainerConfigError'
            when contains(said, 'OOMKilled') or contains(said, 'OOM') and contains(said, 'ncountered') then 'OOMKilled'
            when contains(said, 'Probe failed') or contains(said, 'robe failed') then 'Unhealthy'
            when contains(said, 'failed liveness probe') or contains(said, 'failed startup probe') then 'Killing'
            when contains(said, 'viction manager') or contains(said, 'evict') then 'Evicted'
            when contains(said, 'PLEG is not healthy') then 'PLEGUnhealthy'
            when contains(said, 'FailedMount') or contains(said, 'MountVolume') then 'FailedMount'
            when text[1] in ('E', 'F') and p <> '' then 'Error'
        end as reason,
        said as message, text[1] in ('E', 'F', 'W') or contains(said, 'robe failed') as is_failure
    from (
        select *, substr(text, strpos(text, '] ') + 2) as said, regexp_extract(text, 'pods?=\[?"([^"]+)"', 1) as p
        from lake.service_line where format = 'klog'
    )
),
k8s_event as (
    select
        * exclude (pod, container), 'k8s_event' as source, 'AWS::EKS::Container' as kind, j[2] as namespace,
        case when j[1] = 'Pod' then j[3] end as pod, case when j[1] = 'Pod' then j[4] end as pod_uid,
        nullif(regexp_extract(j[5], '\{([^}]+)\}', 1), '') as container, j[6] as reason, j[7] as message,
        j[8] = 'Warning' as is_failure, lower(j[1]) || '/' || j[3] as object, try_cast(j[9] as bigint) as restarts,
        coalesce(try_cast(j[10] as timestamp), try_cast(j[11] as timestamp)) as began_at,
        case when j[1] <> 'Pod' then j[3] end as owner
    from (
        select *, [coalesce(top[i], inner_[i]) for i in range(1, 12)] as j
        from (
            select
                *, json_extract_string(text, [
                    '$.involvedObject.kind', '$.involvedObject.namespace', '$.involvedObject.name',
                    '$.involvedObject.uid', '$.involvedObject.fieldPath', '$.reason', '$.message', '$.type', '$.count',
                    '$.lastTimestamp', '$.eventTime'
                ]) as top,
                case when contains(text, '"event":{') then json_extract_string(text, [
                    '$.event.involvedObject.kind', '$.event.involvedObject.namespace', '$.event.involvedObject.name',
                    '$.event.involvedObject.uid', '$.event.involvedObject.fieldPath', '$.event.reason',
                    '$.event.message', '$.event.type', '$.event.count', '$.event.lastTimestamp', '$.event.eventTime'
                ]) else json_extract_string(text, [
                    '$.regarding.kind', '$.regarding.namespace', '$.regarding.name', '$.regarding.uid',
                    '$.regarding.fieldPath', '$.reason', '$.note', '$.type', '$.deprecatedCount',
                    '$.deprecatedLastTimestamp', '$.eventTime'
                ]) end as inner_
            from lake.service_line where format = 'k8s_event' and json_valid(text)
        )
    )
),
audited as (
    select *, json_extract_string(text, [
        '$.verb', '$.objectRef.resource', '$.objectRef.subresource', '$.objectRef.namespace', '$.objectRef.name',
        '$.user.username', '$.user.extra.arn[0]', '$.responseStatus.code', '$.stage', '$.requestReceivedTimestamp',
        '$.requestObject.status.reason', '$.requestObject.status.message', '$.requestObject.metadata.uid',
        '$.responseObject.metadata.uid', '$.objectRef.uid', '$.requestObject', '$.responseStatus.reason',
        '$.responseStatus.message', '$.stageTimestamp'
    ]) as j
    from lake.service_line where format = 'audit'
),
-- of several containers the one that ended worst; a patch names every end again until the next
audit as (
    select
        * exclude (pod, container), 'audit' as source, 'AWS::EKS::Container' as kind, j[4] as namespace,
        case when j[2] = 'pods' then j[5] end as pod, coalesce(j[13], j[14], j[15]) as pod_uid,
        coalesce(j[2] || coalesce('/' || j[3], ''), '') || '/' || coalesce(j[5], '') as object,
        case when j[2] <> 'pods' then j[5] end as owner, c[2] as container, c[4] as exit_code, c[5] as restarts,
        case
            when is_status then coalesce(c[3], c[6], j[11], j[17])
            when try_cast(j[8] as integer) >= 400 then coalesce(j[17], j[8])
            else 'changed'
        end as reason,
        case when is_status then coalesce(c[8], j[12]) when try_cast(j[8] as integer) >= 400 then j[18]
            else left(j[16], 4000) end as message,
        case when is_status then coalesce(c[1] < '3' or j[11] is not null, false)
            else coalesce(try_cast(j[8] as integer) >= 400, false) end as is_failure,
        case when not starts_with(j[6], 'system:') then coalesce(j[7], j[6]) end as actor,
        coalesce(try_cast(c[7] as timestamp), try_cast(j[10] as timestamp), try_cast(j[19] as timestamp)) as began_at,
        case when c[7] is not null
            then concat_ws('/', coalesce(j[13], j[14], j[15], j[4] || '/' || j[5]), c[2], c[7]) end as dedupe
    from (
        select
            *, j[2] = 'pods' and j[3] = 'status' as is_status,
            case when is_status then list_sort([
                [
                    case
                        -- SIGTERM is how a pod is asked to go
                        when coalesce(x[3], x[6]) = 'Error' and coalesce(x[4], x[7]) = '143' and x[9] is null then '3'
                        when coalesce(x[3], x[6]) in ('OOMKilled', 'Error', 'ContainerCannotRun', 'DeadlineExceeded', 'StartError')
                        then '0' when x[9] is not null and x[9] not in ('ContainerCreating', 'PodInitializing') then '1'
                        when coalesce(x[4], x[7]) not in ('0', '143') then '2'
                        when coalesce(x[3], x[6]) is not null then '3' else '4' end,
                    x[1], coalesce(x[3], x[6]), coalesce(x[4], x[7]), x[2], x[9], coalesce(x[5], x[8]), x[10]
                ]
                for x in [json_extract_string(y, [
                    '$.name', '$.restartCount', '$.state.terminated.reason', '$.state.terminated.exitCode',
                    '$.state.terminated.finishedAt', '$.lastState.terminated.reason', '$.lastState.terminated.exitCode',
                    '$.lastState.terminated.finishedAt', '$.state.waiting.reason', '$.state.waiting.message'
                ]) for y in json_extract(text, '$.requestObject.status.containerStatuses[*]')]
            ])[1] end as c
        from audited
    )
    -- reading, and what the cluster's own parts change, is no event
    where is_status and (c[3] is not null or c[6] is not null or j[11] is not null)
        or not is_status and j[1] in ('create', 'update', 'patch', 'delete') and not starts_with(j[6], 'system:')
            and j[2] in ('deployments', 'statefulsets', 'daemonsets', 'configmaps', 'secrets', 'services', 'ingresses',
                'horizontalpodautoscalers', 'pods', 'cronjobs', 'jobs', 'networkpolicies')
        or j[8] = '429'
),
insights as (
    select
        * exclude (pod, container), 'insights' as source, 'AWS::EKS::Container' as kind, j[1] as cluster,
        coalesce(j[2], j[3]) as namespace, coalesce(j[4], j[5]) as pod, coalesce(j[6], j[7]) as pod_uid, j[8] as owner,
        coalesce(j[9], j[10]) as container, j[11] as restarts,
        coalesce(j[14], j[15], j[12], j[13]) as reason,
        coalesce(j[12] in ('Failed', 'Unknown') or j[14] is not null or j[13] in ('Terminated')
            and coalesce(j[15], '') <> 'Completed', false) as is_failure,
        try(make_timestamp(try_cast(j[16] as bigint) * 1000)) as began_at
    from (
        select *, json_extract_string(text, [
            '$.ClusterName', '$.Namespace', '$.kubernetes.namespace_name', '$.kubernetes.pod_name', '$.K8sPodName',
            '$.kubernetes.pod_id', '$.PodId', '$.PodName', '$.ContainerName', '$.kubernetes.container_name',
            '$.pod_number_of_container_restarts', '$.pod_status', '$.container_status', '$.container_status_reason',
            '$.container_last_termination_reason', '$.Timestamp', '$.Type'
        ]) as j
        from lake.service_line where format = 'insights'
    )
    -- a figure a minute of each pod that is well says nothing
    where try_cast(j[11] as double) > 0 or j[12] not in ('Running', 'Succeeded') or j[13] not in ('Running')
        or coalesce(j[14], j[15]) is not null
),
event as (
    from ecs union all by name from kernel union all by name from kubelet union all by name from k8s_event
    union all by name from audit union all by name from insights
)
select
    account, region, event_id, log_group, log_stream, coalesce(began_at, timestamp) as occurred_at, source,
    coalesce(nullif(node, ''), owner, regexp_replace(
        pod, '(-([4-9bcdf]{6,10}|\d{8,10}))?-[bcdfghjklmnpqrstvwxz2456789]{5}$|-\d{1,4}$', '')) as node,
    coalesce(kind, 'AWS::EKS::Container') as kind,
    coalesce(nullif(cluster, ''), nullif(regexp_extract(
        log_group, '^/aws/(?:containerinsights|eks|ecs/containerinsights)/([^/]+)/', 1), '')) as cluster,
    nullif(namespace, '') as namespace, nullif(pod, '') as pod, pod_uid, container, host, reason,
    coalesce(is_failure, false) as is_failure, try_cast(exit_code as integer) as exit_code,
    try_cast(try_cast(restarts as double) as bigint) as restarts, message, actor, object,
    coalesce(dedupe, event_id) as dedupe_key
from event
where reason is not null
