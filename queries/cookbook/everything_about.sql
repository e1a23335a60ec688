-- What happened to a customer, order or file? Every log record that names it, in order of time.
-- topic: logs
-- param: text: the name or number, as it is printed
-- param: n = 200: how many rows
-- timestamp: the producer's time, UTC
-- node: who wrote it
-- level: as the line says
-- message: what it says
-- request_id: request that it names
-- trace_id: trace that it names
-- log_group: where it lies
-- event_id: its id there
select timestamp, node, level, message, request_id, trace_id, log_group, event_id
from lake.log_record
where contains(message, $text)
order by timestamp, log_group, event_id
limit $n
