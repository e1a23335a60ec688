-- Which errors were caught, handled or retried to success? `except: log; return 200` is how orders vanish.
-- topic: failures
-- param: n = 50: how many rows
-- node: node that failed
-- handler_node: node that ended well in spite of it
-- how: absorbed (the caller ended well) or retried (a later attempt ended well)
-- error_type: type of the error
-- errors: how many
-- first_at: the first of them, UTC
-- last_at: the last of them, UTC
select
    node, handler_node, how, error_type, count(*) as errors, min(failed_at) as first_at,
    max(failed_at) as last_at
from failures.absorbed
group by node, handler_node, how, error_type
order by errors desc, node, handler_node, how, error_type
limit $n
