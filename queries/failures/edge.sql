-- The edges of the failing chains with the call that each stands for, in order of chain: what the walk reads of
-- links.edge, lake.call and lake.span, for some chains at a time; and the callers that failures.above found.
-- needs: failures.member failures.above links.edge lake.call lake.span lake.invocation
-- scope: case
-- materialize
-- chain: the failing chain
-- caller: the invocation that called
-- callee: the invocation that was called
-- kind: call or link, as in links.edge
-- evidence: what proves it, as in links.edge; configured where only failures.above tells
-- confidence: 0 to 1
-- candidates: how many callers were possible
-- operation: what was called
-- is_failed: whether the caller saw the call fail
-- in_progress: whether the caller never saw it end
-- started_at: start of the call, UTC
-- ended_at: its end, UTC
-- http_status: its answer
-- exception_type: what the caller saw thrown
-- exception_message: what that said
-- trace_id: trace of the caller's record of the call
-- segment_id: segment of it
-- span_id: span of it
with edge as materialized (
    select m.chain, e.* from failures.member as m join links.edge as e on e.caller = m.invocation
),
-- first what they name, then joined: tables of the whole case are read past the few, not kept beside them
call as (
    select * from lake.call
    semi join edge on edge.trace_key = call.trace_key and edge.call_key = call.span_key
),
place as (
    select trace_key, span_key, trace_id, segment_id, span_id from lake.span
    semi join edge on edge.trace_key = span.trace_key and edge.call_key = span.span_key
)
select e.chain, e.caller, e.callee, e.kind, e.evidence, e.confidence, e.candidates, c.operation,
    coalesce(c.is_failed, false) as is_failed, coalesce(c.in_progress, false) as in_progress,
    c.started_at, c.ended_at, c.http_status, c.exception_type, c.exception_message,
    p.trace_id, p.segment_id, p.span_id
from edge as e
left join call as c on c.trace_key = e.trace_key and c.span_key = e.call_key
left join place as p on p.trace_key = e.trace_key and p.span_key = e.call_key
union all by name
select distinct m.chain, a.caller, a.top as callee, 'call' as kind, 'configured' as evidence,
    1.0 / (1 + a.candidates) as confidence, a.candidates, i.operation, true as is_failed,
    false as in_progress, i.started_at, i.ended_at
from failures.member as m
join failures.above as a on a.caller = m.invocation and a.outcome = 'failed'
join lake.invocation as i on i.invocation = a.top
order by all
