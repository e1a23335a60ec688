-- A time at which a container, task or pod could not serve, as its orchestrator or the kernel says it, by
-- the cause family that it belongs to. Held against calls that got no answer from that service.
-- needs: lake.container_event lake.invocation
-- scope: case
-- materialize
-- node: service or workload
-- namespace: Kubernetes namespace, null where none is told
-- category: container_killed, crash, init_failure or connection (not ready)
-- occurred_at: UTC
-- reason: as the source has it
-- message: text that comes with it
-- log_group: where the record lies
-- log_stream: where the record lies
-- event_id: its id there
with told as (
    select distinct
        node, namespace, occurred_at, reason, message, exit_code, log_group, log_stream, event_id,
        concat_ws(' ', reason, message) as said
    from lake.container_event
    where is_failure and node is not null
),
known as (
    select node as name from lake.invocation where kind in ('AWS::ECS::Container', 'AWS::EKS::Container')
    union select node from lake.container_event where node is not null
),
-- a ReplicaSet is named for its Deployment and a hash of the pod template
workload as (
    select t.node, max(k.name) as name
    from (select distinct node from told) as t
    join known as k
        on starts_with(t.node, k.name || '-')
        and regexp_full_match(substr(t.node, length(k.name) + 2), '[a-z0-9]{5,10}(-[a-z0-9]{5})?')
        -- a word is no hash
        and regexp_matches(substr(t.node, length(k.name) + 2), '[0-9]')
    group by t.node
)
select
    coalesce(w.name, t.node) as node, t.namespace,
    case
        when regexp_matches(said, 'OOM|OutOfMemory|out of memory') then 'container_killed'
        when regexp_matches(said, 'Readiness probe') then 'connection'
        when regexp_matches(said, 'Liveness probe|Startup probe|health check|Evicted|SpotInterruption|TerminationNotice')
            then 'container_killed'
        when regexp_matches(said, 'ImagePull|CannotPull|ErrImage|InvalidImage|ResourceInitialization|CreateContainer|'
            || 'CannotStart|CannotCreate|RunContainerError|FailedToStart') then 'init_failure'
        when exit_code = 137 then 'container_killed'
        when regexp_matches(said, 'CrashLoop|BackOff|EssentialContainerExited|Error') or exit_code <> 0 then 'crash'
    end as category,
    t.occurred_at, t.reason, t.message, t.log_group, t.log_stream, t.event_id
from told as t
left join workload as w on w.node = t.node
