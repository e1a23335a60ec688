-- An invocation that failed when an earlier failure of its node was due again, where no line tells what either
-- worked on: a queue hands a message over again when its visibility time-out is over (SQS developer guide,
-- "Visibility timeout"). Whoever comes while any is due is one of them. Not where a mapping waits to
-- fill its batches, since nobody knows what else is in one, and each run may be the first for some message.
-- needs: failures.work links.source links.wiring lake.invocation lake.resource
-- scope: case
-- materialize
-- invocation: the invocation that failed again
with gathering as (
    select distinct node from lake.resource
    where kind = 'AWS::Lambda::EventSourceMapping'
        and try_cast(json_extract_string(configuration, '$.MaximumBatchingWindowInSeconds') as bigint) > 0
),
queue as (
    select s.node, max(s.returns_after_s) as returns_after_s, bool_or(w.how is not null) as is_mapped
    from links.source as s
    left join links.wiring as w on w.source = s.source and w.target = s.node and w.how = 'mapping'
    anti join gathering as g on g.node = s.node
    where s.returns_after_s is not null
    group by s.node
),
-- what most failures print (a runtime's name, a template's id) is about none of them
printed as (
    select *, count(*) over (partition by node, value) as shared from failures.work where status = 'failed'
),
telling as (
    select distinct p.invocation
    from printed as p
    join (select node, count(distinct invocation) as failures from printed group by node) as n using (node)
    where p.is_message or p.shared * 2 <= n.failures or n.failures <= 3
),
-- an invocation that was made again under its own request id came from no queue
own as (
    select node, request_id from lake.invocation
    where not is_virtual and attempt > 1 and request_id is not null
    group by node, request_id
),
silent as (
    select
        concat_ws(' ', i.node, i.end_reason, i.error_type) as shape, i.invocation, i.started_at,
        i.started_at + to_seconds(q.returns_after_s) as due_at
    from lake.invocation as i
    join queue as q using (node)
    anti join telling using (invocation)
    anti join own as o on o.node = i.node and o.request_id = i.request_id
    where i.status = 'failed' and not i.is_virtual and i.started_at is not null
        -- a message keeps its trace; only what is mapped to a function has a trace of its own per attempt
        and (q.is_mapped or i.trace_id is null)
),
happening as (
    select shape, started_at as occurred_at, invocation, 1 as failures from silent
    union all
    select shape, due_at, invocation, -1 from silent
),
-- what was not met within ten seconds of the others was given up: pollers wait for messages, and a new environment
-- has as long to start (Lambda developer guide, "Understanding the Lambda execution environment lifecycle")
first as (
    select
        *, coalesce(occurred_at > lag(occurred_at) over in_order + interval 10 second, true) as is_first
    from happening
    window in_order as (partition by shape order by occurred_at, failures, invocation)
),
stretch as (
    select *, sum(is_first::integer) over (partition by shape order by occurred_at, failures, invocation) as number
    from first
),
counted as (
    select
        *, sum(failures) over (
            partition by shape, number order by occurred_at, failures, invocation
        ) as beyond
    from stretch
),
-- the most failures so far beyond what was due: a failure that does not raise it was due
raised as (
    select
        invocation, failures, beyond,
        greatest(0, max(beyond) over (
            partition by shape, number order by occurred_at, failures, invocation
            rows between unbounded preceding and 1 preceding
        )) as before
    from counted
)
select invocation from raised where failures = 1 and beyond <= before
