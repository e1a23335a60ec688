-- By which host names callers know the nodes of the account: as its configuration says, and as the invocations that
-- answer calls to a host show it (links.answer), where always the same node does.
-- needs: links.answer links.integration lake.resource_host lake.invocation
-- scope: case
-- materialize
-- host: host name, small letters, with its port where callers wrote one
-- name: the node's name as callers' records have it
-- node: the node that answers
-- kind: X-Ray's type of the node where it has one, else CloudFormation's
-- how: configured or learned
-- observations: calls that the node is seen to have answered, 0 where the configuration tells
-- confidence: 1.0 where the configuration tells, else (n + 1) / (n + 2) of n observations, at most 0.94: the
--   share of such edges that were right (CONTRIBUTING, "Confidence of edges")
with front as (
    -- a load balancer without a log: the one that stands behind it answers
    select i.caller as node, min(i.callee) as behind, min(i.callee_kind) as kind
    from links.integration as i
    anti join (select distinct node from lake.invocation where not is_virtual) as own on own.node = i.caller
    where i.how = 'target'
    group by i.caller having count(distinct i.callee) = 1
),
told as (
    select h.host, min(coalesce(f.behind, h.node)) as node, min(coalesce(f.kind, h.kind)) as kind
    from lake.resource_host as h
    left join front as f on f.node = h.node
    group by h.host having count(distinct coalesce(f.behind, h.node)) = 1
)
select host, host as name, node, kind, 'configured' as how, 0 as observations, 1.0::double as confidence
from told
union all
select
    host, min(name), min(node), min(kind), 'learned', count(*),
    least((count(*) + 1.0) / (count(*) + 2), 0.94)::double
from links.answer
-- what the configuration says goes before
anti join (select host from told) as t using (host)
where is_observed
group by host
