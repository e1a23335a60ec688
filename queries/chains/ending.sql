-- How the failure of an invocation ended in its chain: it `surfaced`, it was `propagated` (its caller
-- failed too), `absorbed` (its caller ended well), `retried` (a later attempt at the same message or
-- request ended well), or `unsettled` (a 4xx answer to a caller whose own end nobody recorded).
-- needs: lake.invocation links.edge links.delivery links.redelivery chains.finished chains.went_on
-- scope: case
-- materialize
-- invocation: the invocation that failed
-- outcome: surfaced, propagated, absorbed, retried or unsettled
-- handler: the invocation that ended well in spite of it, null otherwise
-- top: where the way up through callers that nobody tells the end of comes to its end, itself where no caller is
--   known; null where a caller tells, or it was handed over
with recursive failed as (
    select invocation, node, request_id, started_at, is_virtual, is_client_error
    from lake.invocation where status = 'failed'
),
-- the ways up from what failed or did not tell: worked out once, for every round of a recursion reads all it joins
step as materialized (
    select
        e.callee, e.caller,
        case when w.caller is not null then 'ok' when a.status = 'unknown' then null
            when a.is_client_error then 'surfaced' else a.status end as met,
        -- an execution that was started and not waited for ends after whoever started it
        e.kind = 'link' or coalesce(
            p.kind = 'AWS::StepFunctions::StateMachine' and p.ended_at > a.ended_at + interval 1 second, false)
            as handed_over
    from links.edge as e
    join (
        select invocation, kind, ended_at from lake.invocation where status in ('failed', 'unknown')
    ) as p on p.invocation = e.callee
    join lake.invocation as a on a.invocation = e.caller
    left join chains.went_on as w on w.caller = e.caller and w.callee = e.callee
),
-- upward through callers of unknown status, to the first that tells; no row comes twice, so it ends
climb as (
    select f.invocation, f.invocation as place, null::varchar as met, false as handed_over
    from failed as f
    union
    select c.invocation, s.caller, s.met, s.handed_over
    from climb as c
    join step as s on s.callee = c.place
    where c.met is null and not c.handed_over and s.caller <> c.invocation
),
top as (
    -- where the way up ends without anybody telling
    select c.invocation, min(c.place) as place
    from climb as c
    left join links.edge as e on e.callee = c.place
    where c.met is null and not c.handed_over and e.caller is null
    group by c.invocation
),
met as (
    select
        invocation,
        bool_or(met = 'failed' and not handed_over) as has_failed,
        bool_or(handed_over or met = 'surfaced') as has_surfaced,
        min(place) filter (where met = 'ok' and not handed_over) as handler
    from climb
    group by invocation
),
-- a message that came again, as its trace tells; attempts only ever follow, so it ends
returned as (
    select f.invocation, r.invocation as place
    from failed as f join links.redelivery as r on r.before = f.invocation
    union
    select n.invocation, r.invocation
    from returned as n join links.redelivery as r on r.before = n.place
),
attempt as (
    -- a later attempt at the same message (one call that fed a queue) or request
    select f.invocation, min(later.invocation) as handler
    from failed as f
    join links.edge as e on e.callee = f.invocation and e.kind = 'link'
    join lake.invocation as source on source.invocation = e.caller
    join links.edge as again on again.caller = e.caller and again.kind = 'link'
    join lake.invocation as later on later.invocation = again.callee
    where later.node = f.node and later.status = 'ok' and later.started_at > f.started_at
        and (later.request_id = f.request_id or source.is_virtual
            -- one call that sent many: the other message did well
            and not coalesce(suffix(source.operation, 'Batch') or source.operation in ('PutEvents', 'PutRecords'), false))
    group by f.invocation
    union
    select f.invocation, min(later.invocation)
    from failed as f
    join lake.invocation as later
        on later.request_id = f.request_id and later.node = f.node and not later.is_virtual
    where not f.is_virtual and later.status = 'ok' and later.started_at > f.started_at
    group by f.invocation
    union
    select r.invocation, min(later.invocation)
    from returned as r
    join lake.invocation as later on later.invocation = r.place
    where later.status = 'ok'
    group by r.invocation
),
-- the messages of a failed invocation that were handed over again; of a task its execution is who deals with it
again as (
    select f.invocation, d.message, d.consumer_node, max(later.attempt) as last_attempt
    from failed as f
    join links.delivery as d on d.consumer = f.invocation and d.state is null
    join links.delivery as later
        on later.message = d.message and later.consumer_node = d.consumer_node and later.attempt > d.attempt
        and later.producer is not distinct from d.producer
    group by f.invocation, d.message, d.consumer_node
),
last_ as (
    select a.invocation, min(i.invocation) filter (
        where (i.status = 'ok' or f.invocation is not null) and l.outcome = 'done') as handler
    from again as a
    join links.delivery as l
        on l.message = a.message and l.consumer_node = a.consumer_node and l.attempt = a.last_attempt
    join lake.invocation as i on i.invocation = l.consumer
    left join chains.finished as f on f.invocation = l.consumer
    group by a.invocation
),
retried as (
    select invocation, min(handler) as handler from (
        select * from attempt
        union all
        select invocation, handler from last_ where handler is not null
    )
    group by invocation
)
select
    f.invocation,
    case
        when r.handler is not null then 'retried'
        when m.has_failed then 'propagated'
        when f.is_virtual and f.is_client_error and m.handler is null then 'unsettled'
        when m.has_surfaced or t.invocation is not null then 'surfaced'
        when m.handler is not null then 'absorbed'
        else 'surfaced'
    end as outcome,
    coalesce(r.handler, case when not m.has_failed and not m.has_surfaced and t.invocation is null
        then m.handler end) as handler,
    case when m.has_failed is not true and m.has_surfaced is not true and m.handler is null then t.place end as top
from failed as f
left join met as m using (invocation)
left join top as t using (invocation)
left join retried as r using (invocation)
