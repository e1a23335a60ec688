-- Where do failures show, and where did they begin?
-- topic: failures
-- param: since = null: failures from here on, UTC
-- node: node where the failure shows
-- origin_node: node where it began
-- category: what went wrong there
-- failures: number of failures
-- first_at: the first of them, UTC
-- last_at: the last of them, UTC
select
    node, origin_node, category, count(*) as failures, min(failed_at) as first_at, max(failed_at) as last_at
from failures.failure
where $since is null or failed_at >= $since::timestamp
group by node, origin_node, category
order by failures desc, node, origin_node, category
