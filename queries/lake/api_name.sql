-- By which name a node of API Gateway is known where a record tells only its id, or only the log group that it
-- lies in: CloudTrail, execution logs and the metrics of HTTP APIs know ids, segments and the metrics of REST APIs
-- names, and an access log prints what the account's own format has, often neither.
-- needs: evidence.resource
-- scope: case
-- api: id of the API, id/stage, or the log group that a stage is configured to write its access log to
-- node: name of the API, or name/stage, as lake.span and lake.invocation have it
with told as (
    select regexp_replace(arn, '^.*/(?:rest)?apis/([^/]+)(?:/stages)?', '\1') as api, node
    from evidence.resource
    where kind in ('AWS::ApiGateway::RestApi', 'AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage')
        and arn is not null and node is not null
),
written as (
    -- arn:aws:logs:REGION:ACCOUNT:log-group:NAME; of a delivery stream no log group is known
    select split_part(split_part(coalesce(j[1], j[2]), ':log-group:', 2), ':', 1) as api, node
    from (
        select node, json_extract_string(configuration, [
            '$.accessLogSettings.destinationArn', '$.AccessLogSettings.DestinationArn']) as j
        from evidence.resource
        where kind in ('AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage') and node is not null
    )
)
select api, min(node) as node from told group by api
union all
-- stages that share a log group are not told apart by it
select api, min(node) from written anti join told using (api)
where api <> ''
group by api having count(distinct node) = 1
