-- Who called or triggered whom, one row per pair, with the strongest proof.
-- needs: links.proof links.correlated links.presumed links.configured links.resolved links.answer links.share lake.invocation
-- scope: case
-- materialize
-- caller: the invocation that called
-- callee: the invocation that was called
-- caller_node: node of the caller
-- callee_node: node of the callee
-- kind: call (the caller waits) or link (handed over)
-- evidence: what proves it: trace_parent, trace_link, request_id, message_id, execution_arn, event_id,
--   trace_header or correlation; configured where only the way and the time tell (links.presumed, links.resolved,
--   links.configured)
-- confidence: share of such edges that were right where the truth is known (links.share), 0 to 1
-- candidates: how many callers were possible; 1 where a record names the caller
-- trace_key: key of the trace in which the caller recorded the call, null where it did not
-- call_key: key of the caller's span that recorded the call, null where it did not
-- proofs: all kinds of proof, in the order of their names
-- basis: what its confidence is looked up by, beside the candidates, see links.share
with common as (
    select
        caller, callee, kind, case evidence when 'trace_header' then 7 else 8 end as strength, evidence, candidates,
        case when basis <> 'habit' then 'id, way ' || basis when evidence = 'trace_header' then 'trace, habit'
            else 'id, habit ' || case when ahead >= 200 then 200 when ahead >= 120 then 120 else 100 end end as basis
    from links.correlated
),
proof as (
    select caller, callee, kind, strength, evidence, trace_key, call_key, candidates, 'record' as basis
    from links.proof
    union all by name
    select c.* from common as c anti join links.answer as a using (caller, callee)
    union all by name
    -- between caller and callee stands the call to a host name, of which the caller's record tells
    select a.call as caller, c.callee, 'call' as kind, c.strength, c.evidence, c.candidates, c.basis
    from common as c
    join links.answer as a using (caller, callee)
    union all by name
    select caller, callee, 'link' as kind, 9 as strength, 'configured' as evidence, candidates, 'presumed' as basis
    from links.presumed
    union all by name
    select call as caller, callee, 'call' as kind, 10 as strength, 'configured' as evidence, 1 as candidates,
        'time' as basis
    from links.resolved
    union all by name
    -- what is less likely than not is no edge
    select c.caller, c.callee, c.kind, 10 as strength, 'configured' as evidence, c.candidates, s.basis
    from links.configured as c
    asof join (select * from links.share where basis = 'time') as s on c.candidates >= s.candidates
    where s.confidence >= 0.5
),
best as (
    select
        caller, callee,
        min({
            'strength': strength, 'evidence': evidence, 'kind': kind, 'trace_key': trace_key,
            'call_key': call_key, 'candidates': candidates, 'basis': basis
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
select
    best.caller, best.callee, a.node as caller_node, b.node as callee_node, best.top.kind as kind,
    best.top.evidence as evidence,
    s.confidence / case best.top.basis when 'record' then best.top.candidates else 1 end as confidence,
    best.top.candidates as candidates, best.top.trace_key as trace_key, best.top.call_key as call_key,
    best.proofs as proofs, best.top.basis as basis
from best
join lake.invocation as a on a.invocation = best.caller
join lake.invocation as b on b.invocation = best.callee
asof join links.share as s on s.basis = best.top.basis and best.top.candidates >= s.candidates
left join through on through.caller = best.caller and through.callee = best.callee
where not (through.caller is not null and best.top.kind = 'link')
