-- Who fails over the same again just when a queue hands a message over again, of the queues that nothing is configured
-- to read: then it is what reads it (SQS developer guide, "Visibility timeout"). Nothing else tells of a container
-- whose calls are not recorded.
-- needs: failures.about lake.resource links.source links.wiring
-- scope: case
-- node: service that fails
-- source: queue whose time-out it is; there may be several of one time-out
with gap as (
    select
        node, epoch_ms(started_at) - epoch_ms(lag(started_at) over (
            partition by node, value order by started_at, invocation)) as gap_ms
    from failures.about where is_own
),
-- how long a queue hides what it handed over, of those that nothing is configured to read
hidden as (
    select distinct node as queue,
        try_cast(json_extract_string(configuration, '$.Attributes.VisibilityTimeout') as bigint) as seconds
    from lake.resource
    anti join links.source as s on s.source = resource.node
    anti join links.wiring as d on d.target = resource.node and d.how in ('dead_letter', 'destination')
    where kind = 'AWS::SQS::Queue'
)
select g.node, h.queue as source
from (select node, quantile_disc(gap_ms, 0.5) as gap_ms from gap where gap_ms is not null group by node) as g
join hidden as h on g.gap_ms between h.seconds * 1000 and (h.seconds + 10) * 1000
