-- An id that records of an invocation hold: the trace that it belongs to, or a value that its lines print.
-- needs: links.mention links.known_id links.skew lake.invocation
-- scope: case
-- materialize
-- value: the id; of a trace 32 hex digits
-- evidence: trace_header or correlation
-- invocation: the invocation
-- node: its node
-- started_at: its start, UTC, by its callers' clock where its own is off (links.skew)
-- ended_at: its end, likewise
-- is_partial: whether only some lines of it tell when it ran, so that it began before and ended later
with real as (
    select
        i.invocation, i.node, i.trace_id,
        i.started_at - to_microseconds(coalesce(s.offset_ms * 1000, 0)::bigint) as started_at,
        i.ended_at - to_microseconds(coalesce(s.offset_ms * 1000, 0)::bigint) as ended_at,
        i.segment_key is null and i.kind in ('AWS::ECS::Container', 'AWS::EKS::Container') as is_partial
    from lake.invocation as i
    left join links.skew as s on s.node = i.node
    where not i.is_virtual and i.started_at is not null
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
