-- Where the time of an invocation went: into its own work, into waiting for callees, and onto the way
-- between it and its caller. What slowness begins with: a node whose callees explain it has no more own time.
-- needs: chains.worked lake.invocation lake.call links.edge
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
with waiting as (
    select e.callee as invocation, e.caller, e.caller_node, epoch_us(c.ended_at) - epoch_us(c.started_at) as call_us
    from links.edge as e
    left join lake.call as c on c.trace_key = e.trace_key and c.span_key = e.call_key
    where e.kind = 'call'
),
-- the least of several texts is kept in memory for each, and few were called by more than one
several as (
    select callee as invocation from links.edge where kind = 'call' group by callee having count(*) > 1
),
asked as (
    select invocation, caller, caller_node, call_us from waiting anti join several using (invocation)
    union all
    select invocation, first_call.caller, first_call.caller_node, first_call.call_us
    from (
        select invocation, min({'caller': caller, 'caller_node': caller_node, 'call_us': call_us}) as first_call
        from waiting semi join several using (invocation)
        group by invocation
    )
),
failing as (
    select distinct e.caller as invocation
    from links.edge as e
    join lake.invocation as i on i.invocation = e.callee
    where e.kind = 'call' and i.status = 'failed'
)
select
    w.invocation, w.node, w.kind, w.operation, a.caller, a.caller_node,
    coalesce(w.trace_id, w.invocation) as trace, w.trace_id, w.started_at, w.duration_us, w.own_us,
    -- a clock that is behind must not give time back; and greatest() passes over nulls
    case
        when w.is_virtual then coalesce(a.call_us, w.duration_us)
        when a.call_us >= w.duration_us then a.call_us - w.duration_us
        when a.call_us is not null and w.duration_us is not null then 0
    end as gap_us,
    w.is_failed, w.is_failed and f.invocation is not null as is_passed_on
from chains.worked as w
left join asked as a on a.invocation = w.invocation
left join failing as f on f.invocation = w.invocation
