-- A run that nobody is seen to have asked for, of a node that runs at most once a minute as if by the clock (its pauses
-- are nearly all alike), or is configured to and runs at most three times as often. Attempts at one event are one run.
-- needs: lake.invocation links.edge links.schedule
-- scope: case
-- node: what ran
-- kind: X-Ray's type of it
-- invocation: the run
-- started_at: UTC
-- log_group: where it wrote, null where only traces tell of it
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
with asked as (
    select distinct callee as invocation from links.edge where caller_node <> callee_node
),
run as (
    select i.node, i.kind, i.invocation, i.started_at, i.log_group, i.account, i.region
    from lake.invocation as i
    semi join (
        select node from lake.invocation
        where not is_virtual and started_at is not null and coalesce(attempt, 1) = 1
        group by node
        -- configured or not, nothing that runs all the time tells its clock from whatever else starts it
        having count(*) >= 4 and epoch(max(started_at) - min(started_at)) >= (count(*) - 1)
            * case when node in (select target from links.schedule) then 20 else 55 end
    ) as few on few.node = i.node
    anti join asked as a on a.invocation = i.invocation
    where not i.is_virtual and i.started_at is not null and coalesce(i.attempt, 1) = 1
),
paused as (
    select node, epoch_us(started_at) - lag(epoch_us(started_at)) over (
        partition by node order by started_at, invocation) as us
    from run
),
even as (
    select node from paused where us is not null group by node
    having quantile_disc(us, 0.8) <= 1.5 * quantile_disc(us, 0.2)
)
select r.node, r.kind, r.invocation, r.started_at, r.log_group, r.account, r.region
from run as r
where r.node in (select node from even) or r.node in (select target from links.schedule)
