-- Who called or triggered whom, one row per pair, with the strongest proof.
-- needs: links.proof links.correlated links.answer links.presumed lake.invocation
-- scope: case
-- materialize
-- caller: the invocation that called
-- callee: the invocation that was called
-- caller_node: node of the caller
-- callee_node: node of the callee
-- kind: call (the caller waits) or link (handed over)
-- evidence: what proves it: trace_parent, trace_link, request_id, message_id, execution_arn, event_id,
--   trace_header or correlation; configured where only the way and the time tell (links.presumed)
-- confidence: share of such edges that were right where the truth is known, 0 to 1
-- candidates: how many callers were possible; 1 where a record names the caller
-- trace_key: key of the trace in which the caller recorded the call, null where it did not
-- call_key: key of the caller's span that recorded the call, null where it did not
-- proofs: all kinds of proof, strongest first
with common as (
    select
        caller, callee, kind, case evidence when 'trace_header' then 7 else 8 end as strength, evidence, candidates,
        case basis when 'proven' then 10000 when 'configured' then 9999
            else case evidence when 'trace_header' then 100 else least(ahead, 9000) end end as ahead
    from links.correlated
),
proof as (
    select caller, callee, kind, strength, evidence, trace_key, call_key, candidates, 10000 as ahead from links.proof
    union all by name
    select c.* from common as c anti join links.answer as a using (caller, callee)
    union all by name
    -- between caller and callee stands the call to a host name, of which the caller's record tells
    select a.call as caller, c.callee, 'call' as kind, c.strength, c.evidence, c.candidates, c.ahead
    from common as c
    join links.answer as a using (caller, callee)
    union all by name
    select caller, callee, 'link' as kind, 9 as strength, 'configured' as evidence, candidates, 9000 as ahead
    from links.presumed
),
best as (
    select
        caller, callee,
        min({
            'strength': strength, 'evidence': evidence, 'kind': kind, 'trace_key': trace_key,
            'call_key': call_key, 'candidates': candidates,
            'ahead': ahead
        }) as top,
        string_agg(distinct evidence, ' ' order by evidence) as proofs
    from proof
    group by caller, callee
),
-- a producer's direct link says the same as the way through its queue, and less
through as (
    select first_hop.caller, second_hop.callee
    from best as first_hop
    join best as second_hop on second_hop.caller = first_hop.callee
    where first_hop.top.kind = 'call' and second_hop.top.kind = 'link'
)
-- Shares that were right: records 1.0, one in so many where a record fits several callers (runs of one map at a
-- time); an id in common where the two nodes' way is proven or configured, or where
-- the callee's node follows the caller's a fifth more evenly than any other, or a message can have been in no other
-- run; else the better guess. Measured by `make chainboard` on the sample account (CONTRIBUTING, "Confidence of edges").
select
    best.caller, best.callee, a.node as caller_node, b.node as callee_node, best.top.kind as kind,
    best.top.evidence as evidence, case
        when best.top.strength < 7 then 1.0 / best.top.candidates when best.top.ahead = 10000 then 0.98 when best.top.ahead = 9999 then 0.97 when best.top.ahead >= 120 then 0.94 else 0.4
    end::double as confidence, best.top.candidates as candidates,
    best.top.trace_key as trace_key, best.top.call_key as call_key, best.proofs as proofs
from best
join lake.invocation as a on a.invocation = best.caller
join lake.invocation as b on b.invocation = best.callee
left join through on through.caller = best.caller and through.callee = best.callee
where not (through.caller is not null and best.top.kind = 'link')
