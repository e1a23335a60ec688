-- A known hole in what was collected.
-- needs: evidence.gap lake.virtual_invocation lake.span lake.log_hour
-- scope: case
-- kind: what is missing: linked_trace, log_group, traces, …
-- what: its name or id
-- starts_at: UTC, null where unknown
-- ends_at: UTC, null where unknown
-- reason: why it is missing
-- closable: whether another run or permission could close it
select
    kind, what, try_cast(starts_at as timestamp) as starts_at,
    try_cast(ends_at as timestamp) as ends_at, reason, closable
from evidence.gap
union all
select
    'linked_trace', trace_id || ':' || span_id, null, null,
    'a span links to ' || node || ' in this trace, which the case does not hold', true
from lake.virtual_invocation
where is_missing
union all
select
    'parent_span', trace_id || ':' || parent_span_id, min(started_at), max(ended_at),
    'the parent of ' || count(*) || ' segment(s) is not in the case', true
from lake.span as s
anti join lake.span as p on p.trace_key = s.trace_key and p.span_key = s.parent_key
where s.parent_key is not null
group by s.trace_id, s.parent_span_id
union all
select
    'log_hour', log_group, hour, hour + interval 1 hour,
    'AWS counted more (events or invocations) than it returned: what AWS did not have is a gap, see lake.log_hour',
    false
from lake.log_hour
where state = 'short'
