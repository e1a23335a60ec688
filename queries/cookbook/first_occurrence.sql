-- When was something said for the first time, by whom, and how often?
-- topic: logs
-- param: text: part of the message, in any case
-- node: who says it
-- log_group: where
-- first_at: first occurrence, UTC
-- last_at: last occurrence, UTC
-- records: how often
-- message: the first message
-- event_id: its id
select
    node, log_group, min(timestamp) as first_at, max(timestamp) as last_at, count(*) as records,
    arg_min(message, (timestamp, event_id) order by timestamp, event_id) as message,
    arg_min(event_id, (timestamp, event_id) order by timestamp, event_id) as event_id
from lake.log_record
where contains(lower(message), lower($text))
group by node, log_group
order by first_at, log_group, node
