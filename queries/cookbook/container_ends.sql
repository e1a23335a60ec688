-- Which containers were killed, crashed or never started, and why? Sources tell of one end each in their way.
-- topic: failures
-- node: service, task family or workload
-- source: ecs, kernel, kubelet, k8s_event, audit or insights
-- reason: as the source has it
-- exit_code: exit code
-- ends: how many
-- first_at: UTC
-- last_at: UTC
-- pod: one of the pods or tasks
-- message: one of the messages
with told as (
    -- one source may tell of the same end several times
    select
        dedupe_key, source, min(node) as node, min(reason) as reason, min(exit_code) as exit_code,
        min(occurred_at) as occurred_at, min(pod) as pod, min(message) as message
    from lake.container_event
    where is_failure
    group by dedupe_key, source
)
select
    node, source, reason, exit_code, count(*) as ends, min(occurred_at) as first_at, max(occurred_at) as last_at,
    min(pod) as pod, min(message) as message
from told
group by node, source, reason, exit_code
order by ends desc, node, source, reason, exit_code
