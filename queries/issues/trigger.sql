-- The last change before an issue began that can have woken it: of the node where it began, else of a node of
-- its first failing chain, else whatever was changed last in the ten minutes before.
-- needs: rootcause.verdict failures.member lake.invocation lake.change
-- scope: case
-- issue: id of the issue
-- occurred_at: when it was changed, UTC
-- action: what was done
-- node: what was changed
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- actor: who did it
-- nearness: origin, chain or time
-- log_group: where the record lies, null where it came from an API
-- event_id: id of the log event, else the source's own id
with began as (
    select
        issue, min({'at': failed_at, 'failure': failure, 'chain': chain, 'node': origin_node}) as first
    from rootcause.verdict
    where failed_at is not null
    group by issue
),
close as (
    select distinct b.issue, i.node
    from began as b
    join failures.member as m on m.chain = b.first.chain
    join lake.invocation as i on i.invocation = m.invocation
),
made as (
    select * from lake.change
    where error_code is null
        and source in ('cloudtrail', 'kubernetes', 'codedeploy', 'ecs_deployment', 'ecs_service_deployment',
            'lambda_version', 'eks_update')
),
candidate as (
    select
        b.issue, c.occurred_at, c.action, c.node, c.kind, c.actor, c.log_group,
        coalesce(c.log_event_id, c.event_id) as event_id, c.change,
        case when c.node = b.first.node then 0 when n.node is not null then 1 else 2 end as distance
    from began as b
    join made as c on c.occurred_at between b.first.at - interval 6 hour and b.first.at
    left join close as n on n.issue = b.issue and n.node = c.node
    where c.node = b.first.node or n.node is not null or c.occurred_at >= b.first.at - interval 10 minute
)
select
    issue, occurred_at, action, node, kind, actor,
    case distance when 0 then 'origin' when 1 then 'chain' else 'time' end as nearness, log_group, event_id
from candidate
qualify row_number() over (partition by issue order by distance, occurred_at desc, change, event_id) = 1
