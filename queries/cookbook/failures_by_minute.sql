-- When did it fail? Failures per minute and origin; minutes without any have no row.
-- topic: failures
-- param: node = %: LIKE pattern of the origin
-- minute: UTC
-- origin_node: node where they began
-- category: what went wrong there
-- failures: number of failures that showed in that minute
select date_trunc('minute', failed_at) as minute, origin_node, category, count(*) as failures
from failures.failure
where coalesce(origin_node, '') like $node
group by date_trunc('minute', failed_at), origin_node, category
order by minute nulls last, failures desc, origin_node, category
