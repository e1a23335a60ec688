-- What an invocation that failed worked on, of what its lines print: message ids, and other values that tell attempts
-- at one thing from those at another.
-- needs: failures.work links.source
-- scope: case
-- materialize
-- node: the function or service
-- invocation: its invocation
-- started_at: start of the invocation, UTC
-- value: the value
-- is_message: whether a line calls it a message id
-- has_message: whether the invocation prints any message id
-- is_rare: whether some others print it, and few
-- is_own: whether it is rare, and none of the invocation's values rarer
with used as (
    select node, value, count(*) as shared from failures.work group by node, value
),
total as (
    select node, count(distinct invocation) as invocations from failures.work group by node
),
-- a record of a stream is tried again and again, in ever smaller batches, and nothing passes it (Lambda developer
-- guide, "Using AWS Lambda with Kinesis", BisectBatchOnFunctionError)
stream as (
    select distinct node from links.source where service in ('kinesis', 'dynamodb')
),
told_about as (
    select w.node, w.invocation, w.started_at, w.value, w.is_message, u.shared,
        -- what most invocations print (a template's id, a version) is about none of them
        (u.shared * 2 <= t.invocations or t.invocations <= 3)
            and u.shared >= 2 and (u.shared <= 20 or s.node is not null and w.failing is not null) as is_rare
    from failures.work as w
    join used as u on u.node = w.node and u.value = w.value
    join total as t on t.node = w.node
    left join stream as s on s.node = w.node
    where w.status = 'failed'
)
select node, invocation, started_at, value, is_message,
    bool_or(is_message) over (partition by invocation) as has_message, is_rare,
    -- the fewer share it, the more it tells: two orders may be for one article
    is_rare and shared = min(shared) filter (where is_rare) over (partition by invocation) as is_own
from told_about
