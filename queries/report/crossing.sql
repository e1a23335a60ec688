-- One use of an edge as a map counts it: a call and what its caller waited, or a hand-over and how long what was
-- handed over lay until somebody began with it.
-- needs: links.edge report.visit lake.call
-- scope: case
-- caller: the invocation that called
-- callee: the invocation that was called
-- caller_node: node of the caller
-- callee_node: node of the callee
-- kind: call (the caller waits) or link (handed over)
-- evidence: what proves it, see links.edge
-- confidence: share of such edges that were right where the truth is known, 0 to 1
-- started_at: when the caller called, else when the callee began, UTC
-- latency_ms: of a call what its caller waited, else what the callee took; of a hand-over the time until the
--   callee began; milliseconds, null where no record tells, or where the two clocks put it before its cause
-- health: how the callee ended, see report.visit
-- is_failed: whether the callee failed
select
    e.caller, e.callee, e.caller_node, e.callee_node, e.kind, e.evidence, e.confidence,
    coalesce(c.started_at, b.started_at, a.started_at) as started_at,
    case
        when e.kind = 'call' and c.ended_at >= c.started_at
            then ((epoch_us(c.ended_at) - epoch_us(c.started_at)) * 0.001)::decimal(18, 3)
        when e.kind = 'call' then b.duration_ms
        -- a queue's own row is its producer's call: it began to wait when that began
        when b.started_at >= coalesce(c.started_at, case when a.is_virtual then a.started_at end)
            then ((epoch_us(b.started_at) - epoch_us(coalesce(c.started_at, a.started_at))) * 0.001)::decimal(18, 3)
    end as latency_ms,
    b.health, b.is_failed
from links.edge as e
join report.visit as a on a.invocation = e.caller
join report.visit as b on b.invocation = e.callee
left join lake.call as c on c.trace_key = e.trace_key and c.span_key = e.call_key
