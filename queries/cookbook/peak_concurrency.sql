-- How many invocations of a node run at the same time at most, and when?
-- topic: functions
-- param: node = %: LIKE pattern of the node
-- node: name of the node
-- peak: largest number at one moment
-- peak_at: when it was reached first, UTC
-- invocations: how many were counted
with step as (
    select node, started_at as stepped_at, 1 as change from lake.invocation
    where node like $node and started_at is not null and ended_at is not null
    union all
    select node, ended_at, -1 from lake.invocation
    where node like $node and started_at is not null and ended_at is not null
),
moment as (
    -- whoever ends when another starts makes room for it
    select node, stepped_at, sum(change::bigint)::bigint as change, count(*) filter (change = 1) as started
    from step
    group by node, stepped_at
),
level as (
    select
        node, stepped_at, started,
        sum(change::bigint) over (partition by node order by stepped_at) as running
    from moment
)
select
    node, max(running)::bigint as peak,
    min({'under': -running, 'stepped_at': stepped_at}).stepped_at as peak_at,
    sum(started::bigint)::bigint as invocations
from level
group by node
order by peak desc, node
