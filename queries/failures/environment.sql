-- What the same execution environment did before an invocation that failed: Lambda starts a runtime that
-- crashed or ran out of memory anew inside of the next invocation, where it counts against its time-out
-- (Lambda developer guide, "Lambda execution environment lifecycle"), and a time-out does so again.
-- needs: lake.invocation
-- scope: case
-- materialize
-- invocation: the invocation that failed
-- before: the last invocation of that environment before it that was no time-out, if only time-outs came between
-- before_reason: how that one ended: exit or out_of_memory
-- between: number of time-outs between them
-- trace_id: the trace of the one before, where it was traced
-- segment_id: its segment
-- log_group: where the log record that tells of it lies
-- log_stream: where that lies
-- event_id: the id of that record
-- event_time: its time, UTC
with hit as (
    select distinct log_group, log_stream from lake.invocation
    where status = 'failed' and end_reason = 'timeout' and log_stream is not null
),
ran as (
    select
        i.invocation, i.log_group, i.log_stream, i.started_at, i.end_reason, i.status, i.trace_id, i.segment_id,
        i.event_id, i.event_time,
        count(*) filter (where i.end_reason is distinct from 'timeout') over earlier as others,
        row_number() over (partition by i.log_group, i.log_stream order by i.started_at, i.invocation) as place
    from lake.invocation as i
    semi join hit using (log_group, log_stream)
    window earlier as (
        partition by i.log_group, i.log_stream order by i.started_at, i.invocation
        rows between unbounded preceding and 1 preceding
    )
),
numbered as (
    select
        *, row_number() over (
            partition by log_group, log_stream order by started_at, invocation
        ) as nth
    from ran where end_reason is distinct from 'timeout'
)
select
    r.invocation, b.invocation as before, b.end_reason as before_reason, r.place - b.place - 1 as between,
    b.trace_id, b.segment_id, b.log_group, b.log_stream, b.event_id, b.event_time
from ran as r
join numbered as b on b.log_group = r.log_group and b.log_stream = r.log_stream and b.nth = r.others
where r.end_reason = 'timeout' and b.end_reason in ('exit', 'out_of_memory')
