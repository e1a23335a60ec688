-- The application's own code in a stack that a record carries, as a set: where a stack begins, languages and
-- recorders do not agree on, and how often a place is in it, nobody needs to know. Tells one failure of a
-- program from another.
-- needs: lake.stack_frame
-- scope: case
-- materialize
-- log_group: log group of the event, null of spans
-- event_id: id of the event in lake.log_event, null of spans
-- trace_key: key of the trace of the span, null of log events
-- span_key: key of the span, null of log events
-- code: distinct `path function` of the exception that was reported, sorted, a line each
select
    log_group, event_id, trace_key, span_key,
    string_agg(distinct concat_ws(' ', path, function), chr(10) order by concat_ws(' ', path, function)) as code
from lake.stack_frame
where in_app and exception = 1
group by log_group, event_id, trace_key, span_key
