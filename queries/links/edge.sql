-- Who called or triggered whom, one row per pair, with the strongest proof.
-- needs: links.trace_parent links.trace_link links.request_id lake.invocation
-- scope: case
-- materialize
-- caller: the invocation that called
-- callee: the invocation that was called
-- caller_node: node of the caller
-- callee_node: node of the callee
-- kind: call (the caller waits) or link (handed over)
-- evidence: what proves it: trace_parent, trace_link or request_id
-- confidence: share of such edges that were right where the truth is known, 0 to 1
-- candidates: how many callers were possible; 1 where a record names the caller
-- trace_key: key of the trace in which the caller recorded the call, null where it did not
-- call_key: key of the caller's span that recorded the call, null where it did not
with proof as (
    select caller, callee, kind, 1 as strength, 'trace_parent' as evidence, trace_key, call_key
    from links.trace_parent
    union all
    select caller, callee, kind, 2, 'trace_link', null, null from links.trace_link
    union all
    select caller, callee, kind, 3, 'request_id', trace_key, call_key from links.request_id
),
best as (
    select
        caller, callee,
        min({
            'strength': strength, 'evidence': evidence, 'kind': kind, 'trace_key': trace_key,
            'call_key': call_key
        }) as top
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
    best.top.evidence as evidence, 1.0::double as confidence, 1 as candidates,
    best.top.trace_key as trace_key, best.top.call_key as call_key
from best
join lake.invocation as a on a.invocation = best.caller
join lake.invocation as b on b.invocation = best.callee
left join through on through.caller = best.caller and through.callee = best.callee
where not (through.caller is not null and best.top.kind = 'link')
