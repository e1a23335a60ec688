-- Where the time of an invocation went: into its own work, into waiting for callees, and onto the way
-- between it and its caller. What slowness begins with: a node whose callees explain it has no more own time.
-- needs: lake.invocation lake.call links.edge chains.operation
-- scope: case
-- invocation: see lake.invocation
-- node: node that ran, or was called where it is virtual
-- kind: X-Ray's type of the node
-- operation: what was asked of it: method and path with what varies masked, or the API operation; empty where
--   nothing tells
-- caller: the invocation that waited for it, null where none is known
-- caller_node: its node
-- trace: id of the trace, else the invocation: what counts once, however often it came by
-- trace_id: 32 hex digits, null where it was not traced
-- started_at: UTC
-- duration_us: microseconds
-- own_us: duration without the time in which one of its calls was open, microseconds; null where it is virtual
-- gap_us: what the caller waited beyond the callee's duration, microseconds: network, queueing before the
--   handler, connecting; all of the call where the callee is virtual; null without a caller that waited
-- is_failed: whether it ended badly
-- is_passed_on: it ended badly, and so did one that it called
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
),
asked as (
    select
        e.callee as invocation, min({
            'caller': e.caller, 'node': e.caller_node, 'call_us': epoch_us(c.ended_at) - epoch_us(c.started_at)
        }) as first_call
    from links.edge as e
    left join lake.call as c on c.trace_key = e.trace_key and c.span_key = e.call_key
    where e.kind = 'call'
    group by e.callee
),
failing as (
    select distinct e.caller as invocation
    from links.edge as e
    join lake.invocation as i on i.invocation = e.callee
    where e.kind = 'call' and i.status = 'failed'
)
select
    i.invocation, i.node, i.kind,
    coalesce(o.operation, '') as operation,
    a.first_call.caller as caller, a.first_call.node as caller_node,
    coalesce(i.trace_id, i.invocation) as trace, i.trace_id, i.started_at,
    epoch_us(i.ended_at) - epoch_us(i.started_at) as duration_us,
    case when not i.is_virtual then epoch_us(i.ended_at) - epoch_us(i.started_at) - coalesce(w.waited_us, 0) end as own_us,
    -- a clock that is behind must not give time back; and greatest() passes over nulls
    case
        when i.is_virtual then coalesce(a.first_call.call_us, epoch_us(i.ended_at) - epoch_us(i.started_at))
        when a.first_call.call_us >= epoch_us(i.ended_at) - epoch_us(i.started_at)
            then a.first_call.call_us - (epoch_us(i.ended_at) - epoch_us(i.started_at))
        when a.first_call.call_us is not null and i.ended_at is not null then 0
    end as gap_us,
    i.status = 'failed' as is_failed,
    i.status = 'failed' and f.invocation is not null as is_passed_on
from lake.invocation as i
left join waited as w on w.invocation = i.invocation
left join asked as a on a.invocation = i.invocation
left join failing as f on f.invocation = i.invocation
left join chains.operation as o on o.invocation = i.invocation
where i.started_at is not null
