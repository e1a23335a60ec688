-- Edges that a request id proves: a record of the caller names the id under which the callee ran: a call in
-- its segment whose callee is not in the caller's trace, the access or execution log of a door, the history
-- of an execution, or a line that it printed.
-- needs: lake.call lake.invocation lake.door_invocation lake.served_invocation lake.workflow_event links.mention links.known_id
-- scope: case
-- materialize
-- caller: the invocation that called
-- callee: the invocation that ran under that request id
-- kind: call, or link where the callee started after the call had ended
-- trace_key: key of the trace in which the caller recorded the call, null where it did not
-- call_key: key of the caller's span that recorded it, null where it did not
with named as (
    select c.caller, c.request_id, c.ended_at, c.trace_key, c.span_key as call_key
    from lake.call as c
    where c.answered = 'request_id'
    union all
    -- `$context.requestTime` has whole seconds: what began within the last of them was waited for
    select coalesce(s.invocation, d.invocation), d.integration_request_id, d.ended_at + interval 1 second, null, null
    from lake.door_invocation as d
    left join lake.served_invocation as s on s.request_id = d.request_id and s.told_by = 'door'
    where d.integration_request_id is not null
    union all
    select s.invocation, w.target_request_id, w.occurred_at, null, null
    from lake.workflow_event as w
    join lake.served_invocation as s on s.execution_arn = w.execution_arn
    where w.target_request_id is not null
)
select n.caller, i.invocation as callee,
    case when i.started_at > n.ended_at then 'link' else 'call' end as kind, n.trace_key, n.call_key
from named as n
join lake.invocation as i on i.request_id = n.request_id and not i.is_virtual
where i.invocation <> n.caller
union all
-- who printed it and was there before
select m.invocation, k.invocation, case when callee.started_at > caller.ended_at then 'link' else 'call' end, null, null
from links.mention as m
join links.known_id as k on k.value = m.value and k.what = 'request_id'
join lake.invocation as caller on caller.invocation = m.invocation
join lake.invocation as callee on callee.invocation = k.invocation
where caller.invocation <> callee.invocation and caller.request_id is distinct from callee.request_id
    and caller.started_at <= callee.started_at
