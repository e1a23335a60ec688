-- An invocation that failed over a message that had failed before: one failure, shown by the first attempt.
-- Attempts are told by the message ids that their lines print; where they print none, by any other value
-- that only a few invocations of the function print; where they print nothing, by the queue's visibility
-- time-out, after which a message comes again (SQS developer guide, "Visibility timeout"); and where the message
-- carries its trace, by that.
-- needs: failures.work failures.returned links.redelivery lake.invocation
-- scope: case
-- materialize
-- invocation: the invocation that failed again
-- told_by: trace, message, value or visibility
with used as (
    select node, value, count(*) as shared from failures.work group by node, value
),
total as (
    select node, count(distinct invocation) as invocations from failures.work group by node
),
failed as (
    -- what most invocations print (a template's id, a version) is about none of them
    select w.node, w.invocation, w.started_at, w.value, w.is_message,
        bool_or(w.is_message) over (partition by w.invocation) as has_message,
        case when u.shared * 2 <= t.invocations or t.invocations <= 3 then u.shared else 1000 end as shared
    from failures.work as w
    join used as u on u.node = w.node and u.value = w.value
    join total as t on t.node = w.node
    where w.status = 'failed'
),
first as (
    select node, value, min(started_at) as first_at
    from failed
    where is_message or not has_message and shared between 2 and 20
    group by node, value
),
by_value as (
    select f.invocation, case when bool_or(f.is_message) then 'message' else 'value' end as told_by
    from failed as f
    join first as e on e.node = f.node and e.value = f.value
    where f.is_message or not f.has_message and f.shared between 2 and 20
    group by f.invocation
    -- of a batch each message must have failed before, of other values one tells enough
    having case when bool_or(f.is_message) then bool_and(e.first_at < f.started_at)
        else bool_or(e.first_at < f.started_at) end
),
by_trace as (
    select r.invocation, 'trace' as told_by
    from links.redelivery as r
    join lake.invocation as f on f.invocation = r.invocation and f.status = 'failed'
    join lake.invocation as b on b.invocation = r.before and b.status = 'failed'
)
select invocation, told_by from by_trace
union all
select invocation, told_by from by_value anti join by_trace using (invocation)
union all
select r.invocation, 'visibility' from failures.returned as r
anti join by_value using (invocation)
anti join by_trace using (invocation)
