-- Which functions run short of memory, and which have far too much?
-- topic: functions
-- node: name of the function
-- memory_mb: its memory size, MB
-- reports: invocations that reported
-- most_used_mb: the most that an environment used, MB
-- used_percent: of the memory size
-- out_of_memory: invocations that ended for lack of it
select
    node, memory_mb, count(max_memory_mb) as reports, max(max_memory_mb) as most_used_mb,
    round(100.0 * max(max_memory_mb) / memory_mb, 1) as used_percent,
    count(*) filter (end_reason = 'out_of_memory') as out_of_memory
from lake.invocation
where memory_mb is not null
group by node, memory_mb
order by used_percent desc nulls last, node, memory_mb
