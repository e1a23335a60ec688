-- Where a failing chain shows it: the topmost failure that nothing above it explains or handles,
-- once per chain. The chain's other bad endings are roles in it.
-- needs: chains.member chains.ending lake.invocation
-- scope: case
-- materialize
-- failure: id of the failure
-- chain: chain that failed
-- invocation: the invocation in which it shows
-- failed_at: end of that invocation (its start where no end is known), UTC
select
    'f-' || left(md5(m.chain || ' ' || m.invocation), 12) as failure,
    m.chain, m.invocation, coalesce(i.ended_at, i.event_time, i.started_at) as failed_at
from chains.member as m
join chains.ending as e using (invocation)
join lake.invocation as i using (invocation)
-- the root of a cycle has a caller below itself, and shows its failure all the same
where e.outcome = 'surfaced' or e.outcome = 'propagated' and m.hop = 0
qualify
    row_number() over (
        partition by m.chain order by m.hop, i.started_at nulls last, m.invocation
    ) = 1
    -- attempts at one request that no trace ties together are one failure, shown by the first
    and (i.request_id is null or i.is_virtual or m.hop > 0 or row_number() over (
        partition by i.node, i.request_id, m.hop > 0 order by i.attempt, m.invocation
    ) = 1)
