-- A message or event that was given up, as its carrier or a function's own queue recorded it: a topic's, bus's or
-- pipe's log, the record that a destination of failures got, a dead letter of a rule.
-- needs: lake.delivery_log lake.carried_message links.proof
-- scope: case
-- message: message or event id; of a function's event the request id of its attempts
-- source: topic, bus or pipe; null where a function's own queue gave up
-- producer: the invocation that sent it, null where nothing tells
-- consumer_node: who was to have it
-- attempts: how often it was tried, null where nothing tells
-- is_old: it was given up for its age, however often it had been tried
-- is_kept: it was put where failures go
-- failed_at: UTC
with told as (
    select
        carrier = 'lambda_async' as is_event,
        case carrier when 'lambda_async' then request_id when 'pipe' then delivery_id else message_id end as message,
        case when carrier in ('sns', 'event_bus', 'pipe') then node
            when contains(rule_arn, ':rule/') then case when len(string_split(rule_arn, '/')) > 2
                then split_part(rule_arn, '/', 2) else 'default' end end as source,
        case carrier when 'lambda_async' then node else target_node end as consumer_node,
        status, step, attempts, occurred_at
    from lake.delivery_log
    where carrier in ('sns', 'event_bus', 'pipe', 'lambda_async') or carrier = 'dead_letter' and rule_arn is not null
),
ended as (
    select
        message, source, consumer_node, max(attempts) as attempts,
        -- Lambda's and EventBridge's words (Lambda developer guide, "Capturing records of asynchronous
        -- invocations"; EventBridge user guide, "Using dead-letter queues")
        bool_or(step in ('EventAgeExceeded', 'MaximumEventAgeInSeconds')) as is_old,
        bool_or(is_event or status = 'dead_lettered') as is_kept, max(occurred_at) as failed_at
    from told
    where message is not null and consumer_node is not null
    group by message, source, consumer_node
    having bool_or(status in ('failed', 'dead_lettered')) and not bool_or(status = 'ok')
),
sender as (
    select m.message, min(p.caller) as producer
    from lake.carried_message as m
    join links.proof as p on p.callee = m.invocation and p.kind = 'call'
    group by m.message having count(distinct p.caller) = 1
)
select
    e.message, e.source, s.producer, e.consumer_node, e.attempts, e.is_old, e.is_kept, e.failed_at
from ended as e
left join sender as s on s.message = e.message
