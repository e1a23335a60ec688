-- What failed first? The earliest failures, with where they began.
-- topic: failures
-- param: n = 20: how many
-- param: since = null: from here on, UTC
-- failed_at: when it showed, UTC
-- node: node where it shows
-- kind: how it shows
-- message: what the symptom says
-- origin_node: node where it began
-- category: what went wrong there
-- band: proven, likely or possible
-- chain: the chain that failed
-- failure: id of the failure, for `forensics why`
select failed_at, node, kind, message, origin_node, category, band, chain, failure
from failures.failure
where $since is null or failed_at >= $since::timestamp
order by failed_at nulls last, failure
limit $n
