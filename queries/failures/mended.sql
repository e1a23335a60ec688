-- A function that failed over a message, and did well over the same when its queue handed it over again: told by a value
-- that both print and few others, and the queue's visibility time-out (SQS developer guide, "Visibility timeout").
-- Where a record tells of the later attempt, chains.ending has it.
-- needs: failures.about failures.work links.source chains.ending
-- scope: case
-- materialize
-- invocation: the invocation that failed
-- handler: the one that did well
with queue as (
    select node, min(returns_after_s) as returns_after_s, max(coalesce(max_attempts, 1)) as attempts
    from links.source where returns_after_s > 0
    group by node
),
last as (
    select node, value, max({'started_at': started_at, 'status': status}) as last
    from failures.work group by node, value
)
select f.invocation, min({'started_at': w.started_at, 'invocation': w.invocation}).invocation as handler
from failures.about as f
join queue as q using (node)
join chains.ending as e on e.invocation = f.invocation and e.outcome = 'surfaced'
join last as l on l.node = f.node and l.value = f.value
-- pollers wait for messages, and a new environment has as long to start
left join failures.work as w on w.node = f.node and w.value = f.value and w.status = 'ok'
    and w.started_at between f.started_at + to_seconds(q.returns_after_s)
        and f.started_at + to_seconds((q.returns_after_s + 10) * q.attempts)
where f.is_rare or f.is_message
group by f.invocation
-- of a batch another one may have failed to the end
having count(w.invocation) > 0 and not bool_or(l.last.status = 'failed' and l.last.started_at > f.started_at)
