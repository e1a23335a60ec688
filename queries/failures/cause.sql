-- The innermost of the exceptions that a failing invocation's exception wraps: what was thrown first, and often the only
-- one that tells what went wrong. From the last line that reports the exception, else from its segment.
-- needs: failures.member lake.invocation lake.span lake.log_exception failures.line
-- scope: case
-- invocation: the invocation that failed
-- cause_type: type of the innermost exception
-- cause_message: its message
with failed as (
    select i.invocation, i.error_type, i.trace_key, i.segment_key
    from lake.invocation as i
    semi join failures.member as m on m.invocation = i.invocation
    where i.status = 'failed' and not i.is_virtual
),
logged as (
    select
        f.invocation,
        max({
            'timestamp': l.timestamp, 'event_id': l.event_id, 'ordinal': e.ordinal, 'type': e.exception_type,
            'message': e.exception_message
        }) as innermost
    from failed as f
    join failures.line as l on l.invocation = f.invocation
    join lake.log_exception as e on e.log_group = l.log_group and e.event_id = l.event_id
    where l.level is distinct from 'WARN' and e.ordinal > 1
        and (f.error_type is null or l.exception_type = f.error_type)
    group by f.invocation
),
reported as (
    select f.invocation, s.ordinal, json_extract(s.exceptions, '$[*]') as list
    from failed as f
    join lake.span as s
        on s.trace_key = f.trace_key and s.segment_key = f.segment_key and s.exception_type = f.error_type
    where json_valid(s.exceptions) and json_array_length(s.exceptions) > 1
),
thrown as (
    select
        invocation, ordinal, unnest(list) as e, generate_subscripts(list, 1) as place,
        list_transform(list, lambda one: one ->> 'cause') as causes
    from reported
),
-- X-Ray lists them by `cause`, each the id of the next; the last of such a row names none
recorded as (
    select
        invocation, min({'ordinal': ordinal, 'place': place, 'type': e ->> 'type', 'message': e ->> 'message'}) as innermost
    from thrown
    where e ->> 'cause' is null and list_contains(causes, e ->> 'id')
    group by invocation
)
select
    invocation, coalesce(l.innermost.type, r.innermost.type) as cause_type,
    coalesce(l.innermost.message, r.innermost.message) as cause_message
from logged as l
full join recorded as r using (invocation)
