-- What hands messages to what, as the account is configured: event source mappings, subscriptions, rules, pipes,
-- bucket notifications, schedules, alarm actions, permissions to invoke a function, dead-letter queues and destinations
-- of failures. Whom an API, a load balancer or a workflow calls is in links.integration.
-- needs: lake.resource_latest
-- scope: case
-- source: queue, topic, bus, stream, table, bucket, schedule or alarm that hands on; of a destination the function
-- service: service of the source, as ARNs name it: sqs, sns, events, kinesis, dynamodb, s3, lambda, …
-- target: node that it hands on to
-- how: mapping, subscription, rule, pipe, notification, schedule, alarm, permission, dead_letter or destination
-- max_attempts: how often it is tried before it is given up, null where that is not set
-- batch_size: largest number of records that are handed over at once, null where nothing says
-- is_partial: whether the target may hand single records of a batch back
-- configured_by: ARN of the resource that says so
with latest as (select kind, arn, node, configuration from lake.resource_latest),
told as (
    select
        arn as configured_by, 'mapping' as how, j[1] as source, j[2] as target, try_cast(j[3] as bigint) + 1 as max_attempts,
        try_cast(j[4] as bigint) as batch_size, coalesce(contains(j[5], 'ReportBatchItemFailures'), false) as is_partial
    from (
        select arn, json_extract_string(configuration, ['$.EventSourceArn', '$.FunctionArn', '$.MaximumRetryAttempts',
            '$.BatchSize', '$.FunctionResponseTypes']) as j
        from latest where kind = 'AWS::Lambda::EventSourceMapping'
    )
    union all by name
    select arn as configured_by, 'destination' as how, j[1] as source, coalesce(j[2], j[3]) as target
    from (
        select arn, json_extract_string(configuration, [
            '$.FunctionArn', '$.DestinationConfig.OnFailure.Destination', '$.DeadLetterConfig.TargetArn']) as j
        from latest
        where kind in ('AWS::Lambda::EventSourceMapping', 'AWS::Lambda::EventInvokeConfig', 'AWS::Lambda::Function')
    )
    union all by name
    select arn as configured_by, 'dead_letter' as how, arn as source,
        json_extract_string(policy, '$.deadLetterTargetArn') as target,
        try_cast(json_extract_string(policy, '$.maxReceiveCount') as bigint) as max_attempts
    from (
        select arn, json_extract_string(configuration, '$.Attributes.RedrivePolicy') as policy
        from latest where kind = 'AWS::SQS::Queue'
    )
    where json_valid(policy)
    union all by name
    select arn as configured_by, 'subscription' as how, j[1] as source, j[2] as target
    from (
        select arn, json_extract_string(configuration, ['$.TopicArn', '$.Endpoint']) as j
        from latest where kind = 'AWS::SNS::Subscription'
    )
    union all by name
    select
        arn as configured_by, 'rule' as how, 'event-bus/' || coalesce(node, 'default') as source,
        json_extract_string(target, '$.Arn') as target
    from (
        select arn, node, unnest(json_extract(configuration, '$.Targets[*]')) as target
        from latest where kind = 'AWS::Events::Rule'
    )
    union all by name
    -- what enriches a pipe's messages has them before the target
    select arn as configured_by, 'pipe' as how, j[1] as source, unnest([j[2], j[3]]) as target
    from (
        select arn, json_extract_string(configuration, ['$.Source', '$.Target', '$.Enrichment']) as j
        from latest where kind = 'AWS::Pipes::Pipe'
    )
    union all by name
    select
        arn as configured_by, 'notification' as how, 'bucket:' || node as source, coalesce(
            json_extract_string(one, '$.LambdaFunctionArn'), json_extract_string(one, '$.QueueArn'),
            json_extract_string(one, '$.TopicArn')) as target
    from (
        select arn, node, unnest(list_concat(
            json_extract(configuration, '$.NotificationConfiguration.LambdaFunctionConfigurations[*]'),
            json_extract(configuration, '$.NotificationConfiguration.QueueConfigurations[*]'),
            json_extract(configuration, '$.NotificationConfiguration.TopicConfigurations[*]'))) as one
        from latest where kind = 'AWS::S3::Bucket'
    )
    union all by name
    select arn as configured_by, 'schedule' as how, arn as source, configuration ->> '$.Target.Arn' as target
    from latest where kind = 'AWS::Scheduler::Schedule'
    union all by name
    select arn as configured_by, 'alarm' as how, arn as source,
        unnest(json_extract_string(configuration, '$.AlarmActions[*]')) as target
    from latest where kind in ('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm')
    union all by name
    select
        arn as configured_by, 'permission' as how, coalesce(
            json_extract_string(one, '$.Condition.ArnLike."AWS:SourceArn"'),
            json_extract_string(one, '$.Condition.ArnLike."aws:SourceArn"')) as source, arn as target
    from (
        select arn, unnest(json_extract(case when json_valid(policy) then policy end, '$.Statement[*]')) as one
        from (
            select arn, json_extract_string(configuration, '$.ResourcePolicy.Policy') as policy
            from latest where kind = 'AWS::Lambda::Function'
        )
    )
),
named as (
    select
        * exclude (source, target),
        unnest([source, target]) as arn, unnest(['source', 'target']) as side,
        source || ' ' || target as pair
    from told
    -- who may call through an API or a load balancer is no message
    where source is not null and target is not null and not contains(source, ':execute-api:')
        and not contains(source, ':elasticloadbalancing:')
),
short as (
    -- the node in an ARN: function:NAME, stream/NAME, table/NAME/stream, rule/BUS/NAME, event-bus/NAME, schedule/GROUP/NAME,
    -- :::bucket
    select
        * exclude (arn),
        case
            when contains(arn, ':function:') then split_part(split_part(arn, ':function:', 2), ':', 1)
            when contains(arn, ':rule/') then case when len(string_split(arn, '/')) > 2 then split_part(arn, '/', 2)
                else 'default' end
            when contains(arn, ':table/') or contains(arn, ':stream/') or starts_with(arn, 'event-bus/')
                or contains(arn, ':event-bus/') or contains(arn, ':pipe/') then split_part(arn, '/', 2)
            when contains(arn, ':schedule/') then split_part(arn, '/', 3)
            when contains(arn, ':log-group:') then split_part(split_part(arn, ':log-group:', 2), ':', 1)
            else split_part(arn, ':', -1)
        end as name,
        case when starts_with(arn, 'event-bus/') then 'events' when starts_with(arn, 'bucket:') then 's3'
            else split_part(arn, ':', 3) end as service
    from named
)
select
    max(name) filter (where side = 'source') as source, max(service) filter (where side = 'source') as service,
    max(name) filter (where side = 'target') as target, how,
    max(max_attempts) as max_attempts, max(batch_size) as batch_size, coalesce(bool_or(is_partial), false) as is_partial,
    min(configured_by) as configured_by
from short
group by how, pair
