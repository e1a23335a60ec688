-- What a node is configured to use and others may use as well: subnets, their zones and the NAT gateways that they
-- leave through, security groups, roles and what these open by name, secrets, parameters, keys, layers, clusters, and
-- the concurrency of the account. An edge of kind `uses`: nobody calls anybody along it, but who fails together may
-- have it in common. Where the configuration was not collected there is none.
-- needs: lake.resource_latest lake.role_grant
-- scope: case
-- node: node that uses it, by the name that telemetry knows it by
-- kind: X-Ray's type of the node
-- resource: name of what it uses, its id where it has none; of the concurrency ACCOUNT/REGION
-- resource_kind: CloudFormation's type of it; zone and concurrency have none
-- through: the subnet or the role by which it comes, null where the node itself names it
-- configured_by: ARN of the resource that says so
with latest as (select * from lake.resource_latest),
worker as (
    select
        node, arn, configuration, case kind
            when 'AWS::ECS::Service' then 'AWS::ECS::Container' when 'AWS::SNS::Topic' then 'AWS::SNS' else kind end as kind
    from latest
    where kind in (
        'AWS::Lambda::Function', 'AWS::ECS::Service', 'AWS::EKS::Cluster', 'AWS::StepFunctions::StateMachine',
        'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::SNS::Topic',
        'AWS::Kinesis::Stream', 'AWS::RDS::DBInstance', 'AWS::SecretsManager::Secret', 'AWS::SSM::Parameter',
        'AWS::Pipes::Pipe', 'AWS::Scheduler::Schedule')
    union all
    select s.node, d.arn, d.configuration, 'AWS::ECS::Container'
    from latest as s
    join latest as d on d.arn = s.configuration ->> '$.taskDefinition'
    where s.kind = 'AWS::ECS::Service' and d.kind = 'AWS::ECS::TaskDefinition'
),
-- members of many services at once: each has its own name for the same thing
told as (
    select node, kind, arn, unnest([
        {'kind': 'AWS::EC2::Subnet', 'named': flatten([
            json_extract_string(configuration, '$.VpcConfig.SubnetIds[*]'),
            json_extract_string(configuration, '$.networkConfiguration.awsvpcConfiguration.subnets[*]'),
            json_extract_string(configuration, '$.resourcesVpcConfig.subnetIds[*]'),
            json_extract_string(configuration, '$.AvailabilityZones[*].SubnetId'),
            json_extract_string(configuration, '$.DBSubnetGroup.Subnets[*].SubnetIdentifier')])},
        {'kind': 'AWS::EC2::SecurityGroup', 'named': flatten([
            json_extract_string(configuration, '$.VpcConfig.SecurityGroupIds[*]'),
            json_extract_string(configuration, '$.networkConfiguration.awsvpcConfiguration.securityGroups[*]'),
            json_extract_string(configuration, '$.resourcesVpcConfig.securityGroupIds[*]'),
            json_extract_string(configuration, '$.SecurityGroups[*]'),
            json_extract_string(configuration, '$.VpcSecurityGroups[*].VpcSecurityGroupId')])},
        {'kind': 'AWS::IAM::Role', 'named': json_extract_string(
            configuration, ['$.Role', '$.taskRoleArn', '$.executionRoleArn', '$.roleArn', '$.RoleArn', '$.Target.RoleArn'])},
        {'kind': 'AWS::Lambda::LayerVersion', 'named': json_extract_string(configuration, '$.Layers[*].Arn')},
        {'kind': 'AWS::KMS::Key', 'named': json_extract_string(configuration, [
            '$.KMSKeyArn', '$.SSEDescription.KMSMasterKeyArn', '$.Attributes.KmsMasterKeyId', '$.KeyId', '$.KmsKeyId'])},
        {'kind': 'AWS::ECS::Cluster', 'named': [configuration ->> '$.clusterArn']},
        {'kind': 'secret', 'named': json_extract_string(configuration, '$.containerDefinitions[*].secrets[*].valueFrom')},
        {'kind': 'zone', 'named': [configuration ->> '$.AvailabilityZone']}
    ]) as of_
    from worker
),
named as (
    select distinct node, kind, arn, of_.kind as resource_kind, unnest(of_.named) as said from told
),
direct as (
    select
        node, kind, arn as configured_by, null::varchar as through, said,
        case when resource_kind <> 'secret' then resource_kind
            when contains(said, ':secretsmanager:') then 'AWS::SecretsManager::Secret' else 'AWS::SSM::Parameter' end
            as resource_kind,
        -- a secret's ARN may go on with the member, stage and version that are wanted
        case when contains(said, ':secret:') then array_to_string(string_split(said, ':')[:7], ':') else said end as ref
    from named
    where coalesce(said, '') not in ('', 'null')
),
-- without a table of its own a subnet has the main one of its network
routed as (
    select s.node as subnet, coalesce(own.arn, main.arn) as arn, coalesce(own.configuration, main.configuration) as configuration
    from latest as s
    left join (
        select arn, configuration, unnest(json_extract_string(configuration, '$.Associations[*].SubnetId')) as subnet
        from latest where kind = 'AWS::EC2::RouteTable'
    ) as own on own.subnet = s.node
    left join latest as main on main.kind = 'AWS::EC2::RouteTable' and own.arn is null
        and main.configuration ->> '$.VpcId' = s.configuration ->> '$.VpcId'
        and list_contains(json_extract_string(main.configuration, '$.Associations[*].Main'), 'true')
    where s.kind = 'AWS::EC2::Subnet'
),
behind as (
    select node as through, arn as configured_by, 'zone' as resource_kind, configuration ->> '$.AvailabilityZone' as said
    from latest where kind = 'AWS::EC2::Subnet'
    union all
    select subnet, arn, 'AWS::EC2::NatGateway', unnest(json_extract_string(configuration, '$.Routes[*].NatGatewayId'))
    from routed
),
known as (select arn, min(node) as node from latest where arn is not null and node is not null group by arn),
plain as (
    -- by the name that the inventory gives it, else what its ARN ends with: role/path/NAME, key/ID, layer:NAME:VERSION
    select d.node, d.kind, coalesce(k.node, case
        when contains(d.ref, ':layer:') then split_part(d.ref, ':layer:', 2)
        when contains(d.ref, ':secret:') then split_part(d.ref, ':secret:', 2)
        when starts_with(d.ref, 'arn:') then string_split(d.ref, '/')[-1] else d.ref end) as resource,
        d.resource_kind, d.through, d.configured_by
    from direct as d
    left join known as k on k.arn = d.ref
)
select * from plain
union
select p.node, p.kind, b.said, b.resource_kind, b.through, b.configured_by
from plain as p
join (
    select * from behind where said is not null
    union all by name
    select role as through, configured_by, resource_kind, resource as said from lake.role_grant
) as b on b.through = p.resource
where p.resource_kind in ('AWS::EC2::Subnet', 'AWS::IAM::Role') and b.said <> p.node
    -- what stands in a subnet and answers only does not leave it
    and (b.resource_kind <> 'AWS::EC2::NatGateway' or p.kind in (
        'AWS::Lambda::Function', 'AWS::ECS::Container', 'AWS::EKS::Cluster'))
union
-- all functions that have none of their own share what is left
select node, 'AWS::Lambda::Function', account || '/' || region, 'concurrency', null, arn
from latest
where kind = 'AWS::Lambda::Function' and configuration ->> '$.ReservedConcurrentExecutions' is null
    and account is not null and region is not null
