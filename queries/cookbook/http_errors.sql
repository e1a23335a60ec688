-- Which requests did the front doors answer with an error, and was it the door or what is behind it?
-- topic: failures
-- param: from_status = 500: this status and above
-- node: API stage, load balancer, proxy or web ACL
-- method: HTTP method
-- route: resource or route, else the path
-- status: HTTP status that the client got
-- integration_status: status that the code behind answered, null where it did not answer
-- response_type: kind of answer of the door's own
-- requests: how many
-- first_at: UTC
-- p99_ms: whole time, 99th percentile, milliseconds
select
    node, method, coalesce(route, path) as route, status, integration_status, response_type,
    count(*) as requests, min(occurred_at) as first_at, quantile_disc(latency_ms, 0.99) as p99_ms
from lake.access_entry
where status >= $from_status::bigint
group by node, method, coalesce(route, path), status, integration_status, response_type
order by requests desc, node, method, route, status, integration_status, response_type
