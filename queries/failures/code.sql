-- The application's own code that a failing invocation's exception went through: from the last line that
-- reports the exception, else from its segment. An invocation whose exception left no stack is given that of
-- others of its node with the same type, where those have but one.
-- needs: failures.member lake.invocation lake.span lake.stack_code failures.line
-- scope: case
-- invocation: the invocation that failed
-- code: as in lake.stack_code, null where no stack is known
with failed as (
    select i.invocation, i.node, i.error_type, i.trace_key, i.segment_key
    from lake.invocation as i
    semi join failures.member as m on m.invocation = i.invocation
    where i.status = 'failed' and not i.is_virtual
),
logged as (
    select
        f.invocation,
        max({'timestamp': l.timestamp, 'event_id': l.event_id, 'type': l.exception_type, 'code': c.code}) as last
    from failed as f
    join failures.line as l on l.invocation = f.invocation
    join lake.stack_code as c on c.log_group = l.log_group and c.event_id = l.event_id
    where l.level is distinct from 'WARN' and (f.error_type is null or l.exception_type = f.error_type)
    group by f.invocation
),
recorded as (
    select f.invocation, min({'ordinal': s.ordinal, 'code': c.code}).code as code
    from failed as f
    join lake.span as s
        on s.trace_key = f.trace_key and s.segment_key = f.segment_key and s.exception_type = f.error_type
    join lake.stack_code as c on c.trace_key = s.trace_key and c.span_key = s.span_key
    group by f.invocation
),
known as (
    select
        f.invocation, f.node, coalesce(f.error_type, l.last.type) as error_type,
        coalesce(l.last.code, r.code) as code
    from failed as f
    left join logged as l using (invocation)
    left join recorded as r using (invocation)
)
select
    invocation,
    coalesce(code, case when min(code) over alike = max(code) over alike then min(code) over alike end) as code
from known
window alike as (partition by node, error_type)
