-- A log record that speaks of how an invocation of a failing chain ended: errors, time-outs, exits,
-- and the line that lake.invocation names.
-- needs: failures.symptom chains.member lake.invocation lake.log_record lake.span lake.segment_invocation
-- scope: case
-- materialize
-- invocation: the invocation that it speaks of
-- timestamp: UTC
-- record_type: as in lake.log_record
-- level: as in lake.log_record
-- message: what the line says
-- exception_type: exception that the line reports
-- exception_message: its message
-- platform_error: error type that the platform names
-- log_group: where it lies
-- log_stream: where it lies
-- event_id: its id there
with member as (
    select distinct invocation
    from chains.member semi join failures.symptom using (chain)
),
told as (
    select i.invocation, i.kind, i.request_id, i.started_at, i.ended_at, i.log_group, i.event_id
    from lake.invocation as i semi join member using (invocation)
    where not i.is_virtual
),
telling as (
    select * from lake.log_record
    where level in ('ERROR', 'FATAL') or record_type in ('error', 'timeout', 'exit', 'report')
),
by_request as (
    select t.invocation, l.event_id, l.log_group
    from told as t
    join telling as l on l.request_id = t.request_id
    where t.kind = 'AWS::Lambda::Function'
        and l.timestamp between t.started_at - interval 1 second and t.ended_at + interval 1 second
        and (l.record_type <> 'report' or l.platform_error is not null)
),
by_span as (
    select s.invocation, l.event_id, l.log_group
    from telling as l
    join lake.span as p on p.trace_key = l.trace_key and p.span_key = l.span_key
    join lake.segment_invocation as s
        on s.trace_key = p.trace_key and s.segment_key = p.segment_key and s.part <> 'service'
    semi join member as m on m.invocation = s.invocation
    where l.record_type <> 'report'
),
found as (
    select invocation, event_id, log_group from by_request
    union select invocation, event_id, log_group from by_span
    union select invocation, event_id, log_group from told where event_id is not null
)
select
    f.invocation, l.timestamp, l.record_type, l.level, l.message, l.exception_type,
    l.exception_message, l.platform_error, l.log_group, l.log_stream, l.event_id
from found as f
join lake.log_record as l
    on l.event_id = f.event_id and l.log_group is not distinct from f.log_group
