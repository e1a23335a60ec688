-- An invocation that failed over a message that had failed before: one failure, shown by the first attempt.
-- Attempts are told by the message ids that their lines print; where they print none, by any other value
-- that only a few invocations of the function print; where they print nothing, by the queue's visibility
-- time-out, after which a message comes again (SQS developer guide, "Visibility timeout"); and where the message
-- carries its trace, by that.
-- needs: failures.work links.source links.redelivery links.wiring lake.invocation
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
failing as (
    select
        i.node, i.invocation, i.started_at, i.end_reason, coalesce(i.error_type, '') as error_type, i.trace_id,
        q.returns_after_s, q.is_mapped
    from lake.invocation as i
    join (
        select s.node, max(s.returns_after_s) as returns_after_s, bool_or(w.how is not null) as is_mapped
        from links.source as s
        left join links.wiring as w on w.source = s.source and w.target = s.node and w.how = 'mapping'
        where s.returns_after_s is not null
        group by s.node
    ) as q using (node)
    where i.status = 'failed' and not i.is_virtual and i.started_at is not null
),
by_trace as (
    select r.invocation, 'trace' as told_by
    from links.redelivery as r
    join failing as b on b.invocation = r.before
),
silent as (
    select f.* from failing as f
    anti join (select distinct invocation from failures.work where status = 'failed') as w using (invocation)
    anti join by_trace using (invocation)
),
-- what came back has one attempt before it, and that one has one after it: whoever fits closest on both sides
close as (
    select
        f.invocation, row_number() over (
            partition by f.invocation order by f.started_at - e.started_at, e.invocation) as nth,
        row_number() over (partition by e.invocation order by f.started_at - e.started_at, f.invocation) as nth_after
    from silent as f
    join silent as e
        on e.node = f.node and e.end_reason is not distinct from f.end_reason and e.error_type = f.error_type
    where f.started_at - e.started_at
        between to_seconds(f.returns_after_s) and to_seconds(f.returns_after_s + 5)
        and (f.is_mapped or f.trace_id is null or e.trace_id is null)
),
by_time as (
    select invocation, 'visibility' as told_by from close where nth = 1 and nth_after = 1
)
select invocation, told_by from by_trace
union all
select invocation, told_by from by_value anti join by_trace using (invocation)
union all
select invocation, told_by from by_time anti join by_value using (invocation)
