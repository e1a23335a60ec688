-- Which alarms went off, when, and how long before or after the first failure?
-- topic: changes
-- occurred_at: UTC
-- alarm: name of the alarm
-- node: what it watches, null where its configuration is not known
-- metric: what it watches of it
-- old_state: OK, ALARM or INSUFFICIENT_DATA
-- new_state: the same, after it
-- minutes_after_first_failure: since the first failure of the case; negative where it came first
-- summary: in CloudWatch's words
with first as (
    select min(failed_at) as failed_at from failures.failure
)
select
    a.occurred_at, a.alarm, a.node, a.metric, a.old_state, a.new_state,
    ((epoch_us(a.occurred_at) - epoch_us(f.failed_at)) / 60000000)::decimal(18, 1) as minutes_after_first_failure,
    a.summary
from lake.alarm_event as a
cross join first as f
where a.item = 'StateUpdate'
order by a.occurred_at, a.alarm, a.event_id
