-- Which node answers to a host name: load balancers, APIs, function addresses, databases, buckets and clusters.
-- Callers often know a service by its host alone.
-- needs: lake.resource
-- scope: case
-- host: host name, small letters
-- node: the node that telemetry knows it as
-- kind: CloudFormation's type of the node
-- arn: its ARN
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
with named as (
    select
        account, region, node, kind, arn,
        case kind
            when 'AWS::ElasticLoadBalancingV2::LoadBalancer' then [json_extract_string(configuration, '$.DNSName')]
            when 'AWS::RDS::DBInstance' then [json_extract_string(configuration, '$.Endpoint.Address')]
            when 'AWS::Lambda::Url' then [split_part(json_extract_string(configuration, '$.FunctionUrl'), '/', 3)]
            when 'AWS::ApiGatewayV2::Api' then [split_part(json_extract_string(configuration, '$.ApiEndpoint'), '/', 3)]
            when 'AWS::ApiGateway::RestApi' then
                [json_extract_string(configuration, '$.id') || '.execute-api.' || region || '.amazonaws.com']
            when 'AWS::S3::Bucket' then
                [node || '.s3.amazonaws.com', node || '.s3.' || region || '.amazonaws.com']
            when 'AWS::EKS::Cluster' then [split_part(json_extract_string(configuration, '$.endpoint'), '/', 3)]
        end as hosts
    from lake.resource
    where kind in (
        'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::RDS::DBInstance', 'AWS::Lambda::Url', 'AWS::ApiGatewayV2::Api',
        'AWS::ApiGateway::RestApi', 'AWS::S3::Bucket', 'AWS::EKS::Cluster'
    ) and json_valid(configuration)
)
select distinct lower(host) as host, node, kind, arn, account, region
from named, unnest(hosts) as h(host)
where host <> ''
