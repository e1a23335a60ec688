-- What is started by the clock, as configured last: by a schedule of EventBridge Scheduler, or by a rule with an
-- expression. When it should have run is for chains.clockwork and the rules to say.
-- needs: lake.resource_latest links.wiring
-- scope: case
-- node: schedule, or bus of the rule: what lake.change says was changed
-- kind: X-Ray's type of it
-- name: name of the schedule or rule
-- target: node that is started
-- expression: rate(…), cron(…) or at(…)
-- timezone: of a cron expression, UTC where nothing says
-- is_enabled: whether it is switched on
-- window_s: seconds within which a run may begin, beyond the minute that each may be late
-- starts_at: before which it does not run, UTC, null where nothing says
-- ends_at: after which it does not run, UTC, null where nothing says
-- configured_by: its ARN
select
    coalesce(r.node, 'default') as node,
    if(r.kind = 'AWS::Events::Rule', 'AWS::Events::EventBus', r.kind) as kind, j[1] as name, w.target,
    j[2] as expression, coalesce(j[3], 'UTC') as timezone, coalesce(starts_with(j[4], 'ENABLED'), true) as is_enabled,
    coalesce(try_cast(j[5] as bigint), 0) * 60 as window_s,
    -- seconds since the epoch, or a text
    coalesce(try_cast(j[6] as timestamp), make_timestamp((try_cast(j[6] as double) * 1000000)::bigint)) as starts_at,
    coalesce(try_cast(j[7] as timestamp), make_timestamp((try_cast(j[7] as double) * 1000000)::bigint)) as ends_at,
    r.arn as configured_by
from (
    select node, kind, arn, json_extract_string(configuration, [
        '$.Name', '$.ScheduleExpression', '$.ScheduleExpressionTimezone', '$.State',
        '$.FlexibleTimeWindow.MaximumWindowInMinutes', '$.StartDate', '$.EndDate']) as j
    from lake.resource_latest
    where kind in ('AWS::Scheduler::Schedule', 'AWS::Events::Rule')
) as r
join links.wiring as w on w.configured_by = r.arn and w.how in ('schedule', 'rule')
where j[2] is not null
