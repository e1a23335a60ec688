-- Each resource as it was looked at last: lake.resource without the earlier looks.
-- needs: lake.resource
-- scope: case
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- node: the node that telemetry knows it as
-- kind: CloudFormation's type of it
-- arn: its ARN, null where nothing tells it
-- configuration: JSON text with the members of the API's answer
select distinct on (kind, arn, node) account, region, node, kind, arn, configuration
from lake.resource
where json_valid(configuration)
order by kind, arn, node, seen_at desc nulls last, configuration_key, configuration
