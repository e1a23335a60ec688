-- Edges that a parent id inside a trace proves. A queue, topic or bucket that X-Ray inferred stays
-- between its producer and the function that it started.
-- needs: lake.span lake.segment_invocation lake.call lake.virtual_invocation
-- scope: trace
-- materialize
-- caller: the invocation that called
-- callee: the invocation that was called
-- kind: call, or link where it was only handed over
-- trace_key: key of the trace in which the caller recorded the call
-- call_key: key of the caller's span that recorded it, null between a queue and its consumer
with owner as (
    -- whose segment it is; Lambda's own counts where it speaks of one attempt only
    select trace_key, segment_key, min(invocation) as invocation
    from lake.segment_invocation
    group by trace_key, segment_key
    having count(*) = 1
),
callee as (
    select i.trace_key, i.segment_key, i.invocation, s.parent_key
    from lake.segment_invocation as i
    join lake.span as s on s.trace_key = i.trace_key and s.segment_key = i.segment_key and s.ordinal = 0
    where i.part <> 'subsegment' and s.parent_key is not null
),
handed_over as (
    select distinct trace_key, segment_key
    from lake.span
    where attempt is not null or name = 'Dwell Time' or origin = 'AWS::Lambda' and http_status = 202
),
parent as (
    select
        c.invocation as callee, p.trace_key, p.span_key, p.segment_key, p.call_key, p.inferred,
        call.inferred_key, call.answered,
        h.trace_key is not null or coalesce(call.kind in ('AWS::Events', 'AWS::Events::EventBus', 'AWS::SNS',
            'AWS::SNS::Topic', 'AWS::SQS', 'AWS::SQS::Queue', 'AWS::Kinesis', 'AWS::Kinesis::Stream'), false) as is_async
    from callee as c
    join lake.span as p on p.trace_key = c.trace_key and p.span_key = c.parent_key
    left join lake.segment_invocation as own
        on own.trace_key = p.trace_key and own.segment_key = p.segment_key
        and own.invocation = c.invocation
    left join lake.call as call on call.trace_key = p.trace_key and call.span_key = p.call_key
    left join handed_over as h on h.trace_key = c.trace_key and h.segment_key = c.segment_key
    -- a function's segment below its own service segment is the same invocation
    where own.invocation is null
),
to_real as (
    select
        coalesce(between_.invocation, owner.invocation) as caller, parent.callee,
        case when between_.invocation is not null or parent.is_async then 'link' else 'call' end as kind,
        case when between_.invocation is null then parent.trace_key end as trace_key,
        case when between_.invocation is null then coalesce(parent.call_key, parent.span_key) end as call_key
    from parent
    left join lake.virtual_invocation as between_
        on between_.trace_key = parent.trace_key
        and between_.segment_key = case
            when parent.inferred then parent.segment_key
            when parent.answered = 'async' then parent.inferred_key
        end
    left join owner
        on owner.trace_key = parent.trace_key and owner.segment_key = parent.segment_key
),
to_virtual as (
    select owner.invocation as caller, v.invocation as callee, 'call' as kind, v.trace_key, v.call_key
    from lake.virtual_invocation as v
    join lake.call as c on c.trace_key = v.trace_key and c.span_key = v.call_key
    join owner
        on owner.trace_key = c.trace_key and owner.segment_key = c.segment_key
    union all
    -- an inferred segment below a span that is no call
    select owner.invocation, v.invocation, 'call', p.trace_key, p.span_key
    from lake.virtual_invocation as v
    join lake.span as i on i.trace_key = v.trace_key and i.segment_key = v.segment_key and i.ordinal = 0
    join lake.span as p on p.trace_key = i.trace_key and p.span_key = i.parent_key
    join owner
        on owner.trace_key = p.trace_key and owner.segment_key = p.segment_key
    where v.call_key is null
)
select distinct caller, callee, kind, trace_key, call_key
from (select * from to_real union all select * from to_virtual)
where caller <> callee
