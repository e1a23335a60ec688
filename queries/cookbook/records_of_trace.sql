-- What was logged during one trace? Log records that name it, and all lines of its functions' invocations.
-- topic: chains
-- param: trace_id: 32 hex digits, or X-Ray's 1-xxxxxxxx-…
-- timestamp: UTC
-- node: who wrote it
-- level: as the line says
-- message: what it says
-- request_id: request that it names
-- log_group: where it lies
-- event_id: its id there
with asked as (
    select replace(regexp_replace(lower($trace_id), '^1-', ''), '-', '') as trace_id
),
line as (
    select log_group, event_id from lake.log_record where trace_id = (select trace_id from asked)
    union
    select l.log_group, l.event_id
    from lake.invocation as i
    join lake.lambda_line as l on l.request_id = i.request_id and l.attempt = i.attempt
    where i.trace_id = (select trace_id from asked) and not i.is_virtual
)
select r.timestamp, r.node, r.level, r.message, r.request_id, r.log_group, r.event_id
from lake.log_record as r
join line as l on l.event_id = r.event_id and l.log_group = r.log_group
order by r.timestamp, r.log_group, r.event_id
