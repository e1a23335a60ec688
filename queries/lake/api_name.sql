-- By which name a node of API Gateway is known where only its id is told: CloudTrail, access logs and the
-- metrics of HTTP APIs know ids, segments and the metrics of REST APIs know names.
-- needs: evidence.resource
-- scope: case
-- api: id of the API, or id/stage
-- node: name of the API, or name/stage, as lake.span and lake.invocation have it
select regexp_replace(arn, '^.*/(?:rest)?apis/([^/]+)(?:/stages)?', '\1') as api, min(node) as node
from evidence.resource
where kind in ('AWS::ApiGateway::RestApi', 'AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage')
    and arn is not null and node is not null
group by api
