-- One message or event as its carrier logs it: a topic's delivery status, a bus's log, a pipe's execution. Where the call that sent
-- it is in a trace, `invocation` is that call's; else it stands for itself.
-- needs: lake.delivery_log lake.virtual_invocation
-- scope: case
-- materialize
-- invocation: the virtual invocation of the carrier, see lake.invocation
-- message: message or event id; of a pipe the execution's
-- node: topic, bus or pipe
-- kind: X-Ray's type of the carrier
-- request_id: request id of the call that sent it, null where the carrier does not tell
-- started_at: when it was taken, UTC
-- ended_at: last record about it, UTC
-- is_traced: whether a trace holds the call that sent it
with told as (
    select
        carrier, case carrier when 'pipe' then delivery_id else message_id end as message, max(node) as node, max(request_id) filter (where carrier = 'event_bus')
            as request_id, min(occurred_at) as started_at, max(occurred_at) as ended_at
    from lake.delivery_log
    where carrier in ('sns', 'event_bus') and message_id is not null or carrier = 'pipe' and delivery_id is not null
    group by all
),
call as (
    select request_id, min(invocation) as invocation from lake.virtual_invocation
    where request_id is not null and kind in ('AWS::Events', 'AWS::Events::EventBus', 'AWS::SNS', 'AWS::SNS::Topic')
    group by request_id
)
select
    coalesce(c.invocation, t.node || ':' || t.message) as invocation, t.message, t.node,
    case t.carrier when 'sns' then 'AWS::SNS::Topic' when 'pipe' then 'AWS::Pipes::Pipe' else 'AWS::Events::EventBus' end as kind, t.request_id,
    t.started_at, t.ended_at, c.invocation is not null as is_traced
from told as t
left join call as c on c.request_id = t.request_id
