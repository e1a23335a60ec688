-- What was logged during one trace? Log records that name it, or a request of one of its invocations.
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
request as (
    select distinct i.request_id, i.log_group
    from lake.invocation as i
    join asked as a on a.trace_id = i.trace_id
    where i.request_id is not null
)
select r.timestamp, r.node, r.level, r.message, r.request_id, r.log_group, r.event_id
from lake.log_record as r
where r.trace_id = (select trace_id from asked)
    or (r.request_id, r.log_group) in (select request_id, log_group from request)
order by r.timestamp, r.log_group, r.event_id
