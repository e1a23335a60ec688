-- Which messages and events were given up, by whom, and why? As their carriers logged it.
-- topic: messages
-- carrier: sns, event_bus, pipe, lambda_async or dead_letter
-- node: who delivered
-- target: to whom
-- error_code: error code
-- given_up: how many
-- first_at: UTC
-- last_at: UTC
-- error_message: one of the messages
-- message_id: one of the messages' ids
select
    carrier, node, coalesce(target_node, target) as target, error_code, count(*) as given_up,
    min(occurred_at) as first_at, max(occurred_at) as last_at, min(error_message) as error_message,
    min(message_id) as message_id
from lake.delivery_log
where status = 'dead_lettered' or (status = 'failed' and carrier in ('lambda_async', 'dead_letter'))
group by carrier, node, coalesce(target_node, target), error_code
order by given_up desc, carrier, node, target, error_code
