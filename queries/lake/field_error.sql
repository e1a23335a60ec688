-- A field of a GraphQL request that AppSync could not resolve (lines RequestMapping and ResponseMapping with
-- `fieldInError`; AppSync guide, "Monitoring and logging"). The request is answered with status 200 all the same.
-- needs: lake.service_line
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- timestamp: time of the log event, UTC
-- api: id of the GraphQL API
-- request_id: id that AppSync gave the request
-- field: its type and name, such as Query.listOrders
-- resolver_arn: ARN of the resolver
-- error_type: type of the error, of a data source with its service before a colon (DynamoDB:…, Lambda:Unhandled);
--   null where the API leaves out verbose contents
-- error_message: what the answer says
-- is_fault: whether the data source or the resolver failed: not where code of the account answered with an error of
--   its own (util.error), the caller may not, or a condition on an item did not hold
with read_ as (
    select
        account, region, event_id, log_group, log_stream, timestamp, json_extract_string(text, [
            '$.graphQLAPIId', '$.requestId', '$.parentType', '$.fieldName', '$.resolverArn', '$.fieldInError', '$.errors[0]',
            '$.context.outErrors[0].errorType', '$.context.outErrors[0].type', '$.context.outErrors[0].message'
        ]) as j
    from lake.service_line where format = 'appsync' and contains(text, '"fieldInError":')
),
error as (
    select
        * exclude (j), j[1] as api, j[2] as request_id, concat_ws('.', j[3], j[4]) as field, j[5] as resolver_arn,
        coalesce(j[8], j[9]) as error_type, coalesce(j[7], j[10]) as error_message
    from read_
    where j[6] = 'true'
)
select
    account, region, event_id, log_group, log_stream, timestamp, api, request_id, field, resolver_arn, error_type,
    error_message,
    not regexp_matches(coalesce(error_type, error_message, ''), 'ConditionalCheckFailed|Unauthorized')
        and (
            regexp_matches(coalesce(error_type, ''), '^[A-Z][A-Za-z]+:|^(?:MappingTemplate|Code|ExecutionTimeout|InternalFailure)$')
            or regexp_matches(coalesce(error_message, ''), '\((?:Service|Client): |^Unable to transform the template')
        ) as is_fault
from error
