-- One resource of an account as its API described it at the hour of a pull: functions, queues, tables,
-- mappings, roles and so on. Values of environment variables and other secrets are keyed hashes
-- (`hashed:…`): equal values have equal hashes, and nobody can tell the value from them.
-- needs: evidence.resource
-- scope: record
-- account: AWS account id, null where an imported file names none
-- region: AWS region, null where an imported file names none
-- node: the node that telemetry knows it as: of a function's alias, version or mapping the function
-- kind: CloudFormation's type of it, such as AWS::Lambda::EventSourceMapping
-- arn: its ARN, put together where its API gives none; null where a file lacks what it takes
-- seen_at: hour in which it was so, UTC
-- configuration: JSON text with the members of the API's answer
-- configuration_key: signed 64-bit hash of the text, tells states apart
select account, region, node, kind, arn, seen_at, configuration, configuration_key
from evidence.resource
