-- The line that says that a message was given up, in order of chain: what the walk reads of lake.log_record
-- for failures.partial.
-- needs: failures.partial lake.log_record lake.stack_code
-- scope: case
-- materialize
-- chain: the failing chain
-- invocation: the last attempt
-- given_up: id of the message, or of what it was about
-- timestamp: UTC
-- level: as in lake.log_record
-- message: what the line says
-- exception_type: exception that the line reports
-- exception_message: its message
-- log_group: where it lies
-- log_stream: where it lies
-- event_id: its id there
-- code: as in lake.stack_code, of the stack that the line carries
select
    p.chain, p.invocation, p.message as given_up, l.timestamp, l.level, l.message, l.exception_type,
    l.exception_message, l.log_group, l.log_stream, l.event_id, c.code
from failures.partial as p
join lake.log_record as l on l.event_id = p.event_id and l.log_group = p.log_group
left join lake.stack_code as c on c.event_id = l.event_id and c.log_group = l.log_group
order by p.chain, p.invocation, p.message, l.timestamp, l.log_stream
