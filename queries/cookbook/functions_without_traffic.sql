-- Which functions of the account did nothing in the whole window? Asked of their configuration.
-- topic: functions
-- node: name of the function
-- runtime: as configured
-- memory_mb: as configured
-- last_modified: as configured
-- is_asked_for: whether a mapping, another function's record or a metric names it all the same
with function as (
    select
        node, max(configuration->>'$.Runtime') as runtime, max((configuration->>'$.MemorySize')::bigint) as memory_mb,
        max(configuration->>'$.LastModified') as last_modified
    from lake.resource
    where kind = 'AWS::Lambda::Function' and node is not null
    group by node
),
asked as (
    select node from lake.resource where kind = 'AWS::Lambda::EventSourceMapping'
    union
    select node from lake.metric where namespace = 'AWS/Lambda' and metric = 'Invocations' and value > 0
    union
    select node from lake.call
)
select f.node, f.runtime, f.memory_mb, f.last_modified, a.node is not null as is_asked_for
from function as f
left join asked as a on a.node = f.node
where f.node not in (select node from lake.invocation where not is_virtual and node is not null)
order by f.node
