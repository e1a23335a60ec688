-- Which node answers to a host name: load balancers, APIs and their own domain names, function addresses, databases,
-- buckets, clusters, services in Cloud Map and Service Connect; and the names that Route 53 sends there, over aliases
-- and CNAMEs. Callers often know a service by its host alone. A name that leads to several nodes has several rows.
-- needs: lake.resource_latest lake.api_name
-- scope: case
-- host: host name, small letters, without the last dot
-- node: the node that telemetry knows it as
-- kind: X-Ray's type of the node where it has one, else CloudFormation's
-- arn: its ARN; of a name of Cloud Map or an API's own domain the resource's that says so
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- path: first part of the path that leads there, null where every path does
-- through: name that Route 53 sends the host to, null where the host is the node's own
with recursive latest as (select * from lake.resource_latest),
-- of an API with one stage that stage answers
stage as (
    select regexp_extract(arn, '/(?:rest)?apis/([^/]+)/stages/', 1) as api, min(node) as node
    from latest where kind in ('AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage')
    group by api having count(*) = 1
),
own as (
    select
        r.account, r.region, coalesce(s.node, r.node) as node, r.arn, null::varchar as path, case
            when s.node is not null then 'AWS::ApiGateway::Stage'
            when r.kind = 'AWS::Lambda::Url' then 'AWS::Lambda::Function' else r.kind end as kind,
        unnest(case r.kind
            when 'AWS::ElasticLoadBalancingV2::LoadBalancer' then [configuration ->> '$.DNSName']
            when 'AWS::RDS::DBInstance' then [configuration ->> '$.Endpoint.Address']
            when 'AWS::Lambda::Url' then [split_part(configuration ->> '$.FunctionUrl', '/', 3)]
            when 'AWS::ApiGatewayV2::Api' then [split_part(configuration ->> '$.ApiEndpoint', '/', 3)]
            when 'AWS::ApiGateway::RestApi' then
                [(configuration ->> '$.id') || '.execute-api.' || r.region || '.amazonaws.com']
            when 'AWS::S3::Bucket' then
                [r.node || '.s3.amazonaws.com', r.node || '.s3.' || r.region || '.amazonaws.com']
            when 'AWS::EKS::Cluster' then [split_part(configuration ->> '$.endpoint', '/', 3)]
        end) as host
    from latest as r
    left join stage as s on r.kind in ('AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api')
        and s.api = coalesce(configuration ->> '$.id', configuration ->> '$.ApiId')
    where r.kind in (
        'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::RDS::DBInstance', 'AWS::Lambda::Url', 'AWS::ApiGatewayV2::Api',
        'AWS::ApiGateway::RestApi', 'AWS::S3::Bucket', 'AWS::EKS::Cluster')
),
domain as (
    select
        d.account, d.region, a.node, d.arn, nullif(nullif(coalesce(one ->> '$.basePath', one ->> '$.ApiMappingKey'), '(none)'), '') as path,
        'AWS::ApiGateway::Stage' as kind, unnest(d.hosts) as host
    from (
        select account, region, arn, unnest(list_concat(json_extract(configuration, '$.BasePathMappings[*]'),
                json_extract(configuration, '$.ApiMappings[*]'))) as one,
            list_concat(json_extract_string(configuration, [
                '$.domainName', '$.regionalDomainName', '$.distributionDomainName', '$.DomainName']),
                json_extract_string(configuration, '$.DomainNameConfigurations[*].ApiGatewayDomainName'),
                json_extract_string(configuration, '$.DomainNameConfigurations[*].apiGatewayDomainName')) as hosts
        from latest where kind in ('AWS::ApiGateway::DomainName', 'AWS::ApiGatewayV2::DomainName')
    ) as d
    join lake.api_name as a
        on a.api = coalesce(one ->> '$.restApiId', one ->> '$.ApiId') || coalesce('/' || coalesce(one ->> '$.stage', one ->> '$.Stage'), '')
),
discovered as (
    select account, region, node, 'AWS::ECS::Container' as kind, unnest(list_concat(
        list_transform(json_extract_string(configuration, '$.serviceRegistries[*].registryArn'), lambda x: 'registry ' || x),
        json_extract_string(configuration, '$.deployments[*].serviceConnectConfiguration.services[*].clientAliases[*].dnsName')
    )) as name, arn
    from latest where kind = 'AWS::ECS::Service'
),
named as (
    select account, region, node, kind, arn, path, host from own
    union all
    select account, region, node, kind, arn, path, host from domain
    union all
    select d.account, d.region, d.node, d.kind, coalesce(m.arn, d.arn), null, case
        when m.arn is not null then m.node || '.' || (m.configuration ->> '$.NamespaceName')
        when not starts_with(d.name, 'registry ') then d.name end
    from discovered as d
    left join latest as m on m.kind = 'AWS::ServiceDiscovery::Service' and 'registry ' || m.arn = d.name
),
-- Route 53's records, and Cloud Map's instances that are names themselves
record as (
    select one ->> '$.Name' as host, coalesce([one ->> '$.AliasTarget.DNSName'], []) || case one ->> '$.Type'
        when 'CNAME' then json_extract_string(one, '$.ResourceRecords[*].Value') else [] end as targets
    from (
        select unnest(json_extract(configuration, '$.ResourceRecordSets[*]')) as one
        from latest where kind = 'AWS::Route53::HostedZone'
    )
    union all
    select node || '.' || (configuration ->> '$.NamespaceName'), list_concat(
        json_extract_string(configuration, '$.Instances[*].Attributes.AWS_ALIAS_DNS_NAME'),
        json_extract_string(configuration, '$.Instances[*].Attributes.AWS_INSTANCE_CNAME'))
    from latest where kind = 'AWS::ServiceDiscovery::Service'
),
-- names of Route 53 end in a dot, and may say the same in front of a load balancer's
sent as (
    select distinct
        rtrim(lower(host), '.') as host,
        regexp_replace(rtrim(lower(unnest(targets)), '.'), '^dualstack\.', '') as target
    from record
),
led as (
    select host, target, 1 as depth from sent
    union
    select l.host, s.target, l.depth + 1
    from led as l
    join sent as s on s.host = l.target
    where l.depth < 5 and s.target <> l.host
)
select distinct lower(host) as host, node, kind, arn, account, region, path, null::varchar as through
from named
where host <> ''
union
select l.host, n.node, n.kind, n.arn, n.account, n.region, n.path, l.target
from led as l
join named as n on lower(n.host) = l.target
