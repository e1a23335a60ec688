-- Who changed what, and what was refused? Calls that change something, roll-outs, alarms, in order of time.
-- topic: changes
-- param: since = null: from here on, UTC
-- param: until = null: before this, UTC
-- param: node = %: LIKE pattern of what was changed
-- param: n = 100: how many rows
-- occurred_at: UTC
-- actor: who did it
-- action: what was done
-- node: what was changed, null where only the account or a service is known
-- detail: part of it
-- error_code: why it was refused, null where it was done
-- before: what it was
-- after: what was asked for, or became of it
-- source: who tells of it
select occurred_at, actor, action, node, detail, error_code, before, after, source
from lake.change
where ($since is null or occurred_at >= $since::timestamp) and ($until is null or occurred_at < $until::timestamp)
    and coalesce(node, '') like $node
    and source <> 'alarm'  -- how an alarm is configured, and no change of it
order by occurred_at, change
limit $n
