-- Since when records could still be read when the account was looked at last: what a log group's retention
-- (`retentionInDays`) and X-Ray's 30 days (X-Ray developer guide, "Concepts") had left. What is older had expired by
-- then, if no earlier pull has it. Of a node with several log groups the one that reaches back furthest counts; where
-- one of them keeps everything, or nothing tells what it keeps, there is no row.
-- needs: lake.resource lake.resource_latest lake.invocation
-- scope: case
-- materialize
-- what: lines or traces
-- node: whose lines; null of traces
-- days: for how many days they are kept
-- seen_at: hour of the look, UTC
-- since: what is older had expired by then, UTC
with look as (
    -- DescribeLogGroups and AWS Config write it each in their own way
    select distinct on (arn, node) arn, node, seen_at,
        try_cast(coalesce(
            configuration ->> '$.retentionInDays', configuration ->> '$.RetentionInDays') as bigint) as days
    from lake.resource
    where kind = 'AWS::Logs::LogGroup' and json_valid(configuration)
    order by arn, node, seen_at desc nulls last, configuration_key, configuration
),
log_group as (
    select
        node as name, min({'since': seen_at - to_days(days::integer), 'days': days, 'seen_at': seen_at}) as least
    from look
    group by node having bool_and(days is not null and seen_at is not null)
),
-- a function that is configured to write elsewhere does
function as (
    select node, coalesce(configuration ->> '$.LoggingConfig.LogGroup', '/aws/lambda/' || node) as name
    from lake.resource_latest where kind = 'AWS::Lambda::Function'
),
written as (
    select distinct node, log_group as name from lake.invocation where log_group is not null and not is_virtual
    union
    select node, name from function
    union
    select i.node, '/aws/lambda/' || i.node
    from (select distinct node from lake.invocation where kind = 'AWS::Lambda::Function' and not is_virtual) as i
    anti join function as f on f.node = i.node
)
select 'lines' as what, w.node, least.days as days, least.seen_at as seen_at, least.since as since
from (
    select w.node, min(g.least) as least
    from written as w
    left join log_group as g on g.name = w.name
    group by w.node having count(*) = count(g.least)
) as w
union all
select 'traces', null, 30, max(seen_at), max(seen_at) - interval 30 day
from lake.resource having max(seen_at) is not null
