-- Edges that a link between two traces proves: a message started a new trace. Where the linked span
-- is the call that sent the message, the queue stands between producer and consumer.
-- needs: lake.link lake.span lake.segment_invocation lake.virtual_invocation
-- scope: case
-- materialize
-- caller: the invocation that sent, or the queue that holds the message
-- callee: the invocation that received
-- kind: link
with ends as (
    select
        reference_type, trace_key, span_key, linked_trace_key, linked_key,
        linked_trace_id || ':' || linked_span_id as missing
    from lake.link
),
spoken as (
    -- who carries the link, and who is linked: each an invocation, or a queue that a call fed
    select distinct
        e.reference_type, own.invocation as speaker, v.invocation as speaker_queue,
        coalesce(far.invocation, absent.invocation) as linked, far_v.invocation as linked_queue
    from ends as e
    join lake.span as s on s.trace_key = e.trace_key and s.span_key = e.span_key
    left join lake.segment_invocation as own
        on own.trace_key = s.trace_key and own.segment_key = s.segment_key
    left join lake.virtual_invocation as v on v.trace_key = s.trace_key and v.call_key = s.call_key
    left join lake.span as t on t.trace_key = e.linked_trace_key and t.span_key = e.linked_key
    left join lake.segment_invocation as far
        on far.trace_key = t.trace_key and far.segment_key = t.segment_key
    left join lake.virtual_invocation as far_v
        on far_v.trace_key = t.trace_key and far_v.call_key = t.call_key
    left join lake.virtual_invocation as absent on absent.invocation = e.missing and absent.is_missing
)
select distinct
    case reference_type when 'child' then coalesce(speaker_queue, speaker) else coalesce(linked_queue, linked) end
        as caller,
    case reference_type when 'child' then linked else speaker end as callee,
    'link' as kind
from spoken
where speaker is not null and linked is not null and speaker <> linked
