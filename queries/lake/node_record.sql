-- Of one node's invocations that began in one minute: how many left log lines, how many a trace. Where others of the
-- node left what these did not, it was not kept or not collected.
-- needs: lake.invocation lake.lambda_log
-- scope: case
-- materialize
-- node: function, service, stage or state machine
-- kind: X-Ray's type of the node
-- minute: its start, UTC
-- invocations: invocations that began in it, virtual ones left out
-- logged: of these, how many left a line, an entry or a history of their own
-- traced: how many left segments or spans
-- lost: how many say in their REPORT that they were traced, while the case does not hold it: not collected, or
--   older than the 30 days that X-Ray keeps (X-Ray developer guide, "Concepts", retention)
select
    i.node, i.kind, date_trunc('minute', i.started_at) as minute, count(*) as invocations,
    count(i.log_group) as logged, count(i.segment_key) as traced,
    count(*) filter (where i.segment_key is null and l.trace_key is not null) as lost
from lake.invocation as i
left join lake.lambda_log as l
    on l.request_id = i.request_id and l.attempt = i.attempt and l.node = i.node and i.segment_key is null
where not i.is_virtual and i.started_at is not null
group by i.node, i.kind, date_trunc('minute', i.started_at)
