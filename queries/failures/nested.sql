-- Nodes whose failures lie within another's, where no record says who calls whom: nearly every failure of the one
-- that has no known caller ran within one of the other that nothing below explains, and would not have done so a few
-- seconds earlier or later. Nodes that fail over the same third one do not nest like that.
-- needs: lake.invocation links.edge
-- scope: case
-- materialize
-- caller_node: node whose failures lie around
-- callee_node: node whose failures lie within
-- failed: failures of the callee that have no known caller
-- inside: how many of them lie within one of the caller's
with failed as (
    select
        invocation, node, started_at, coalesce(ended_at, event_time, started_at) as ended_at
    from lake.invocation
    where status = 'failed' and not is_virtual and started_at is not null
),
orphan as (
    select *, unnest([0, -3, 3]) as shift_s from failed anti join links.edge as e on e.callee = failed.invocation
),
caller as (
    select *
    from failed
    anti join (
        select e.caller from links.edge as e semi join failed as f on f.invocation = e.callee
    ) as explained on explained.caller = failed.invocation
),
-- until when one of a node's failures that began by then went on, so that one look tells whether any lies around
reach as (
    select node, started_at, max(until) over (partition by node order by started_at) as until
    from (select node, started_at, max(ended_at) as until from caller group by node, started_at)
),
busy as (
    select distinct node, unnest(generate_series(
        epoch_ms(started_at) // 1000, least(epoch_ms(ended_at), epoch_ms(started_at) + 60000) // 1000)) as second
    from caller
),
placed as (
    select
        node, shift_s, started_at + to_seconds(shift_s) as started_at,
        ended_at + to_seconds(shift_s) as ended_at, epoch_ms(started_at) // 1000 + shift_s as second
    from orphan
),
pair as (
    select
        n.caller_node, n.node as callee_node,
        count(*) filter (where n.shift_s = 0) as inside,
        count(*) filter (where n.shift_s = -3) as earlier,
        count(*) filter (where n.shift_s = 3) as later
    from (
        select o.*, b.node as caller_node
        from placed as o join busy as b on b.second = o.second and b.node <> o.node
    ) as n
    asof join reach as r on r.node = n.caller_node and n.started_at >= r.started_at
    where r.until >= n.ended_at
    group by n.caller_node, n.node
),
total as (
    select node, count(*) as failed from orphan where shift_s = 0 group by node
)
select p.caller_node, p.callee_node, t.failed, p.inside
from pair as p
join total as t on t.node = p.callee_node
where p.inside >= 5 and p.inside * 10 >= t.failed * 9 and greatest(p.earlier, p.later) * 4 <= t.failed
