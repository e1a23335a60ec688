-- Do messages pile up? Depth and age of each queue; a dead-letter queue should have none.
-- topic: messages
-- node: queue
-- most_visible: largest number of messages that waited
-- most_visible_at: when that was first so, UTC
-- oldest_s: largest age of the oldest message, seconds
-- sent: messages that were sent to it; those that SQS moved there are not among them
-- last_visible: number that waited at the end
with measured as (
    select node, metric, stat, starts_at, value from lake.metric where namespace = 'AWS/SQS' and is_whole
),
deepest as (
    select node, max(value) as most_visible, max(starts_at) as last_at
    from measured
    where metric = 'ApproximateNumberOfMessagesVisible' and stat = 'Maximum'
    group by node
)
select
    d.node, d.most_visible::bigint as most_visible,
    min(m.starts_at) filter (m.metric = 'ApproximateNumberOfMessagesVisible' and m.stat = 'Maximum'
        and m.value = d.most_visible) as most_visible_at,
    max(m.value) filter (m.metric = 'ApproximateAgeOfOldestMessage' and m.stat = 'Maximum')::bigint as oldest_s,
    sum(m.value::decimal(28, 3)) filter (m.metric = 'NumberOfMessagesSent' and m.stat = 'Sum')::bigint as sent,
    max(m.value) filter (m.metric = 'ApproximateNumberOfMessagesVisible' and m.stat = 'Maximum'
        and m.starts_at = d.last_at)::bigint as last_visible
from deepest as d
join measured as m on m.node = d.node
group by d.node, d.most_visible
order by most_visible desc, d.node
