-- Whom an entry or a workflow calls, as the account is configured: what an API integrates, what stands behind a load
-- balancer, what a state machine's definition names. Who hands messages to whom is in links.wiring.
-- needs: lake.resource_latest
-- scope: case
-- caller: node that calls: API/stage, load balancer, state machine
-- caller_kind: X-Ray's type of it
-- callee: node that is called
-- callee_kind: X-Ray's type of it
-- how: integration, target or task
-- configured_by: ARN of the resource that says so
with latest as (select * from lake.resource_latest),
stage as (
    select node, regexp_extract(arn, '/((?:rest)?apis/[^/]+)/stages/', 1) as api
    from latest where kind in ('AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage')
),
told as (
    select s.node as caller, 'AWS::ApiGateway::Stage' as caller_kind, 'integration' as how, r.said, r.arn as configured_by
    from (
        select arn, regexp_extract(arn, '/((?:rest)?apis/[^/]+)/', 1) as api, unnest(list_concat(
            json_extract_string(configuration, '$.resourceMethods.*.methodIntegration.uri'),
            [configuration ->> '$.IntegrationUri'],
            -- which state machine is started stands in the body that is sent, or in a parameter
            list_distinct(regexp_extract_all(configuration, 'arn:[a-z-]+:states:[a-z0-9-]+:\d*:stateMachine:[\w-]+')))) as said
        from latest where kind in ('AWS::ApiGateway::Resource', 'AWS::ApiGatewayV2::Integration')
    ) as r
    join stage as s on s.api = r.api
    union all
    -- of a target group of functions only who may invoke them tells which
    select split_part(b.balancer, '/', 3), 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'target', t.said, b.arn
    from (
        select arn, unnest(json_extract_string(configuration, '$.LoadBalancerArns[*]')) as balancer
        from latest where kind = 'AWS::ElasticLoadBalancingV2::TargetGroup'
    ) as b
    join (
        select 'service ' || node as said, unnest(json_extract_string(configuration, '$.loadBalancers[*].targetGroupArn')) as target_group
        from latest where kind = 'AWS::ECS::Service'
        union all
        select arn, unnest(regexp_extract_all(
            configuration ->> '$.ResourcePolicy.Policy', 'arn:[a-z-]+:elasticloadbalancing:[^"]+:targetgroup/[^"]+'))
        from latest where kind = 'AWS::Lambda::Function'
    ) as t on t.target_group = b.arn
    union all
    -- a task may stand anywhere in a definition: within a map, a branch, an argument
    select node, 'AWS::StepFunctions::StateMachine', 'task', unnest(flatten([
            regexp_extract_all(configuration ->> '$.definition', '"(arn:[a-z-]+:(?:lambda|sqs|sns|states):[a-z0-9-]+:\d*:[^"]+)"', 1),
            list_transform(regexp_extract_all(configuration ->> '$.definition', '"FunctionName(?:\.\$)?"\s*:\s*"([\w-]+)(?::[\w$-]+)?"', 1),
                lambda x: ':function:' || x),
            list_transform(regexp_extract_all(configuration ->> '$.definition', '"QueueUrl"\s*:\s*"[^"]*/([\w.-]+)"', 1),
                lambda x: 'arn:aws:sqs:' || x)])), arn
    from latest where kind = 'AWS::StepFunctions::StateMachine'
),
named as (
    select caller, caller_kind, how, configured_by, case
        when contains(said, ':function:') then {'node': regexp_extract(said, ':function:([\w-]+)', 1), 'kind': 'AWS::Lambda::Function'}
        when starts_with(said, 'service ') then {'node': said[9:], 'kind': 'AWS::ECS::Container'}
        when contains(said, ':stateMachine:') then
            {'node': regexp_extract(said, ':stateMachine:([^:/"]+)', 1), 'kind': 'AWS::StepFunctions::StateMachine'}
        when regexp_matches(said, '^arn:[a-z-]+:sqs:') then {'node': string_split(said, ':')[-1], 'kind': 'AWS::SQS::Queue'}
        when regexp_matches(said, '^arn:[a-z-]+:sns:') then {'node': string_split(said, ':')[-1], 'kind': 'AWS::SNS'}
        end as callee
    from told
)
select caller, caller_kind, callee.node as callee, callee.kind as callee_kind, how, min(configured_by) as configured_by
from named
where callee.node <> '' and callee.node <> caller
group by all
