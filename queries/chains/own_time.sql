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
with asked as (
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
    w.invocation, w.node, w.kind, w.operation, a.first_call.caller as caller, a.first_call.node as caller_node,
    coalesce(w.trace_id, w.invocation) as trace, w.trace_id, w.started_at, w.duration_us, w.own_us,
    -- a clock that is behind must not give time back; and greatest() passes over nulls
    case
        when w.is_virtual then coalesce(a.first_call.call_us, w.duration_us)
        when a.first_call.call_us >= w.duration_us then a.first_call.call_us - w.duration_us
        when a.first_call.call_us is not null and w.duration_us is not null then 0
    end as gap_us,
    w.is_failed, w.is_failed and f.invocation is not null as is_passed_on
from chains.worked as w
left join asked as a on a.invocation = w.invocation
left join failing as f on f.invocation = w.invocation
