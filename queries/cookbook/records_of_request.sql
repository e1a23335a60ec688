-- What do we hold of one request? Its log records and the spans of its traces, in order of time.
-- topic: chains
-- param: request_id: Lambda or API request id
-- at_time: UTC
-- source: log or span
-- node: who
-- text: message of the log record, or name of the span
-- outcome: level of the record; of a span ok, error, fault or throttle
-- duration_ms: of a span, milliseconds
-- locator: event id, or trace id : span id
with line as (
    select log_group, event_id from lake.log_record where request_id = $request_id
    union
    select log_group, event_id from lake.lambda_line where request_id = $request_id
),
named as (
    select distinct trace_key from lake.span where request_id = $request_id and trace_key is not null
    union
    select distinct trace_key from lake.invocation where request_id = $request_id and trace_key is not null
)
select
    r.timestamp as at_time, 'log' as source, r.node, r.message as text, r.level as outcome,
    null::decimal(18, 3) as duration_ms, r.event_id as locator
from lake.log_record as r
join line as l on l.event_id = r.event_id and l.log_group = r.log_group
union all
select
    s.started_at, 'span', coalesce(s.remote_node, s.node), s.name,
    case when s.is_throttle then 'throttle' when s.is_fault then 'fault' when s.is_error then 'error' else 'ok' end,
    s.duration_ms, s.trace_id || ':' || s.span_id
from lake.span as s
join named as n on n.trace_key = s.trace_key
where not s.inferred
order by at_time nulls last, source, locator
