-- A resource that works, carries or keeps something, as the account is configured, under the name and kind that
-- telemetry gives it. Whether it did anything is not said here: report.visit and lake.metric tell.
-- needs: lake.resource links.wiring
-- scope: case
-- node: name of the node
-- kind: X-Ray's type of it
-- service: part of the kind that names its service; telemetry and configuration agree on that much
-- arn: ARN of the resource, the first where there are several of the name
select node, min(kind) as kind, service, min(arn) as arn
from (
    select
        node, arn, split_part(kind, '::', 2) as service,
        case kind
            when 'AWS::ECS::Service' then 'AWS::ECS::Container' when 'AWS::SNS::Topic' then 'AWS::SNS'
            when 'AWS::ApiGatewayV2::Stage' then 'AWS::ApiGateway::Stage' else kind
        end as kind
    from lake.resource
    where kind in (
        'AWS::Lambda::Function', 'AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage',
        'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ECS::Service', 'AWS::StepFunctions::StateMachine',
        'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::Events::EventBus', 'AWS::Pipes::Pipe', 'AWS::Kinesis::Stream',
        'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::RDS::DBInstance'
    )
        and node is not null
        -- every account has a default bus, whether it is used or not
        and (kind <> 'AWS::Events::EventBus' or node <> 'default'
            or node in (select source from links.wiring where how = 'rule'))
)
group by node, service
