-- Which messages and events were given up, by whom, and why? As their carriers logged it, and as attempts at
-- a message show it that came to an end in a dead-letter queue.
-- topic: messages
-- carrier: sns, event_bus, pipe, lambda_async or dead_letter as logged; queue where attempts show it
-- node: who delivered, or consumed
-- target: to whom, or the dead-letter queue
-- error_code: error code
-- given_up: how many
-- first_at: UTC
-- last_at: UTC
-- error_message: one of the messages
-- message_id: one of the messages' ids
with logged as (
    select
        carrier, node, coalesce(target_node, target) as target, error_code, occurred_at, error_message, message_id,
        request_id
    from lake.delivery_log
    where status = 'dead_lettered' or (status = 'failed' and carrier in ('lambda_async', 'dead_letter'))
),
given_up as (
    select * from logged
    union all
    select 'queue', d.consumer_node, d.dead_letter, null, d.failed_at, null, d.message, null
    from links.delivery as d
    where d.outcome = 'dead-lettered' and d.message not in (select message_id from logged where message_id is not null)
        and split_part(d.consumer, '#', 1) not in (select request_id from logged where request_id is not null)
)
select
    carrier, node, target, error_code, count(*) as given_up, min(occurred_at) as first_at,
    max(occurred_at) as last_at, min(error_message) as error_message, min(message_id) as message_id
from given_up
group by carrier, node, target, error_code
order by given_up desc, carrier, node, target, error_code
