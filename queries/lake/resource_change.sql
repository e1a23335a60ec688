-- One member of a resource's configuration that a recorded call set: what lake.resource_at undoes. CloudTrail
-- spells parameters in its own way; here they are members as in lake.resource.
-- needs: lake.resource lake.change
-- scope: case
-- change: the change, in lake.change
-- occurred_at: UTC
-- account: AWS account id of the resource
-- region: AWS region of the resource
-- node: the node that telemetry knows the resource as
-- kind: CloudFormation's type of it
-- arn: its ARN
-- action: operation
-- path: member, with the member around it: Timeout, Attributes.VisibilityTimeout
-- value: what it was set to, JSON text; null: it was removed
-- is_told: false where it was changed and no record tells to what (code, environment variables)
with look as (
    select account, region, node, kind, arn, max(configuration) as configuration
    from lake.resource
    where arn is not null and json_valid(configuration)
    group by all
),
-- operations on a part of a node: whose, which resource is meant, by which parameter and member it is found
part(of_kind, action, kind, asked, has) as (
    values
        ('AWS::Lambda::Function', '%Alias', 'AWS::Lambda::Alias', '$.name', '$.Name'),
        ('AWS::Lambda::Function', '%EventSourceMapping', 'AWS::Lambda::EventSourceMapping', '$.uUID', '$.UUID'),
        ('AWS::Lambda::Function', '%EventInvokeConfig', 'AWS::Lambda::EventInvokeConfig', null, null),
        ('AWS::Lambda::Function', '%FunctionUrlConfig', 'AWS::Lambda::Url', null, null),
        ('AWS::Lambda::Function', '%RetentionPolicy', 'AWS::Logs::LogGroup', '$.logGroupName', '$.logGroupName'),
        ('AWS::Logs::LogGroup', '%RetentionPolicy', 'AWS::Logs::LogGroup', '$.logGroupName', '$.logGroupName'),
        ('AWS::Events::EventBus', '%Rule', 'AWS::Events::Rule', '$.name', '$.Name'),
        ('AWS::SNS', '%SubscriptionAttributes', 'AWS::SNS::Subscription', '$.subscriptionArn', '$.SubscriptionArn'),
        ('AWS::SNS', '%TopicAttributes', 'AWS::SNS::Topic', null, null),
        ('AWS::ECS::Container', '%Service', 'AWS::ECS::Service', null, null)
),
asked as (
    select
        c.change, c.occurred_at, c.account, c.region, c.node, c.action, coalesce(p.kind, c.kind) as kind, p.has,
        json_extract_string(c.after, p.asked) as named,
        case
            when json_exists(c.after, '$.attributes') then json_extract(c.after, '$.attributes')
            when json_exists(c.after, '$.attributeName') then json_object(
                json_extract_string(c.after, '$.attributeName'), json_extract(c.after, '$.attributeValue'))
            else c.after::json
        end as said,
        json_exists(c.after, '$.attributes') or json_exists(c.after, '$.attributeName') as is_attribute
    from lake.change as c
    left join part as p on p.of_kind = c.kind and c.action like p.action
    where c.source = 'cloudtrail' and c.error_code is null and json_valid(c.after)
        -- what makes something else: a version, a tag, a permission
        and not regexp_matches(c.action, '^(Publish|Tag|Untag|Add|Remove|Register|Create)|^Delete.*(Function|Alias|Mapping|Queue|Topic|Table|Rule)$')
),
event as (
    select a.change, a.occurred_at, a.action, a.said, a.is_attribute, l.account, l.region, l.node, l.kind, l.arn,
        l.configuration
    from asked as a
    join look as l on l.kind = a.kind and (l.node = a.node or a.kind = 'AWS::Logs::LogGroup')
        and coalesce(l.account = a.account, true) and coalesce(l.region = a.region, true)
        and (a.has is null or json_extract_string(l.configuration, a.has) = a.named)
),
-- the first letter of every member is small in CloudTrail: where the service's own is not, it is made large again
spelled as (
    select
        e.* exclude (said), name,
        string_split(replace(json_object(name, json_extract(said, '$."' || name || '"'))::varchar, '\"', chr(1)), '"')
            as piece,
        is_attribute or not regexp_matches(kind, '^AWS::(Lambda|Events|DynamoDB|RDS|Kinesis|Pipes|Scheduler|EC2)::')
            as is_same
    from event as e, unnest(json_keys(said)) as k(name)
),
member as (
    select
        s.* exclude (name, piece, is_same), if(is_same, name, upper(name[1]) || name[2:]) as name,
        -- names of environment variables are the user's
        if(name = 'environment', nullif(json_object('Variables', json_extract(one, '$.environment.variables'))::varchar,
            '{"Variables":null}'), json_extract(one, '$."' || if(is_same, name, upper(name[1]) || name[2:]) || '"')::varchar)
            as value,
        name <> 'environment' or json_exists(one, '$.environment.variables') as is_told
    from (
        select *, replace(array_to_string(case
            when is_same or name = 'environment' then piece
            else list_transform(piece, lambda x, i:
                case when i % 2 = 0 and piece[i + 1][1] = ':' then upper(x[1]) || x[2:] else x end)
        end, '"'), chr(1), '\"') as one
        from spelled
    ) as s
    union all by name
    -- calls whose parameters do not say what they set
    select
        e.* exclude (said), m.name, m.value, m.is_told
    from event as e
    join (values
        ('UpdateFunctionCode', 'CodeSha256', null, false), ('UpdateFunctionCode', 'CodeSize', null, false),
        ('UpdateFunction%', 'LastModified', null, false), ('UpdateFunction%', 'RevisionId', null, false),
        ('UpdateAlias', 'RevisionId', null, false), ('UpdateEventSourceMapping', 'LastModified', null, false),
        ('DeleteFunctionConcurrency', 'ReservedConcurrentExecutions', null, true),
        ('EnableRule', 'State', '"ENABLED"', true), ('DisableRule', 'State', '"DISABLED"', true),
        ('DeleteRetentionPolicy', 'retentionInDays', null, true)
    ) as m(action, name, value, is_told) on e.action like m.action
),
placed as (
    select
        * exclude (value), if(is_attribute, 'Attributes.', '') || name as path,
        json_extract(configuration, if(is_attribute, '$.Attributes.', '$.') || '"' || name || '"') as now_,
        value
    from member
)
-- parameters that are no members (names, switches of the call) are left out: what the resource has, or may lack
select
    change, occurred_at, account, region, node, kind, arn, action, path,
    case
        when json_type(now_) = 'VARCHAR' and json_type(value) <> 'VARCHAR' then to_json(value)::varchar
        -- a task definition may be named by its family and revision
        when name = 'taskDefinition' and not contains(value, ':task-definition/')
            then to_json(regexp_replace(now_ ->> '$', '[^/]+$', value::json ->> '$'))::varchar
        else value
    end as value,
    is_told
from placed
where name not in (
    'FunctionName', 'Name', 'UUID', 'logGroupName', 'QueueUrl', 'TopicArn', 'SubscriptionArn', 'TableName', 'StreamName',
    'StreamARN', 'stateMachineArn', 'serviceName', 'DBInstanceIdentifier', 'EventBusName'
)
and (now_ is not null or name in (
    'RoutingConfig', 'ReservedConcurrentExecutions', 'DeadLetterConfig', 'DestinationConfig', 'ScalingConfig',
    'FilterCriteria', 'KMSKeyArn', 'VpcConfig', 'Layers', 'Environment', 'FileSystemConfigs', 'retentionInDays',
    'RedrivePolicy', 'RedriveAllowPolicy', 'FilterPolicy', 'KmsMasterKeyId', 'SSEDescription', 'StreamSpecification'
))
