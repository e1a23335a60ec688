-- Pairs of invocations that records prove to be caller and callee, whatever carriers stand between them.
-- needs: links.proof lake.invocation
-- scope: case
-- materialize
-- caller: the invocation that called or sent
-- callee: the invocation that was called or received
-- caller_node: its node
-- callee_node: its node
-- carrier: node of the last queue, topic, bus or stream between them, null where there is none
-- through: the (virtual) invocation of the last carrier, null where there is none
-- kind: call or link
with edge as (
    select p.caller, p.callee, max(p.kind) as kind, a.is_virtual as from_virtual, b.is_virtual as to_virtual,
        a.node as caller_node, b.node as callee_node
    from links.proof as p
    join lake.invocation as a on a.invocation = p.caller
    join lake.invocation as b on b.invocation = p.callee
    group by all
),
step as (
    select caller, callee, caller_node, callee_node, null as carrier, null as through, kind, to_virtual
    from edge where not from_virtual
),
second as (
    select s.caller, e.callee, s.caller_node, e.callee_node, s.callee_node as carrier, s.callee as through,
        -- a host name is no carrier: who calls it waits for whoever answers
        case when s.kind = 'call' and e.kind = 'call' then 'call' else 'link' end as kind, e.to_virtual
    from step as s
    join edge as e on e.caller = s.callee
    where s.to_virtual
),
third as (
    select s.caller, e.callee, s.caller_node, e.callee_node, s.callee_node as carrier, s.callee as through,
        'link' as kind, e.to_virtual
    from second as s
    join edge as e on e.caller = s.callee
    where s.to_virtual
),
pair as (
    select * exclude (to_virtual)
    from (select * from step union all select * from second union all select * from third)
    where not to_virtual and caller <> callee
)
-- one way of each pair: one through a carrier tells more than one without
select caller, callee, caller_node, callee_node, way.carrier as carrier, way.through as through, way.kind as kind
from (
    select caller, callee, caller_node, callee_node,
        min({'rank': case when kind = 'call' then 0 when through is not null then 1 else 2 end, 'kind': kind,
            'carrier': carrier, 'through': through}) as way
    from pair
    group by caller, callee, caller_node, callee_node
)
