-- An id that records of an invocation hold: the trace that it belongs to, or a value that its lines print.
-- needs: links.mention links.known_id lake.invocation
-- scope: case
-- materialize
-- value: the id; of a trace 32 hex digits
-- evidence: trace_header or correlation
-- invocation: the invocation
-- node: its node
-- started_at: its start, UTC
-- ended_at: its end, UTC
-- is_partial: whether only some lines of it tell when it ran, so that it began before and ended later
with real as (
    select
        invocation, node, started_at, ended_at, trace_id,
        segment_key is null and kind in ('AWS::ECS::Container', 'AWS::EKS::Container') as is_partial
    from lake.invocation
    where not is_virtual and started_at is not null
),
told as (
    select trace_id as value, invocation, 'trace_header' as evidence from real where trace_id is not null
    union
    select m.value, m.invocation, case when t.trace_id is null then 'correlation' else 'trace_header' end
    from links.mention as m
    left join (select distinct trace_id from real where trace_id is not null) as t on t.trace_id = m.value
    -- the id of one invocation or message is a proof of its own
    anti join links.known_id as k on k.value = m.value
),
few as (
    select value from told group by value having count(*) between 2 and 200
)
select t.value, t.evidence, t.invocation, r.node, r.started_at, r.ended_at, r.is_partial
from told as t
semi join few on few.value = t.value
join real as r on r.invocation = t.invocation
