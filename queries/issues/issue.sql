-- Failures that share a fingerprint: the same origin, category and error.
-- needs: rootcause.verdict
-- scope: case
-- issue: id of the issue
-- fingerprint: what its failures share, versioned
-- title: one line
-- category: what went wrong
-- node: node where it began
-- kind: X-Ray's type of that node
-- failures: number of failures
-- chains: number of chains that failed
-- onset: first failure, UTC
-- last_seen: last failure, UTC
select
    issue, min(fingerprint) as fingerprint, min(title) as title, min(category) as category,
    min(origin_node) as node, min(origin_kind) as kind, count(*) as failures,
    count(distinct chain) as chains, min(failed_at) as onset, max(coalesce(last_seen_at, failed_at)) as last_seen
from rootcause.verdict
group by issue
