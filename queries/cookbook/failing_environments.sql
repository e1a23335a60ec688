-- Does one execution environment fail while its siblings are well? Failures per log stream.
-- topic: failures
-- param: least = 2: only environments with so many failures
-- node: name of the function
-- log_stream: the environment
-- invocations: it served
-- failed: of these
-- first_failed_at: UTC
-- served_after: invocations that ended well after its first failure; 0: it never recovered
-- node_failed_percent: failed, of all invocations of the node that were logged
with marked as (
    select
        node, log_stream, invocation, status, ended_at,
        min(ended_at) filter (status = 'failed') over (partition by node, log_group, log_stream) as first_failed_at,
        count(*) over (partition by node) as of_node,
        count(*) filter (status = 'failed') over (partition by node) as failed_of_node
    from lake.invocation
    where log_stream is not null
)
select
    node, log_stream, count(*) as invocations, count(*) filter (status = 'failed') as failed,
    min(first_failed_at) as first_failed_at,
    count(*) filter (status = 'ok' and ended_at > first_failed_at) as served_after,
    round(100.0 * max(failed_of_node) / max(of_node), 2) as node_failed_percent
from marked
group by node, log_stream
having count(*) filter (status = 'failed') >= $least::bigint
order by failed desc, node, log_stream
