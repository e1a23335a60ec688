-- What do the nodes that failed together share that healthy ones do not? By configuration (subnets, NAT gateways,
-- roles, layers, keys) and by what they are seen to call (tables, queues, third parties).
-- topic: failures
-- param: since = null: from here on, UTC
-- param: until = null: up to here, UTC
-- param: share = 0.05: a node failed if so many of its invocations did, as a part of 1; it is healthy if none did
-- resource: what they share, see links.uses; or the node that they call
-- resource_kind: CloudFormation's type of it, or X-Ray's of a node
-- failed: nodes that failed and use it
-- of_failed: nodes that failed
-- healthy: healthy nodes that use it
-- of_healthy: healthy nodes
-- lift: how much more frequent it is among those that failed, half a node added to each
-- nodes: those that failed and use it
with visit as (
    select node, count(*) filter (is_failed) as failures, count(*) as visits
    from report.visit
    where not is_virtual and coalesce(started_at >= $since::timestamp, true)
        and coalesce(started_at < $until::timestamp, true)
    group by node
),
node as (
    select node, failures > 0 as has_failed, count(*) filter (failures > 0) over () as of_failed,
        count(*) filter (failures = 0) over () as of_healthy
    from visit
    where failures = 0 or failures >= visits * $share::double
),
used as (
    select distinct node, resource, resource_kind from links.uses
    union
    select e.caller_node, b.node, b.kind
    from links.edge as e
    join lake.invocation as b on b.invocation = e.callee
    where b.is_virtual
),
counted as (
    select
        u.resource, u.resource_kind, count(*) filter (n.has_failed) as failed, max(n.of_failed) as of_failed,
        count(*) filter (not n.has_failed) as healthy, max(n.of_healthy) as of_healthy,
        string_agg(n.node, ', ' order by n.node) filter (n.has_failed) as nodes
    from used as u
    join node as n using (node)
    group by u.resource, u.resource_kind
)
select
    resource, resource_kind, failed, of_failed, healthy, of_healthy,
    round(((failed + 0.5) / (of_failed + 1)) / ((healthy + 0.5) / (of_healthy + 1)), 2) as lift, nodes
from counted
-- one node alone shares nothing
where failed > 1
order by lift desc, failed desc, resource, resource_kind
