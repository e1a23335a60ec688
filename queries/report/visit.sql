-- One invocation as a map counts it: when it began, how it ended, how long it took.
-- needs: lake.invocation failures.absorbed
-- scope: case
-- invocation: the invocation, see lake.invocation
-- node: name of the node that ran, or was called
-- kind: X-Ray's type of the node
-- is_virtual: true where there is no record of its own
-- is_traced: whether a trace tells of it
-- started_at: start, else the time of the record that tells of it, UTC
-- duration_ms: run time, milliseconds
-- health: throttle, error (refused with a 4xx that is no throttle), fault (failed otherwise), ok or unknown
-- is_failed: whether it ended badly for who called it; a refusal that nobody minded has not
-- is_absorbed: whether its failure was caught, handled or retried to success
select
    i.invocation, i.node, i.kind, i.is_virtual, i.trace_id is not null as is_traced,
    coalesce(i.started_at, i.event_time, i.ended_at) as started_at, i.duration_ms,
    case
        when i.is_throttle then 'throttle'
        when i.is_client_error then 'error'
        when i.status = 'failed' then 'fault'
        else i.status
    end as health,
    i.status = 'failed' as is_failed, a.invocation is not null as is_absorbed
from lake.invocation as i
left join (select distinct invocation from failures.absorbed) as a on a.invocation = i.invocation
