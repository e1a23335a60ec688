-- An invocation that failed over a message that had failed before: one failure, shown by the first attempt.
-- Attempts are told by the message ids that their lines print; where they print none, by any other value
-- that only a few invocations of the function print; where they print nothing, by the queue's visibility
-- time-out, after which a message comes again (SQS developer guide, "Visibility timeout"); where the message
-- carries its trace, by that; attempts at one request keep its id (Lambda developer guide, "Asynchronous
-- invocation"); and where all that was sent is known to have been in earlier ones, by its senders.
-- needs: failures.work failures.returned links.redelivery links.delivery links.edge links.feeder links.presumed links.source links.wiring lake.invocation lake.resource
-- scope: case
-- materialize
-- invocation: the invocation that failed again
-- told_by: request, trace, message, value, sender or visibility
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
            and u.shared >= 2 and (u.shared <= 20 or s.node is not null and w.failing is not null) as is_own
    from failures.work as w
    join used as u on u.node = w.node and u.value = w.value
    join total as t on t.node = w.node
    left join stream as s on s.node = w.node
    where w.status = 'failed'
),
failed as (
    select node, invocation, started_at, value, is_message,
        bool_or(is_message) over (partition by invocation) as has_message,
        -- the fewer share it, the more it tells: two orders may be for one article
        is_own and shared = min(shared) filter (where is_own) over (partition by invocation) as is_own
    from told_about
),
-- who is called is asked the same by another request; who takes messages may have the same one again
gap as (
    select
        node, epoch_ms(started_at) - epoch_ms(lag(started_at) over (
            partition by node, value order by started_at, invocation)) as gap_ms
    from failed where is_own
),
-- how long a queue hides what it handed over, of those that nothing is configured to read
hidden as (
    select distinct try_cast(json_extract_string(configuration, '$.Attributes.VisibilityTimeout') as bigint) as seconds
    from lake.resource
    anti join links.source as s on s.source = resource.node
    anti join links.wiring as d on d.target = resource.node and d.how in ('dead_letter', 'destination')
    where kind = 'AWS::SQS::Queue'
),
-- most of what it fails over again comes just when such a queue hands it over again
coming_back as (
    select g.node
    from (select node, quantile_disc(gap_ms, 0.5) as gap_ms from gap where gap_ms is not null group by node) as g
    join hidden as h on g.gap_ms between h.seconds * 1000 and (h.seconds + 10) * 1000
),
taking as (
    select node from failures.work where is_message
    union
    select node from links.source
    union
    select callee_node from links.edge where kind = 'link' and confidence >= 0.5
    union
    select callee_node from links.feeder
    union
    select node from coming_back
),
first as (
    select node, value, min(started_at) as first_at
    from failed semi join taking using (node)
    where is_message or not has_message and is_own
    group by node, value
),
-- who is known to have been sent a message of its own is no attempt at another one's
fresh as (
    select consumer as invocation from links.delivery
    where producer is not null
    group by consumer having min(attempt) = 1
),
by_value as (
    select f.invocation, case when bool_or(f.is_message) then 'message' else 'value' end as told_by
    from failed as f
    join first as e on e.node = f.node and e.value = f.value
    anti join fresh as n on n.invocation = f.invocation and not f.is_message
    where f.is_message or not f.has_message and f.is_own
    group by f.invocation
    -- of a batch each message must have failed before, of other values one tells enough
    having case when bool_or(f.is_message) then bool_and(e.first_at < f.started_at)
        else bool_or(e.first_at < f.started_at) end
),
by_request as (
    select invocation, 'request' as told_by
    from lake.invocation
    where status = 'failed' and not is_virtual and request_id is not null
    qualify row_number() over (partition by node, request_id order by attempt, started_at, invocation) > 1
),
by_trace as (
    select r.invocation, 'trace' as told_by
    from links.redelivery as r
    join lake.invocation as f on f.invocation = r.invocation and f.status = 'failed'
    join lake.invocation as b on b.invocation = r.before and b.status = 'failed'
),
-- whoever failed with messages of no sender, after one whose messages were due again, had those
accounted as (
    select i.node, min(i.started_at) + to_seconds(max(coalesce(s.returns_after_s, 0))) as due_at
    from (select distinct callee from links.presumed) as p
    join lake.invocation as i on i.invocation = p.callee
    join links.source as s on s.node = i.node
    group by i.node
),
by_sender as (
    select i.invocation, 'sender' as told_by
    from lake.invocation as i
    join accounted as a on a.node = i.node and i.started_at >= a.due_at
    anti join links.edge as e on e.callee = i.invocation
    where i.status = 'failed' and not i.is_virtual
),
told as (
    select *, 0 as strength from by_request
    union all
    select *, 1 from by_trace
    union all
    select *, 2 from by_value
    union all
    select *, 3 from by_sender
    union all
    select r.invocation, 'visibility', 4
    from failures.returned as r
    anti join fresh as n on n.invocation = r.invocation
)
select invocation, min({'strength': strength, 'told_by': told_by}).told_by as told_by
from told
group by invocation
