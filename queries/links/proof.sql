-- What proves by a record that one invocation called or triggered another: every proof, several of one pair.
-- needs: links.trace_parent links.trace_link links.request_id links.message_id links.execution_arn links.trace_header
-- scope: case
-- caller: the invocation that called
-- callee: the invocation that was called
-- kind: call (the caller waits) or link (handed over)
-- strength: 1 is the strongest kind
-- evidence: trace_parent, trace_link, request_id, message_id, execution_arn, event_id or trace_header
-- trace_key: key of the trace in which the caller recorded the call, null where it did not
-- call_key: key of the caller's span that recorded the call, null where it did not
-- candidates: how many callers were possible; 1 where a record names the caller
select caller, callee, kind, 1 as strength, 'trace_parent' as evidence, trace_key, call_key, 1 as candidates
from links.trace_parent
union all
select caller, callee, kind, 2, 'trace_link', null, null, 1 from links.trace_link
union all
select caller, callee, kind, 3, 'request_id', trace_key, call_key, 1 from links.request_id
union all
select
    caller, callee, kind, case evidence when 'request_id' then 3 when 'message_id' then 4 else 6 end, evidence,
    null, null, 1
from links.message_id
union all
select caller, callee, kind, 5, 'execution_arn', null, null, candidates from links.execution_arn
union all
select caller, callee, kind, 7, 'trace_header', null, null, candidates from links.trace_header
