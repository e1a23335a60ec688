-- An invocation that failed over a message that had failed before: one failure, shown by the first attempt.
-- Attempts are told by the message ids that their lines print; where they print none, by any other value
-- that only a few invocations of the function print; where they print nothing, by the queue's visibility
-- time-out, after which a message comes again (SQS developer guide, "Visibility timeout"); where the message
-- carries its trace, by that; attempts at one request keep its id (Lambda developer guide, "Asynchronous
-- invocation"); and where all that was sent is known to have been in earlier ones, by its senders.
-- needs: failures.about failures.coming_back failures.work failures.returned links.redelivery links.delivery links.edge links.feeder links.presumed links.source lake.invocation
-- scope: case
-- materialize
-- invocation: the invocation that failed again
-- told_by: request, trace, message, value, sender or visibility
with taking as (
    -- who is called is asked the same by another request; who takes messages may have the same one again
    select node from failures.work where is_message
    union
    select node from links.source
    union
    select callee_node from links.edge where kind = 'link' and confidence >= 0.5
    union
    select callee_node from links.feeder
    union
    select node from failures.coming_back
),
first as (
    select node, value, min(started_at) as first_at
    from failures.about semi join taking using (node)
    where is_message or not has_message and is_own
    group by node, value
),
-- who is known to have been sent a message of its own is no attempt at another one's; a task may be given anew what
-- its execution was given again
fresh as (
    select consumer as invocation from links.delivery
    where producer is not null and state is null
    group by consumer having min(attempt) = 1
),
by_value as (
    select f.invocation, case when bool_or(f.is_message) then 'message' else 'value' end as told_by
    from failures.about as f
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
