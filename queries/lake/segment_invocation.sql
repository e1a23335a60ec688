-- Which invocation a segment document belongs to. Lambda's service segment belongs to every attempt
-- of its request; independent subsegments (OpenTelemetry) to the segment they hang below.
-- needs: lake.span lake.lambda_log
-- scope: case
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
        f.trace_key, f.segment_key, f.trace_id, f.segment_id,
        s.segment_key as service_key,
        coalesce(s.request_id, l.request_id) as request_id,
        coalesce(p.attempt, l.attempt, 1) as attempt
    from document as f
    left join lake.span as p on p.trace_key = f.trace_key and p.span_key = f.parent_key
    left join document as s
        on s.trace_key = p.trace_key and s.segment_key = p.segment_key and s.origin = 'AWS::Lambda'
    left join lake.lambda_log as l on l.trace_key = f.trace_key and l.segment_key = f.segment_key
    where f.origin = 'AWS::Lambda::Function'
),
-- the lines of a request that was retried may name one trace twice
function_once as (
    select
        trace_key, segment_key, trace_id, segment_id, service_key, min(request_id) as request_id,
        min(attempt) as attempt
    from function
    group by all
),
named as (
    select
        trace_key, segment_key, service_key, request_id, attempt,
        coalesce(request_id || '#' || attempt, trace_id || ':' || segment_id) as invocation
    from function_once
),
climb as (
    select d.trace_key, d.segment_key, p.segment_key as at_segment, 1 as depth
    from document as d
    join lake.span as p on p.trace_key = d.trace_key and p.span_key = d.parent_key
    where d.span_type = 'subsegment'
    union
    select c.trace_key, c.segment_key, p.segment_key, c.depth + 1
    from climb as c
    join document as d on d.trace_key = c.trace_key and d.segment_key = c.at_segment
    join lake.span as p on p.trace_key = d.trace_key and p.span_key = d.parent_key
    where d.span_type = 'subsegment' and c.depth < 1000
),
owner as (
    select
        d.trace_key, d.segment_key, coalesce(min(s.segment_key), d.segment_key) as owner_key
    from document as d
    left join climb as c on c.trace_key = d.trace_key and c.segment_key = d.segment_key
    left join document as s
        on s.trace_key = c.trace_key and s.segment_key = c.at_segment and s.span_type = 'segment'
    where d.span_type = 'subsegment'
    group by d.trace_key, d.segment_key
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
    where span_type = 'segment' and coalesce(origin, '') not in ('AWS::Lambda', 'AWS::Lambda::Function')
)
select trace_key, segment_key, invocation, request_id, attempt, part from whole
union all
select
    o.trace_key, o.segment_key,
    coalesce(w.invocation, d.trace_id || ':' || d.segment_id), w.request_id, coalesce(w.attempt, 1),
    'subsegment'
from owner as o
join document as d on d.trace_key = o.trace_key and d.segment_key = o.segment_key
left join whole as w
    on w.trace_key = o.trace_key and w.segment_key = o.owner_key and w.part <> 'service'
