-- Which lines of the application's own code throw? The innermost frame that is no library.
-- topic: failures
-- param: n = 30: how many rows
-- path: file
-- line: line in it, null where the trace does not tell
-- function: function or method
-- node: who logged it
-- exception_type: the exception that was reported
-- records: number of log records whose stack has this place innermost
-- first_at: the first of them, UTC
with frame as (
    select log_group, event_id, path, line, function
    from lake.stack_frame
    where event_id is not null and in_app
    qualify row_number() over (partition by log_group, event_id order by exception desc, ordinal) = 1
)
select
    f.path, f.line, f.function, r.node, r.exception_type, count(*) as records, min(r.timestamp) as first_at
from frame as f
join lake.log_record as r on r.log_group = f.log_group and r.event_id = f.event_id
group by f.path, f.line, f.function, r.node, r.exception_type
order by records desc, f.path, f.line, f.function, r.node, r.exception_type
limit $n
