-- What the dimensions of a metric or of an alarm name: the node, by the name that lake.invocation and lake.span
-- use. A step of lake.metric and lake.alarm_event.
-- needs: evidence.metric evidence.change evidence.resource lake.api_name
-- scope: case
-- namespace: as in CloudWatch
-- dimensions: all of them, as JSON with sorted names
-- node: function, queue, table, API/stage, state machine, service, workload, …; null where they name nothing known
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- is_whole: whether they name nothing but the node, and not a version, operation, index, rule, target group, …;
--   of no dimensions the whole account is meant
with watched as (
    select
        json_extract_string(document, '$.Namespace') as namespace,
        '{' || array_to_string(list_sort([
            to_json(one ->> 'Name') || ':' || to_json(one ->> 'Value') for one in json_extract(document, '$.Dimensions[*]')
        ]), ',') || '}' as dimensions
    from (
        select document from evidence.change where source = 'alarm'
        union all
        select configuration from evidence.resource where kind = 'AWS::CloudWatch::Alarm' and json_valid(configuration)
    )
),
series as (
    select
        namespace, dimensions, json_keys(dimensions) as names,
        -- the resource's own dimensions, in AWS's namespaces and in those of agents
        json_extract_string(dimensions, [
            '$.FunctionName', '$.function_name', '$.QueueName', '$.TopicName', '$.TableName', '$.StreamName',
            '$.PipeName', '$.StateMachineArn', '$.ApiName', '$.ApiId', '$.Stage', '$.LoadBalancer',
            '$.NatGatewayId', '$.DBInstanceIdentifier', '$.DBClusterIdentifier', '$.BucketName',
            '$.EventBusName', '$.RuleName', '$.ServiceName', '$.ClusterName', '$.PodName', '$.LogGroupName',
            '$.ScheduleGroup', '$.Service', '$.service', '$.TargetGroup', '$.ActivityArn', '$.service_name',
            '$.EventSourceMappingUUID'
        ]) as d
    from (
        select namespace, dimensions from evidence.metric where json_valid(dimensions)
        union
        select namespace, dimensions from watched where namespace is not null
    )
),
mapping as (
    select configuration ->> 'UUID' as mapping_id, min(node) as node
    from evidence.resource
    where kind = 'AWS::Lambda::EventSourceMapping' and json_valid(configuration)
    group by mapping_id
),
named as (
    select
        namespace, dimensions, names,
        case
            when coalesce(d[1], d[2]) is not null then {
                'node': regexp_extract(coalesce(d[1], d[2]), '([^:]+)$', 1), 'kind': 'AWS::Lambda::Function',
                'own': ['FunctionName', 'function_name']}
            -- of a mapping's counts there is no function's own
            when mapping.node is not null then {'node': mapping.node, 'kind': 'AWS::Lambda::Function', 'own': ['FunctionName']}
            when d[3] is not null then {'node': d[3], 'kind': 'AWS::SQS::Queue', 'own': ['QueueName']}
            when d[4] is not null then {'node': d[4], 'kind': 'AWS::SNS', 'own': ['TopicName']}
            when d[5] is not null then {'node': d[5], 'kind': 'AWS::DynamoDB::Table', 'own': ['TableName']}
            when d[6] is not null then {'node': d[6], 'kind': 'AWS::Kinesis::Stream', 'own': ['StreamName']}
            when d[7] is not null then {'node': d[7], 'kind': 'AWS::Pipes::Pipe', 'own': ['PipeName']}
            when d[8] is not null then {
                'node': regexp_extract(d[8], '([^:]+)$', 1), 'kind': 'AWS::StepFunctions::StateMachine',
                'own': ['StateMachineArn']}
            when coalesce(d[9], d[10]) is not null then {
                'node': coalesce(api.node, coalesce(d[9], d[10]) || coalesce('/' || d[11], '')), 'kind': 'AWS::ApiGateway::Stage',
                'own': ['ApiName', 'ApiId', 'Stage']}
            when d[12] is not null then {
                'node': coalesce(nullif(split_part(d[12], '/', 2), ''), d[12]),
                'kind': 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'own': ['LoadBalancer']}
            when d[13] is not null then {'node': d[13], 'kind': 'AWS::EC2::NatGateway', 'own': ['NatGatewayId']}
            when d[14] is not null then {'node': d[14], 'kind': 'AWS::RDS::DBInstance', 'own': ['DBInstanceIdentifier']}
            when d[15] is not null then {'node': d[15], 'kind': 'AWS::RDS::DBCluster', 'own': ['DBClusterIdentifier']}
            when d[16] is not null then {
                'node': d[16], 'kind': 'AWS::S3::Bucket', 'own': ['BucketName', 'FilterId']}
            -- rules of the default bus name no bus
            when d[17] is not null or d[18] is not null then {
                'node': coalesce(d[17], 'default'), 'kind': 'AWS::Events::EventBus', 'own': ['EventBusName']}
            when d[21] is not null then {
                'node': d[21], 'kind': 'AWS::EKS::Container', 'own': ['ClusterName', 'Namespace', 'PodName']}
            when d[19] is not null and d[20] is not null then {
                'node': d[19], 'kind': 'AWS::ECS::Container', 'own': ['ClusterName', 'ServiceName']}
            when d[22] is not null then {
                'node': coalesce(nullif(regexp_extract(d[22], '^/aws/lambda/(.+)$', 1), ''), d[22]),
                'kind': if(starts_with(d[22], '/aws/lambda/'), 'AWS::Lambda::Function', 'AWS::Logs::LogGroup'),
                'own': ['LogGroupName']}
            when d[23] is not null then {
                'node': d[23], 'kind': 'AWS::Scheduler::ScheduleGroup', 'own': ['ScheduleGroup']}
            when d[20] is not null then {
                'node': d[20], 'kind': if(namespace like '%ECS%', 'AWS::ECS::Cluster', 'AWS::EKS::Cluster'),
                'own': ['ClusterName']}
            when coalesce(d[19], d[24], d[25], d[28]) is not null then {
                'node': coalesce(d[19], d[24], d[25], d[28]), 'kind': 'service',
                'own': ['ServiceName', 'Service', 'service', 'service_name']}
        end as known
    from series
    left join mapping on mapping.mapping_id = d[29]
    left join lake.api_name as api on api.api = d[10] || coalesce('/' || d[11], '')
)
select
    namespace, dimensions, known.node as node, known.kind as kind,
    len(list_filter(names, lambda name: not coalesce(list_contains(known.own, name), false))) = 0 as is_whole
from named
