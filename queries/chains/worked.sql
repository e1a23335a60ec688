-- How long an invocation worked itself: its time without that in which one of its calls was open; and what it was
-- asked for. chains.own_time has the way from its caller beside it.
-- needs: lake.invocation lake.call lake.request
-- scope: case
-- invocation: see lake.invocation
-- node: node that ran, or was called where it is virtual
-- kind: X-Ray's type of the node
-- operation: what was asked of it: method and path with what varies masked, or the API operation; empty where
--   nothing tells
-- is_virtual: whether only its caller tells of it
-- trace_id: 32 hex digits, null where it was not traced
-- started_at: UTC
-- duration_us: microseconds
-- own_us: duration without the time in which one of its calls was open, microseconds; null where it is virtual
-- is_failed: whether it ended badly
with called as (
    select
        c.caller as invocation,
        epoch_us(greatest(c.started_at, i.started_at)) as from_us,
        epoch_us(least(coalesce(c.ended_at, i.ended_at), i.ended_at)) as until_us
    from lake.call as c
    join lake.invocation as i on i.invocation = c.caller
    where i.ended_at is not null
),
-- calls may overlap: each counts from where the ones before it had all ended
waited as (
    select invocation, sum(greatest(0, until_us - greatest(from_us, coalesce(reached_us, from_us)))::bigint)::bigint as waited_us
    from (
        select
            *, max(until_us) over (
                partition by invocation order by from_us, until_us
                rows between unbounded preceding and 1 preceding
            ) as reached_us
        from called
    )
    group by invocation
)
select
    i.invocation, i.node, i.kind, coalesce(nullif(r.operation, ''), i.operation, '') as operation,
    i.is_virtual, i.trace_id, i.started_at, epoch_us(i.ended_at) - epoch_us(i.started_at) as duration_us,
    case when not i.is_virtual then epoch_us(i.ended_at) - epoch_us(i.started_at) - coalesce(w.waited_us, 0) end as own_us,
    i.status = 'failed' as is_failed
from lake.invocation as i
left join waited as w on w.invocation = i.invocation
left join lake.request as r on r.trace_key = i.trace_key and r.segment_key = i.segment_key and not i.is_virtual
where i.started_at is not null
