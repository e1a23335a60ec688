-- One step of a message or event on its way, as its carrier logs it: SNS delivery status, EventBridge bus
-- logs, Pipes logs; and what says that a delivery was given up, where it was printed into a log: records of
-- Lambda's asynchronous destinations, dead letters of EventBridge and of Lambda.
-- needs: lake.service_line
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- ordinal: place within the event, where one event carries several dead letters
-- occurred_at: UTC
-- carrier: sns, event_bus, pipe, lambda_async or dead_letter
-- node: topic, bus, pipe or function that delivers; of a dead letter the rule, or null
-- resource_arn: its ARN
-- message_id: message or event id
-- delivery_id: SNS's delivery, EventBridge's invocation, the pipe's execution
-- request_id: request id of what was published or invoked
-- rule_arn: rule that matched
-- target: ARN or address that it goes to
-- target_node: last part of it
-- step: what the record is about, in the carrier's own word; of an event's dead letter what was exhausted
-- status: ok, failed (for good), retried, dead_lettered, unmatched, or null where it is only a step
-- attempts: attempts so far
-- error_code: error code
-- error_message: error message
-- http_status: status that the target answered
-- target_request_id: request id of the target's service, of Lambda the invocation's
-- target_message_id: message id that the target gave it, of a queue
-- dwell_ms: time from publishing to delivery, milliseconds
with sns as (
    select
        *, 'sns' as carrier, j[1] as resource_arn, j[2] as message_id, j[3] as delivery_id, j[4] as target,
        'delivery' as step, case j[5] when 'SUCCESS' then 'ok' when 'FAILURE' then 'failed' end as status, j[6] as attempts,
        j[7] as http_status, coalesce(r[1], r[2]) as target_request_id, r[3] as target_message_id, j[8] as dwell,
        case when j[5] = 'FAILURE' then r[4] end as error_code,
        case when j[5] = 'FAILURE' then case when r is not null then r[5] else j[9] end end as error_message,
        try_cast(j[10] as timestamp) as began_at
    from (
        select
            *, case when j[9][1] = '{' and json_valid(j[9]) then json_extract_string(j[9], [
                '$.lambdaRequestId', '$.sqsRequestId', '$.sqsMessageId', '$.ErrorCode', '$.ErrorMessage']) end as r
        from (
            select *, json_extract_string(text, [
                '$.notification.topicArn', '$.notification.messageId', '$.delivery.deliveryId', '$.delivery.destination',
                '$.status', '$.delivery.attempts', '$.delivery.statusCode', '$.delivery.dwellTimeMs',
                '$.delivery.providerResponse', '$.notification.timestamp'
            ]) as j
            from lake.service_line where format = 'sns'
        )
    )
),
bus as (
    select
        *, 'event_bus' as carrier, j[1] as resource_arn, j[2] as message_id, j[3] as delivery_id, j[4] as request_id,
        coalesce(j[5], j[6]) as rule_arn, coalesce(j[7], j[8]) as target, j[9] as step,
        case
            when j[9] in ('INVOCATION_SUCCESS', 'EVENT_INGEST_SUCCESS') then 'ok'
            when j[9] in ('INVOCATION_FAILURE', 'EVENT_INGEST_FAILURE', 'INVOCATION_ATTEMPT_PERMANENT_FAILURE') then 'failed'
            when j[9] in ('INVOCATION_ATTEMPT_RETRYABLE_FAILURE', 'INVOCATION_ATTEMPT_THROTTLE',
                'INVOCATION_THROTTLE_START') then 'retried'
            when j[9] = 'INVOCATION_DLQ' then 'dead_lettered'
            when j[9] = 'NO_STANDARD_RULES_MATCHED' then 'unmatched'
        end as status,
        coalesce(j[10], j[11], j[12]) as attempts, coalesce(j[13], j[23]) as error_code, j[14] as error_message,
        j[15] as http_status, coalesce(j[16], j[17]) as target_request_id,
        coalesce(j[18], j[19], j[20]) as dwell, try(make_timestamp(try_cast(j[21] as bigint) * 1000)) as began_at
    from (
        select *, json_extract_string(text, [
            '$.resource_arn', '$.event_id', '$.invocation_id', '$.request_id', '$.details.rule_arn', '$.rule_arn',
            '$.details.target_arn', '$.target_arn', '$.message_type', '$.details.attempt_count',
            '$.details.total_attempts', '$.details.attempt', '$.error.error_code', '$.error.error_message',
            '$.error.http_status_code', '$.error.request_id', '$.details.target_response.request_id',
            '$.details.invocation_latency_ms', '$.details.ingestion_to_complete_latency_ms',
            '$.details.ingestion_to_start_latency_ms', '$.message_timestamp_ms', '$.log_level', '$.error.aws_service'
        ]) as j
        from lake.service_line where format = 'event_bus'
    )
),
pipe as (
    select
        *, 'pipe' as carrier, j[1] as resource_arn, j[2] as delivery_id, j[3] as step,
        case
            when contains(j[3], 'PARTIALLY_FAILED') or j[3] in ('EXECUTION_FAILED', 'EXECUTION_TIMEOUT')
                or contains(j[3], 'STAGE_FAILED') or contains(j[3], 'INVOCATION_FAILED') or contains(j[3], 'TIMEOUT')
                or contains(j[3], 'TRANSFORMATION_FAILED') then 'failed'
            when contains(j[3], 'THROTTLED') then 'retried'
            when j[3] = 'EXECUTION_SUCCEEDED' then 'ok'
        end as status,
        j[4] as error_code, coalesce(j[5], j[6]) as error_message, j[7] as http_status, j[8] as target_request_id,
        try(make_timestamp(try_cast(j[9] as bigint) * 1000)) as began_at
    from (
        select *, json_extract_string(text, [
            '$.resourceArn', '$.executionId', '$.messageType', '$.error.awsService', '$.error.message',
            '$.error.details', '$.error.httpStatusCode', '$.error.requestId', '$.timestamp'
        ]) as j
        from lake.service_line where format = 'pipes'
    )
),
-- as the destination gets it, or as the detail of an event about it
async as (
    select
        *, 'lambda_async' as carrier, coalesce(j[1], k[1]) as resource_arn, coalesce(j[2], k[2]) as request_id,
        coalesce(j[3], k[3]) as step,
        case when coalesce(j[3], k[3]) = 'Success' then 'ok' else 'failed' end as status,
        coalesce(j[4], k[4]) as attempts, coalesce(j[5], k[5], j[8], k[8]) as error_code,
        coalesce(j[6], k[6]) as error_message, coalesce(j[7], k[7]) as http_status, coalesce(j[2], k[2]) as target_request_id,
        coalesce(j[1], k[1]) as target, try_cast(coalesce(j[9], k[9]) as timestamp) as began_at
    from (
        select
            *, json_extract_string(whole, [
                '$.requestContext.functionArn', '$.requestContext.requestId', '$.requestContext.condition',
                '$.requestContext.approximateInvokeCount', '$.responsePayload.errorType',
                '$.responsePayload.errorMessage', '$.responseContext.statusCode', '$.responseContext.functionError',
                '$.timestamp'
            ]) as j,
            json_extract_string(whole, [
                '$.detail.requestContext.functionArn', '$.detail.requestContext.requestId',
                '$.detail.requestContext.condition', '$.detail.requestContext.approximateInvokeCount',
                '$.detail.responsePayload.errorType', '$.detail.responsePayload.errorMessage',
                '$.detail.responseContext.statusCode', '$.detail.responseContext.functionError', '$.detail.timestamp'
            ]) as k
        from (
            -- handed over by a queue or a topic it is text within a record
            select *, coalesce(case when json_extract_string(text, '$.requestContext.condition') is null
                and json_extract_string(text, '$.detail.requestContext.condition') is null then coalesce(
                    json_extract_string(text, '$.Records[0].body'), json_extract_string(text, '$.Records[0].Sns.Message'),
                    json_extract_string(text, '$.body'), json_extract_string(text, '$.event.Records[0].body')) end, text)
                as inside,
                case when json_valid(inside) then inside else '{}' end as whole
            from lake.service_line where format = 'async'
        )
    )
    where coalesce(j[3], k[3]) is not null
),
letter as (
    select
        * exclude (letters), unnest(letters) as letter, generate_subscripts(letters, 1) as ordinal
    from (
        select *, case
            when json_type(text, '$.Records') = 'ARRAY' then json_extract(text, '$.Records[*]')
            when json_type(text, '$.event.Records') = 'ARRAY' then json_extract(text, '$.event.Records[*]')
            when json_type(text, '$.Messages') = 'ARRAY' then json_extract(text, '$.Messages[*]')
            else [text::json] end as letters
        from lake.service_line where format = 'dead_letter'
    )
),
dead as (
    select
        *, 'dead_letter' as carrier, coalesce(
            -- what a rule gave up is the event itself, in a message of the queue
            case when coalesce(j[3], j[4]) is not null and json_valid(coalesce(j[24], j[25]))
                then json_extract_string(coalesce(j[24], j[25]), '$.id') end, j[1], j[2]) as message_id,
        coalesce(j[3], j[4]) as rule_arn,
        coalesce(j[5], j[6], j[17]) as target, coalesce(j[22], j[23], 'dead_letter') as step, 'dead_lettered' as status,
        try(try_cast(coalesce(j[7], j[8]) as bigint) + 1)::varchar as attempts,
        coalesce(j[9], j[10], j[11], j[12]) as error_code, coalesce(j[13], j[14], j[15], j[16]) as error_message,
        coalesce(j[18], j[19]) as target_request_id, coalesce(j[18], j[19]) as request_id,
        try(make_timestamp(try_cast(coalesce(j[20], j[21]) as bigint) * 1000)) as began_at
    from (
        select *, json_extract_string(letter, [
            '$.messageId', '$.MessageId', '$.messageAttributes.RULE_ARN.stringValue',
            '$.MessageAttributes.RULE_ARN.StringValue', '$.messageAttributes.TARGET_ARN.stringValue',
            '$.MessageAttributes.TARGET_ARN.StringValue', '$.messageAttributes.RETRY_ATTEMPTS.stringValue',
            '$.MessageAttributes.RETRY_ATTEMPTS.StringValue', '$.messageAttributes.ERROR_CODE.stringValue',
            '$.MessageAttributes.ERROR_CODE.StringValue', '$.messageAttributes.ErrorCode.stringValue',
            '$.MessageAttributes.ErrorCode.StringValue', '$.messageAttributes.ERROR_MESSAGE.stringValue',
            '$.MessageAttributes.ERROR_MESSAGE.StringValue', '$.messageAttributes.ErrorMessage.stringValue',
            '$.MessageAttributes.ErrorMessage.StringValue', '$.attributes.DeadLetterQueueSourceArn',
            '$.messageAttributes.RequestID.stringValue', '$.MessageAttributes.RequestID.StringValue',
            '$.attributes.SentTimestamp', '$.Attributes.SentTimestamp',
            '$.messageAttributes.EXHAUSTED_RETRY_CONDITION.stringValue',
            '$.MessageAttributes.EXHAUSTED_RETRY_CONDITION.StringValue', '$.body', '$.Body'
        ]) as j
        from letter
    )
    -- other records of the same batch carry no such attributes
    where coalesce(j[5], j[6], j[9], j[10], j[18], j[19]) is not null
),
step as (
    from sns union all by name from bus union all by name from pipe union all by name from async
    union all by name from dead
)
select
    account, region, event_id, log_group, log_stream, coalesce(ordinal, 1) as ordinal,
    coalesce(began_at, timestamp) as occurred_at, carrier,
    case carrier
        when 'lambda_async' then split_part(split_part(resource_arn, ':function:', 2), ':', 1)
        when 'dead_letter' then regexp_extract(rule_arn, '([^/:]+)$', 1)
        else regexp_extract(resource_arn, '([^/:]+)$', 1)
    end as node,
    resource_arn, message_id, delivery_id, request_id, rule_arn, target,
    case when contains(target, ':function:') then split_part(split_part(target, ':function:', 2), ':', 1)
        when starts_with(target, 'arn:') then regexp_extract(target, '([^/:]+)$', 1)
        else target end as target_node,
    step, status, try_cast(attempts as bigint) as attempts, error_code, error_message,
    try_cast(http_status as integer) as http_status, target_request_id, target_message_id,
    try_cast(dwell as bigint) as dwell_ms
from step
