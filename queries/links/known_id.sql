-- An id that stands for one invocation or one message, whoever prints it: request ids, names of executions,
-- message ids as the sender's call, a topic's delivery log or a history tell them, ids of events.
-- needs: lake.invocation lake.span lake.segment_invocation lake.virtual_invocation lake.delivery_log lake.workflow_event lake.carried_message lake.served_invocation lake.lost_event
-- scope: case
-- materialize
-- value: the id
-- what: request_id, execution, message_id or event_id; sent of the request id of a call that sent an event
-- invocation: the invocation that it stands for; of a message or event the one that carries it (virtual), where
--   there is none its sender
with handed_on as (
    -- a proxy's or client's id that whoever was asked next calls the request's, too (X-Request-ID: ingress-nginx, Envoy,
    -- Rails, Phoenix): common to all of them, as a trace is. What Lambda was given is its own
    select request_id from lake.invocation
    where request_id is not null and not is_virtual
    group by request_id
    having count(distinct node) > 1 and bool_or(kind in ('AWS::ECS::Container', 'AWS::EKS::Container'))
        and not bool_or(kind = 'AWS::Lambda::Function')
)
select request_id as value, 'request_id' as what, invocation
from lake.invocation
anti join handed_on using (request_id)
where request_id is not null and not is_virtual
union
select request_id, 'request_id', invocation from lake.lost_event
union
select split_part(execution_arn, ':', -1), 'execution', invocation
from lake.invocation
where execution_arn is not null and not is_virtual
union
select s.message_id, 'message_id', coalesce(v.invocation, i.invocation)
from lake.span as s
join lake.segment_invocation as i
    on i.trace_key = s.trace_key and i.segment_key = s.segment_key and i.part <> 'service'
left join lake.virtual_invocation as v on v.trace_key = s.trace_key and v.call_key = s.span_key
where s.message_id is not null and s.span_key = s.call_key
union
select w.message_id, 'message_id', s.invocation
from lake.workflow_event as w
join lake.served_invocation as s on s.execution_arn = w.execution_arn
where w.message_id is not null
union
select message, case kind when 'AWS::SNS::Topic' then 'message_id' else 'event_id' end, invocation
from lake.carried_message
union
select d.target_message_id, 'message_id', m.invocation
from lake.delivery_log as d
join lake.carried_message as m on m.message = d.message_id
where d.target_message_id is not null
union
select request_id, 'sent', invocation from lake.carried_message where request_id is not null and not is_traced
