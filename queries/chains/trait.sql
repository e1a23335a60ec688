-- What a chain can be told by: what ran in it, where, in which version, for whom. Held against the failing chains
-- of an issue or a window it shows what they have in common and others have not.
-- needs: chains.member lake.invocation lake.span chains.operation links.edge
-- scope: case
-- chain: see chains.chain
-- dimension: entry, region, account, annotation KEY, or version, environment, cold start, memory, zone, caller of NODE
-- value: what it is in this chain, 200 characters of it; a chain may have several of one dimension
with told as (
    select m.chain, m.hop, i.*
    from chains.member as m
    join lake.invocation as i using (invocation)
    where not i.is_virtual
),
segment as (
    select t.chain, t.node, s.annotations, s.aws
    from told as t
    join lake.span as s on s.trace_key = t.trace_key and s.segment_key = t.segment_key
    where s.annotations is not null or s.ordinal = 0 and s.aws is not null
),
-- of whoever has but one caller it says nothing
shared as (
    select callee_node from links.edge where caller_node <> callee_node
    group by callee_node having count(distinct caller_node) > 1
),
named as (
    select chain, 'version of ' || node as dimension, version as value from told
    union all
    select chain, 'environment of ' || node, log_stream from told where kind = 'AWS::Lambda::Function'
    union all
    select chain, 'cold start of ' || node, is_cold_start::varchar from told
    union all
    select chain, 'memory of ' || node, memory_mb || ' MB' from told
    union all
    select m.chain, 'caller of ' || e.callee_node, e.caller_node
    from links.edge as e
    semi join shared using (callee_node)
    join chains.member as m on m.invocation = e.callee
    where e.caller_node <> e.callee_node
    union all
    select chain, 'region', region from told
    union all
    select chain, 'account', account from told
    union all
    select t.chain, 'entry', concat_ws(' ', t.node, o.operation)
    from told as t left join chains.operation as o using (invocation) where t.hop = 0
    union all
    select chain, 'annotation ' || entry.key, entry.value
    from (
        select chain, unnest(map_entries(try_cast(try_cast(annotations as json) as map(varchar, varchar)))) as entry
        from segment
    )
    union all
    select chain, 'environment of ' || node, coalesce(
        json_extract_string(aws, '$.eks.pod'), json_extract_string(aws, '$.ecs.task_arn'),
        -- `container` is its host name, or what the task definition calls it
        json_extract_string(aws, '$.ecs.container_id'), json_extract_string(aws, '$.ecs.container'), json_extract_string(aws, '$.ec2.instance_id'))
    from segment
    union all
    select chain, 'zone of ' || node, json_extract_string(aws, '$.ec2.availability_zone') from segment
)
select distinct chain, dimension, left(value, 200) as value
from named
where value <> ''
