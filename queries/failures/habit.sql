-- What a node is seen to call, whoever's request it was: says which dependency an error can have come from
-- where the call itself left no record, and how much of what was asked of a node went wrong.
-- needs: links.edge lake.invocation
-- scope: case
-- materialize
-- caller_node: node that called
-- caller_kind: X-Ray's type of it
-- callee_node: node that was called
-- callee_kind: X-Ray's type of it
-- is_virtual: whether no called invocation has a record of its own
-- kind: call or link
-- calls: number of calls
-- failed: how many of them failed
-- unanswered: how many of those got no answer at all
-- first_failed_at: start of the first that failed, UTC
-- last_failed_at: start of the last that failed, UTC
-- ok_between: calls that ended well from the first to the last that failed
-- last_ok_at: start of the last that ended well, UTC
-- first_ok_at: start of the first that ended well, UTC
with called as (
    select
        e.caller_node, a.kind as caller_kind, e.callee_node, b.kind as callee_kind, e.kind, b.is_virtual,
        b.started_at, b.status = 'failed' as is_failed,
        b.status = 'ok' as is_ok, b.status = 'failed' and b.http_status is null and b.is_virtual as is_unanswered
    from links.edge as e
    join lake.invocation as a on a.invocation = e.caller
    join lake.invocation as b on b.invocation = e.callee
),
whole as (
    select
        caller_node, caller_kind, callee_node, callee_kind, kind, bool_and(is_virtual) as is_virtual,
        count(*) as calls, count(*) filter (where is_failed) as failed,
        count(*) filter (where is_unanswered) as unanswered,
        min(started_at) filter (where is_failed) as first_failed_at,
        max(started_at) filter (where is_failed) as last_failed_at,
        min(started_at) filter (where is_ok) as first_ok_at,
        max(started_at) filter (where is_ok) as last_ok_at
    from called
    group by all
)
select
    w.caller_node, w.caller_kind, w.callee_node, w.callee_kind, w.is_virtual, w.kind, w.calls, w.failed, w.unanswered,
    w.first_failed_at, w.last_failed_at, count(c.caller_node) as ok_between, w.last_ok_at, w.first_ok_at
from whole as w
left join called as c
    on c.caller_node = w.caller_node and c.caller_kind = w.caller_kind and c.callee_node = w.callee_node
    and c.callee_kind = w.callee_kind and c.kind = w.kind and c.is_ok
    and c.started_at between w.first_failed_at and w.last_failed_at
group by all
