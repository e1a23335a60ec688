-- Which exceptions are raised where, and how often?
-- topic: failures
-- param: n = 50: how many rows
-- node: node whose invocations ended with it
-- error_type: type of the error
-- error_message: its message, of the first one
-- invocations: number of invocations that ended with it
-- first_at: the first of them, UTC
-- last_at: the last of them, UTC
-- invocation: the first of them, for `forensics why`
select
    node, error_type,
    arg_min(error_message, (coalesce(ended_at, started_at), invocation)
        order by coalesce(ended_at, started_at), invocation) as error_message,
    count(*) as invocations, min(coalesce(ended_at, started_at)) as first_at,
    max(coalesce(ended_at, started_at)) as last_at,
    arg_min(invocation, (coalesce(ended_at, started_at), invocation)
        order by coalesce(ended_at, started_at), invocation) as invocation
from lake.invocation
where error_type is not null
group by node, error_type
order by invocations desc, node, error_type
limit $n
