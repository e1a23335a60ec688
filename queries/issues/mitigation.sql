-- The last change after an issue began that can have ended it: of the node where it began, or of what was
-- changed before it began; no later than ten minutes after its last failure, nor ten minutes before. Whether
-- the issue is over at all, it does not say.
-- needs: rootcause.verdict issues.trigger lake.change
-- scope: case
-- issue: id of the issue
-- occurred_at: when it was changed, UTC
-- action: what was done
-- node: what was changed
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- actor: who did it
-- nearness: origin, or trigger where only the change before the onset was of the same node
-- log_group: where the record lies, null where it came from an API
-- event_id: id of the log event, else the source's own id
with ran as (
    select issue, min(failed_at) as onset, max(coalesce(last_seen_at, failed_at)) as last_seen, min(origin_node) as node
    from rootcause.verdict
    where failed_at is not null
    group by issue
),
candidate as (
    select
        r.issue, c.occurred_at, c.action, c.node, c.kind, c.actor, c.log_group,
        coalesce(c.log_event_id, c.event_id) as event_id, c.change,
        case when c.node = r.node then 'origin' else 'trigger' end as nearness
    from ran as r
    left join issues.trigger as t on t.issue = r.issue and t.nearness <> 'time'
    join lake.change as c
        on c.occurred_at > r.onset
        and c.occurred_at between r.last_seen - interval 10 minute and r.last_seen + interval 10 minute
    where c.error_code is null and (c.node = r.node or c.node = t.node)
        and c.source in ('cloudtrail', 'kubernetes', 'codedeploy', 'ecs_deployment', 'ecs_service_deployment',
            'lambda_version', 'eks_update')
)
select issue, occurred_at, action, node, kind, actor, nearness, log_group, event_id
from candidate
qualify row_number() over (partition by issue order by nearness, occurred_at desc, change, event_id) = 1
