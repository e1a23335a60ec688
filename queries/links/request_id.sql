-- Edges that a request id proves: the caller wrote down the id under which the callee ran, though
-- the callee's segment is not in the caller's trace.
-- needs: lake.call lake.invocation
-- scope: case
-- caller: the invocation that called
-- callee: the invocation that ran under that request id
-- kind: call, or link where the callee started after the call had ended
-- trace_key: key of the trace in which the caller recorded the call
-- call_key: key of the caller's span that recorded it
select
    c.caller, i.invocation as callee,
    case when i.started_at > c.ended_at then 'link' else 'call' end as kind,
    c.trace_key, c.span_key as call_key
from lake.call as c
join lake.invocation as i on i.request_id = c.request_id and not i.is_virtual
where c.answered = 'request_id' and i.invocation <> c.caller
