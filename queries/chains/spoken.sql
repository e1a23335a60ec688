-- Which invocation logged a line: what names its segment, and what a function logged of a request.
-- needs: lake.log_record lake.lambda_attempt lake.span lake.segment_invocation
-- scope: case
-- event_id: id of the event in lake.log_event
-- log_group: as in lake.log_event
-- invocation: see lake.invocation
select r.event_id, r.log_group, s.invocation
from lake.log_record as r
join lake.span as p on p.trace_key = r.trace_key and p.span_key = r.span_key
join lake.segment_invocation as s
    on s.trace_key = p.trace_key and s.segment_key = p.segment_key and s.part <> 'service'
where r.record_type in ('log', 'error')
union
select event_id, nullif(log_group, ''), request_id || '#' || attempt
from lake.lambda_attempt
where record_type in ('log', 'error')
