-- One record of CloudTrail: from LookupEvents, from the files of a trail, or from the log group that it sends
-- to. Reads and refused calls are here too: lake.change is what was changed. A record's time is when the call
-- was through. IAM, Route 53 and CloudFront are everywhere: their records are in us-east-1.
-- needs: evidence.change lake.service_line lake.api_name
-- scope: case
-- materialize
-- account: AWS account id
-- region: AWS region
-- event_id: CloudTrail's id of the event
-- occurred_at: when the call was through, UTC
-- event_source: service that was called, such as lambda.amazonaws.com
-- event_name: name of the event, as it is told
-- action: operation; Lambda puts dates of its API into names, they are taken off
-- actor: ARN of who called; of a service its address
-- actor_type: AssumedRole, IAMUser, AWSService, … (type of CloudTrail's userIdentity)
-- via: service through which it was called (CloudFormation, …), null where directly
-- source_address: address or service that the call came from
-- node: what was called upon, by the name that lake.invocation and lake.span use, else by its id
-- kind: X-Ray's type of the node, or AWS's type of the resource; null where only the service is known
-- detail: part of the node, such as alias, rule, policy, mapping or parameter
-- request: parameters of the call, JSON, environment variables as keyed hashes
-- response: answer, JSON
-- error_code: why it was refused or failed, null where it was done
-- error_message: the same in words
-- is_read_only: whether it changed nothing
-- is_management: whether it is about configuration, and not about data
-- request_id: AWS request id of the call
-- log_group: log group that it was read from, null where from CloudTrail itself
-- log_event_id: id of that log event
with record as (
    select account, region, document, event_id, null as log_group, null as log_event_id, document_key
    from evidence.change
    where source = 'cloudtrail'
    union all
    select
        json_extract_string(text, '$.recipientAccountId'), json_extract_string(text, '$.awsRegion'), text,
        json_extract_string(text, '$.eventID'), log_group, event_id, null
    from lake.service_line
    where format = 'cloudtrail' and json_valid(text)
),
-- an event that came both ways is one
once as (
    select account, region, event_id, min({
        'is_logged': log_group is not null, 'document': document, 'log_group': log_group,
        'log_event_id': log_event_id}) as r
    from record
    group by account, region, event_id
),
read_ as (
    select
        account, region, event_id, r.document as document, r.log_group as log_group, r.log_event_id as log_event_id,
        json_extract_string(r.document, [
            '$.eventTime', '$.eventSource', '$.eventName', '$.userIdentity.arn', '$.userIdentity.invokedBy',
            '$.userIdentity.userName', '$.userIdentity.type', '$.userIdentity.principalId', '$.sourceIPAddress',
            '$.errorCode', '$.errorMessage', '$.readOnly', '$.managementEvent', '$.requestID', '$.resources[0].ARN'
        ]) as j,
        json_extract(r.document, ['$.requestParameters', '$.responseElements']) as said,
        json_extract_string(r.document, [
            '$.requestParameters.functionName', '$.responseElements.functionArn', '$.requestParameters.stateMachineArn',
            '$.requestParameters.executionArn', '$.requestParameters.tableName', '$.requestParameters.queueUrl',
            '$.requestParameters.queueName', '$.requestParameters.topicArn', '$.requestParameters.subscriptionArn',
            '$.requestParameters.streamName', '$.requestParameters.streamARN', '$.requestParameters.eventBusName',
            '$.requestParameters.service', '$.requestParameters.serviceName', '$.requestParameters.family',
            '$.requestParameters.resourceId', '$.requestParameters.restApiId', '$.requestParameters.apiId',
            '$.requestParameters.stageName', '$.requestParameters.roleName', '$.requestParameters.userName',
            '$.requestParameters.groupName', '$.requestParameters.policyArn', '$.requestParameters.secretId',
            '$.requestParameters.keyId', '$.requestParameters.dBInstanceIdentifier',
            '$.requestParameters.dBClusterIdentifier', '$.requestParameters.dBParameterGroupName',
            '$.requestParameters.bucketName', '$.requestParameters.subnetId', '$.requestParameters.routeTableId',
            '$.requestParameters.networkAclId', '$.requestParameters.vpcEndpointId', '$.requestParameters.groupId',
            '$.requestParameters.natGatewayId', '$.requestParameters.DeleteNatGatewayRequest.NatGatewayId',
            '$.requestParameters.targetGroupArn', '$.requestParameters.listenerArn', '$.requestParameters.ruleArn',
            '$.requestParameters.loadBalancerArn', '$.requestParameters.logGroupName',
            '$.requestParameters.clusterName', '$.requestParameters.applicationName',
            '$.requestParameters.stackName', '$.requestParameters.hostedZoneId', '$.requestParameters.layerName',
            '$.requestParameters.resourceArn', '$.requestParameters.resourceARN', '$.requestParameters.resource',
            '$.requestParameters.arn', '$.requestParameters.name', '$.requestParameters.cluster',
            '$.requestParameters.rule', '$.requestParameters.policyName', '$.requestParameters.uUID',
            '$.requestParameters.uuid', '$.requestParameters.statementId', '$.requestParameters.qualifier',
            '$.requestParameters.instanceId', '$.requestParameters.replicationGroupId', '$.requestParameters.sourceArn'
        ]) as p
    from once
),
named as (
    select
        *, split_part(j[2], '.', 1) as service, regexp_extract(j[3], '^([A-Za-z]+?)(?:\d{8})?(?:v\d+)?$', 1) as operation,
        case service
            when 'lambda' then coalesce(p[1], p[2], p[49], p[46])
            when 'events' then coalesce(p[12], 'default')
            when 'apigateway' then coalesce(p[17], p[18]) || coalesce('/' || p[19], '')
            when 'eks' then coalesce(p[42], p[51])
            when 'scheduler' then coalesce(p[51], p[22])
            when 'ec2' then coalesce(p[31], p[32], p[33], p[34], p[36], p[35], p[30], p[59])
            when 'ecs' then coalesce(p[13], p[14], p[15], p[52])
            else coalesce(
                p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[13], p[16], p[20], p[21], p[22], p[23],
                p[24], p[25], p[26], p[27], p[28], p[29], p[37], p[38], p[39], p[40], p[41], p[42], p[43], p[44],
                p[45], p[1], p[47], p[48], p[49], p[50], p[51], p[60], p[61], j[15])
        end as raw
    from read_
)
select
    account, region, event_id, coalesce(try_cast(j[1] as timestamp), timestamp '1970-01-01 00:00:00') as occurred_at,
    j[2] as event_source, j[3] as event_name, coalesce(nullif(operation, ''), j[3]) as action,
    coalesce(j[4], j[5], j[6], j[8]) as actor, j[7] as actor_type, j[5] as via, j[9] as source_address,
    nullif(case
        when api.node is not null then api.node
        when contains(raw, ':function:') then regexp_extract(raw, ':function:([^:]+)', 1)
        when service = 'lambda' then split_part(raw, ':', 1)
        when contains(raw, ':stateMachine:') then regexp_extract(raw, ':stateMachine:([^:/]+)', 1)
        when contains(raw, ':execution:') then regexp_extract(raw, ':execution:([^:]+)', 1)
        when contains(raw, 'table/') then regexp_extract(raw, 'table/([^/]+)', 1)
        when service = 'secretsmanager' and starts_with(raw, 'arn:')
            then regexp_replace(split_part(raw, ':', 7), '-[A-Za-z0-9]{6}$', '')
        when contains(raw, 'loadbalancer/') or contains(raw, 'listener/') then split_part(raw, '/', 3)
        when service in ('sns', 'sqs') and starts_with(raw, 'arn:') then split_part(raw, ':', 6)
        when service = 'logs' then coalesce(nullif(regexp_extract(raw, '/aws/lambda/([^:]+)', 1), ''), raw)
        when service in ('apigateway', 'ssm', 'secretsmanager') and not starts_with(raw, 'arn:') then raw
        when service = 'application-autoscaling' and starts_with(raw, 'function:') then split_part(raw, ':', 2)
        else regexp_extract(raw, '([^:/]+)/?$', 1)
    end, '') as node,
    case service
        when 'lambda' then 'AWS::Lambda::Function' when 'sqs' then 'AWS::SQS::Queue' when 'sns' then 'AWS::SNS'
        when 'dynamodb' then 'AWS::DynamoDB::Table' when 'kinesis' then 'AWS::Kinesis::Stream'
        when 's3' then 'AWS::S3::Bucket' when 'states' then 'AWS::StepFunctions::StateMachine'
        when 'apigateway' then 'AWS::ApiGateway::Stage' when 'events' then 'AWS::Events::EventBus'
        when 'pipes' then 'AWS::Pipes::Pipe' when 'scheduler' then 'AWS::Scheduler::Schedule'
        when 'secretsmanager' then 'AWS::SecretsManager::Secret' when 'ssm' then 'AWS::SSM::Parameter'
        when 'kms' then 'AWS::KMS::Key' when 'ecs' then 'AWS::ECS::Container' when 'eks' then 'AWS::EKS::Cluster'
        when 'iam' then if(p[20] is not null, 'AWS::IAM::Role', null)
        when 'rds' then if(p[26] is not null, 'AWS::RDS::DBInstance', null)
        when 'ec2' then case when p[31] is null and p[32] is null and p[33] is null and p[34] is null then
            if(coalesce(p[35], p[36]) is not null, 'AWS::EC2::NatGateway', if(p[30] is not null, 'AWS::EC2::Subnet', null)) end
        when 'logs' then if(contains(raw, '/aws/lambda/'), 'AWS::Lambda::Function', 'AWS::Logs::LogGroup')
        when 'application-autoscaling' then case split_part(raw, '/', 1) when 'service' then 'AWS::ECS::Container'
            when 'table' then 'AWS::DynamoDB::Table' end
    end as kind,
    case service
        when 'events' then coalesce(p[53], p[51]) when 'lambda' then coalesce(p[55], p[56], p[51], p[57], p[58])
        when 'iam' then coalesce(p[54], p[23]) when 'ecs' then p[52] when 'sns' then p[9]
        when 'dynamodb' then nullif(regexp_extract(raw, '/index/(.+)$', 1), '')
    end as detail,
    said[1]::varchar as request, said[2]::varchar as response, j[10] as error_code, j[11] as error_message,
    coalesce(j[12] = 'true', false) as is_read_only, coalesce(j[13] = 'true', true) as is_management,
    j[14] as request_id, log_group, log_event_id
from named
left join lake.api_name as api on service = 'apigateway' and api.api = raw
