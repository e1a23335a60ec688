-- Hosts that untraced failures of a function name in their lines, as calls of that function to that host: says,
-- where no trace is left, whether a third party failed for all who asked it, and whether a change began it.
-- needs: lake.invocation lake.log_record lake.change
-- scope: case
-- materialize
-- caller_node: function that failed
-- caller_kind: X-Ray's type of it
-- callee_node: host that its lines name; one that somebody's lines name in a URL, or as one that was not found
-- failed: number of its failures that name it
-- first_failed_at: start of the first of them, UTC
-- last_failed_at: start of the last of them, UTC
-- ok_between: invocations of the function that ended well from the first to the last: no more calls than these
--   came through
-- is_changed: whether the function was changed in the hour before the first of them, and hardly any of its
--   invocations ended well in between
with failed as (
    select invocation, node, kind, request_id, started_at, ended_at
    from lake.invocation
    where status = 'failed' and trace_id is null and not is_virtual and request_id is not null
        and kind = 'AWS::Lambda::Function' and started_at is not null
),
line as (
    select f.node, f.kind, f.invocation, f.started_at, l.message
    from failed as f
    join (
        select request_id, timestamp, message from lake.log_record where level in ('WARN', 'ERROR', 'FATAL')
    ) as l on l.request_id = f.request_id
    where l.timestamp between f.started_at - interval 1 second and f.ended_at + interval 1 second
),
word as (
    select
        node, kind, invocation, started_at,
        unnest(regexp_extract_all(left(message, 4000), '[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+')) as name
    from line
),
host as (
    select distinct unnest(regexp_extract_all(left(message, 4000),
        '(?:https?://|(?:ENOTFOUND|EAI_AGAIN|UnknownHostException:|\blookup) |\bhost=''|known \()'
        || '([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)', 1)) as name
    from line
),
named as (
    select
        w.node, w.kind, w.name, count(distinct w.invocation) as failed, min(w.started_at) as first_failed_at,
        max(w.started_at) as last_failed_at
    from word as w semi join host as h on h.name = w.name
    group by w.node, w.kind, w.name
),
change as (
    select n.node, n.name, max(c.occurred_at) as changed_at
    from named as n
    join lake.change as c
        on c.node = n.node and c.error_code is null and c.source not in ('alarm', 'alarm_history', 'health')
        and c.occurred_at between n.first_failed_at - interval 1 hour and n.first_failed_at
        -- how long its lines are kept, or how it is tagged, changes nothing that it does
        and (c.source <> 'cloudtrail' or starts_with(c.action, 'Update'))
    group by n.node, n.name
),
well as (
    select
        n.node, n.name, count(*) filter (where i.started_at >= n.first_failed_at) as ok_between,
        count(*) filter (where i.started_at < n.first_failed_at) as ok_since
    from named as n
    left join change as c on c.node = n.node and c.name = n.name
    join lake.invocation as i on i.node = n.node and i.kind = n.kind and i.status = 'ok'
        and i.started_at between coalesce(c.changed_at, n.first_failed_at) and n.last_failed_at
    group by n.node, n.name
)
select
    n.node as caller_node, n.kind as caller_kind, n.name as callee_node, n.failed, n.first_failed_at,
    n.last_failed_at, coalesce(w.ok_between, 0) as ok_between,
    c.changed_at is not null and coalesce(w.ok_since, 0) * 10 <= n.failed as is_changed
from named as n
left join change as c on c.node = n.node and c.name = n.name
left join well as w on w.node = n.node and w.name = n.name
