-- Who logs at which level? Debug in production, and services that warn all day.
-- topic: logs
-- node: who wrote it
-- debug: records at DEBUG or TRACE
-- info: at INFO
-- warn: at WARN
-- error: at ERROR or FATAL
-- without: without a level, platform lines included
-- records: all of them
select
    node, count(*) filter (level in ('DEBUG', 'TRACE')) as debug, count(*) filter (level = 'INFO') as info,
    count(*) filter (level = 'WARN') as warn, count(*) filter (level in ('ERROR', 'FATAL')) as error,
    count(*) filter (level is null) as without, count(*) as records
from lake.log_record
group by node
order by error desc, warn desc, node
