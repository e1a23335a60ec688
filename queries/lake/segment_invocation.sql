-- Which invocation a segment document belongs to. Lambda's service segment belongs to every attempt
-- of its request; independent subsegments (OpenTelemetry) to the segment they hang below, or where
-- that is not in the case to the topmost of them.
-- needs: lake.span lake.lambda_log
-- scope: trace
-- materialize
-- trace_key: signed 64-bit key of the trace id
-- segment_key: signed 64-bit key of the segment id
-- invocation: the invocation, see lake.invocation
-- request_id: Lambda request id
-- attempt: which attempt at the request
-- part: function (user code), service (Lambda's side), segment (any other), subsegment
with recursive document as (
    select * from lake.span where ordinal = 0 and not inferred
),
function as (
    select
        f.trace_key, f.segment_key, f.trace_id, f.segment_id, f.started_at,
        s.segment_key as service_key,
        -- a function that only OpenTelemetry tells of names its request itself
        coalesce(s.request_id, l.request_id, case when f.span_kind is not null then f.request_id end) as request_id,
        -- where the log is cut it counts from a later attempt: one number for both, so that they meet
        coalesce(l.attempt, p.attempt) as attempt
    from document as f
    left join lake.span as p on p.trace_key = f.trace_key and p.span_key = f.parent_key
    left join document as s
        on s.trace_key = p.trace_key and s.segment_key = p.segment_key and s.origin = 'AWS::Lambda'
    left join lake.lambda_log as l
        on l.trace_key = f.trace_key and l.segment_key = f.segment_key
        and l.request_id = coalesce(s.request_id, l.request_id)
    where f.origin = 'AWS::Lambda::Function'
),
-- the lines of a request that was retried may name one trace twice
function_once as (
    select
        trace_key, segment_key, trace_id, segment_id, service_key, min(started_at) as started_at,
        min(request_id) as request_id, min(attempt) as attempt
    from function
    group by trace_key, segment_key, trace_id, segment_id, service_key
),
named as (
    select
        trace_key, segment_key, service_key, request_id, attempt_ as attempt,
        coalesce(request_id || '#' || attempt_, trace_id || ':' || segment_id) as invocation
    from (
        select
            *,
            coalesce(attempt, row_number() over (
                partition by trace_key, service_key,
                    case when service_key is null then coalesce(request_id, segment_id) end
                order by started_at nulls last, segment_id
            )) as attempt_
        from function_once
    )
),
-- an independent subsegment hangs on a span of another document
hanging as (
    select d.trace_key, d.segment_key, min(p.segment_key) as on_segment
    from document as d
    join lake.span as p on p.trace_key = d.trace_key and p.span_key = d.parent_key
    where d.span_type = 'subsegment' and p.segment_key <> d.segment_key
    group by d.trace_key, d.segment_key
),
-- each hangs on one document only, and the walk starts at what hangs on none: it never enters a cycle
owner as (
    select trace_key, segment_key, segment_key as owner_key
    from document anti join hanging using (trace_key, segment_key)
    union all
    select h.trace_key, h.segment_key, o.owner_key
    from owner as o
    join hanging as h on h.trace_key = o.trace_key and h.on_segment = o.segment_key
),
whole as (
    select trace_key, segment_key, invocation, request_id, attempt, 'function' as part from named
    union all
    select trace_key, service_key, invocation, request_id, attempt, 'service'
    from named where service_key is not null
    union all
    -- Lambda's side alone: throttled, not started, or the function's segment is not there
    select
        s.trace_key, s.segment_key,
        coalesce(s.request_id || '#1', s.trace_id || ':' || s.segment_id), s.request_id, 1, 'service'
    from document as s
    anti join named as f on f.trace_key = s.trace_key and f.service_key = s.segment_key
    where s.origin = 'AWS::Lambda'
    union all
    select trace_key, segment_key, trace_id || ':' || segment_id, null, 1, 'segment'
    from document
    -- also a subsegment whose segment is not in the case: what it tells must not be lost
    anti join hanging using (trace_key, segment_key)
    where coalesce(origin, '') not in ('AWS::Lambda', 'AWS::Lambda::Function')
)
select trace_key, segment_key, invocation, request_id, attempt, part from whole
union all
select
    d.trace_key, d.segment_key,
    coalesce(w.invocation, d.trace_id || ':' || d.segment_id), w.request_id, coalesce(w.attempt, 1),
    case when o.owner_key is null then 'segment' else 'subsegment' end
from document as d
left join owner as o on o.trace_key = d.trace_key and o.segment_key = d.segment_key
left join whole as w
    on w.trace_key = o.trace_key and w.segment_key = o.owner_key and w.part <> 'service'
semi join hanging as h on h.trace_key = d.trace_key and h.segment_key = d.segment_key
where coalesce(d.origin, '') not in ('AWS::Lambda', 'AWS::Lambda::Function')
