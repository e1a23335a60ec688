-- A container that did without somebody whom it had asked in vain, where no record states how it ended: it warns of
-- that, has no error of its own, and its last line is one with which its node ends where nothing is wrong.
-- needs: links.edge lake.invocation lake.container_invocation lake.container_line lake.log_record lake.log_template
-- scope: case
-- caller: the container's invocation
-- callee: the invocation that failed
with asked as (
    select
        e.caller, e.callee, a.node as caller_node, b.node as callee_node, b.error_message,
        coalesce(b.ended_at, b.event_time, b.started_at) as failed_at
    from links.edge as e
    join lake.invocation as b on b.invocation = e.callee and b.status = 'failed'
    join lake.invocation as a on a.invocation = e.caller and a.status = 'unknown' and not a.is_virtual
    where e.kind = 'call'
),
line as (
    select c.invocation, c.node, l.log_group, l.event_id, l.timestamp, l.level
    from lake.container_invocation as c
    semi join asked on asked.caller_node = c.node
    join lake.container_line as l on l.work = c.work and l.log_group = c.log_group
),
work as (
    select
        invocation, node, coalesce(bool_or(level in ('ERROR', 'FATAL')), false) as has_error,
        coalesce(bool_or(level in ('WARN', 'ERROR', 'FATAL')), false) as complains,
        max({'timestamp': timestamp, 'event_id': event_id, 'log_group': log_group}) as last
    from line
    group by invocation, node
),
ended as (
    select w.*, t.template
    from work as w
    join lake.log_template as t on t.log_group = w.last.log_group and t.event_id = w.last.event_id
    where not w.has_error
),
usual as (
    select distinct node, template from ended where not complains
)
select distinct a.caller, a.callee
from asked as a
join ended as w on w.invocation = a.caller
semi join usual on usual.node = w.node and usual.template = w.template
join line as l on l.invocation = a.caller and l.level = 'WARN'
    and l.timestamp >= a.failed_at - interval 5 millisecond
join lake.log_record as m on m.log_group = l.log_group and m.event_id = l.event_id
join lake.log_record as z on z.log_group = w.last.log_group and z.event_id = w.last.event_id
where (length(a.callee_node) >= 4 and contains(m.message, a.callee_node)
        or length(a.error_message) >= 12 and contains(m.message, a.error_message))
    -- numbers are masked, and "completed" may be with a 500
    and not regexp_matches(z.message, '\b[45]\d\d\b')
