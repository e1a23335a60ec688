-- One log line that an AWS service, a proxy, a cluster or a database wrote about a request, an
-- execution, a delivery, a container, a packet or a statement: told apart by its content, whatever
-- the group is called, and taken out of the envelope of a collector. A step of lake.access_entry,
-- lake.execution_line, lake.workflow_event, lake.delivery_log, lake.container_event,
-- lake.network_event and lake.database_log, so that all of them read the messages once.
-- needs: evidence.log_event
-- scope: record
-- materialize
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: name of the log group
-- log_stream: name of the log stream
-- event_id: id of the event in lake.log_event
-- timestamp: the producer's time, UTC
-- format: which record it is: gateway_json, gateway_text, execution, alb, alb_json, envoy_text, envoy_json,
--   web_server, cloudfront, cloudfront_json, waf, appsync, states, sns, event_bus, pipes, async,
--   dead_letter, ecs, kernel, klog, k8s_event, audit, insights, vpc_flow, resolver, database, cloudtrail
-- pod: Kubernetes pod, of the envelope
-- container: container, of the envelope
-- host: machine, of the envelope
-- text: what the writer wrote
with read_ as (
    select
        account, region, log_group, log_stream, event_id, timestamp, message,
        coalesce(
            log_group >= '/aws/lambda/' and log_group < '/aws/lambda0'
            or log_stream[5] = '/' and log_stream[8] = '/' and log_stream[11] = '/' and contains(log_stream, '['),
            false
        ) as is_lambda,
        -- where the text begins in a collector's envelope, 0 where there is none
        case when not is_lambda and message[1] = '{' then coalesce(
            nullif(strpos(message, '"log":"'), 0) + 7, nullif(strpos(message, '"log": "'), 0) + 8, 0) end as text_at,
        -- what AWS writes has its keys in one order
        case
            when not is_lambda and message[1] = '{' then case
                when starts_with(message, '{"resource_arn":"') and contains(message, '"message_type"') then 'event_bus'
                when starts_with(message, '{"notification":{') and contains(message, '"delivery":') then 'sns'
                when starts_with(message, '{"id":"') and contains(message, '"execution_arn":') then 'states'
                when starts_with(message, '{"kind":"Event","apiVersion":"audit.k8s.io') then 'audit'
                when starts_with(message, '{"eventVersion":"1') and contains(message, '"eventSource":"')
                    and contains(message, '"userIdentity":') then 'cloudtrail'
            end
        end as known,
        -- one pass over other JSON that is in no envelope; a line with a level is a program's own
        case
            when text_at = 0 and known is null and not contains(message, '"kubernetes":{')
                and (not contains(message, '"level":') or contains(message, 'audit.k8s.io')) and json_valid(message)
                then json_extract_string(message, [
                    '$.execution_arn', '$.message_type', '$.event_id', '$.notification.messageId',
                    '$.delivery.destination', '$.requestContext.condition', '$.source', '$.apiVersion', '$.Type',
                    '$.response_flags', '$.upstream_service_time', '$."x-envoy-upstream-service-time"',
                    '$.webaclId', '$.query_name', '$.executionId', '$.messageType', '$.involvedObject.kind',
                    '$.regarding.kind', '$.graphQLAPIId', '$.elb_status_code', '$."x-edge-result-type"',
                    '$.requestId', '$.request_id', '$.extendedRequestId', '$.status', '$.statusCode', '$.status_code',
                    '$.httpMethod', '$.routeKey', '$.resourcePath', '$.responseLength', '$.integrationStatus',
                    '$.integrationLatency', '$.http_method', '$.route_key', '$.severity',
                    '$.message', '$.MESSAGE', '$.Records[0].messageAttributes.TARGET_ARN.stringValue',
                    '$.messageAttributes.TARGET_ARN.stringValue', '$.MessageAttributes.TARGET_ARN.StringValue',
                    '$.Messages[0].MessageAttributes.TARGET_ARN.StringValue',
                    '$.Records[0].messageAttributes.RequestID.stringValue',
                    '$.messageAttributes.RequestID.stringValue', '$.rcode', '$.event.involvedObject.kind',
                    '$.detail.requestContext.condition', '$.logType'
                ])
        end as j
    from evidence.log_event
),
-- UNNEST, since a filter on a computed column would compute it twice
marked as (
    select
        account, region, log_group, log_stream, event_id, timestamp, message,
        unnest(case
            -- what a function prints is its own, but for records that it was handed
            when is_lambda then case
                when contains(message, '{') and (
                    contains(message, 'nvokeCount') or contains(message, 'TARGET_ARN') or contains(message, 'aws.ecs')
                    or contains(message, 'RequestID') and contains(message, 'stringValue')
                ) then ['printed']
            end
            when known is not null then [known]
            when j is not null then case
                when j[1] is not null then ['states']
                when j[2] is not null and j[3] is not null then ['event_bus']
                when j[4] is not null and j[5] is not null then ['sns']
                when starts_with(j[8], 'audit.k8s.io') then ['audit']
                when j[15] is not null and j[16] is not null then ['pipes']
                when coalesce(j[6], j[47]) is not null then ['async']
                when j[7] = 'aws.ecs' then ['ecs']
                when coalesce(j[39], j[40], j[41], j[42], j[43], j[44]) is not null then ['dead_letter']
                when j[9] in ('Pod', 'Container') then ['insights']
                when coalesce(j[10], j[11], j[12]) is not null then ['envoy_json']
                when j[13] is not null then ['waf']
                when j[14] is not null and j[45] is not null then ['resolver']
                when coalesce(j[17], j[18], j[46]) is not null then ['k8s_event']
                when j[19] is not null and j[48] is not null then ['appsync']
                when j[20] is not null then ['alb_json']
                when j[21] is not null then ['cloudfront_json']
                when coalesce(j[22], j[23], j[24]) is not null and coalesce(j[25], j[26], j[27]) is not null
                    and coalesce(j[28], j[29], j[30], j[31], j[32], j[33], j[34], j[35]) is not null
                    and j[36] is null then ['gateway_json']
                when contains(coalesce(j[38], j[37]), '.go:') or contains(coalesce(j[38], j[37]), 'Killed process')
                    or contains(coalesce(j[38], j[37]), 'oom-kill:') then ['enclosed']
            end
            -- in an envelope: how the text begins
            when text_at > 0 then case
                when message[text_at] = '{' then case
                    when contains(message, 'response_flags') or contains(message, 'nvolvedObject') then ['enclosed']
                end
                when message[text_at] in ('[', 'I', 'W', 'E', 'F')
                    or contains(message[text_at:text_at + 53], ' [')
                    or contains(message[text_at + 18:text_at + 43], ' std') then ['enclosed']
                when contains(message, 'Killed process') or contains(message, 'oom-kill:') then ['enclosed']
            end
            when message[1] = '{' then case
                when contains(message, 'response_flags') or contains(message, 'nvolvedObject') then ['enclosed']
                when contains(message, '"Type":"Pod"') or contains(message, '"Type":"Container"') then ['insights']
            end
            when message[1] = '(' then case
                when strpos(message, ') ') between 10 and 66 and (
                    starts_with(log_group, 'API-Gateway-Execution-Logs') or message[38] = ')' and message[10] = '-'
                ) then ['execution']
            end
            when message[1] = '[' and contains(message[:40], '] "') then ['envoy_text']
            when message[1] in ('h', 'w', 'g') and starts_with(split_part(message[:200], ' ', 3), 'app/') then ['alb']
            when message[1] in ('I', 'W', 'E', 'F') and contains(message[:60], '.go:') then ['klog']
            when starts_with(log_group, '/aws/rds/') or starts_with(message, '# Time: ')
                or starts_with(message, '# User@Host: ') then ['database']
            when contains(message, 'Killed process') or contains(message, 'oom-kill:') then ['enclosed']
            when message[1] = '2' and message[5] = '-' then case
                when contains(message[20:45], ' std') then ['enclosed']
                when message[11] = chr(9) then ['cloudfront']
                when message[11] = ' ' and contains(message[:200], ']:') and contains(message[:240], ':  ')
                    or message[11] = 'T' and contains(message[:80], '] [MY-') then ['database']
            end
            when contains(message, 'HTTP/') then ['enclosed']
            when contains(message, 'eni-') and (contains(message, 'REJECT') or contains(message, 'SKIPDATA'))
                then ['vpc_flow']
            when starts_with(message, 'requestId: ') then ['enclosed']
        end) as mark
    from read_
),
opened as (
    select
        *,
        -- a function's own logger has the record as text or as an object in a field of its choice
        case when mark in ('printed', 'enclosed') and message[1] = '{' and json_valid(message)
            then json_extract_string(message, [
                '$.log', '$.MESSAGE', '$.message', '$.log_processed', '$.kubernetes.pod_name',
                '$.kubernetes.container_name', '$.container_name', '$.kubernetes.host', '$.host', '$.hostname',
                '$.event', '$.msg'
            ]) end as j
    from marked
),
taken as (
    select
        * exclude (message, j),
        j[5] as pod, coalesce(j[6], ltrim(j[7], '/')) as container, coalesce(j[8], j[9], j[10]) as host,
        case
            when mark = 'printed' then coalesce(
                case when starts_with(j[3], '{') then j[3] end, case when starts_with(j[12], '{') then j[12] end,
                case when starts_with(j[11], '{') then j[11] end, substr(message, strpos(message, '{')))
            when mark = 'enclosed' then regexp_replace(
                coalesce(j[1], j[2], j[3], j[4], message), '^[0-9][0-9T:.Z+-]+ (stdout|stderr) [FP] ', '')
            else message
        end as text
    from opened
),
told as (
    select
        * exclude (mark),
        case
            when mark = 'printed' then case
                when not json_valid(text) then null
                when contains(text, '"aws.ecs"') then 'ecs'
                when contains(text, 'nvokeCount') then 'async'
                else 'dead_letter'
            end
            when mark = 'enclosed' then case
                when contains(text, 'Killed process') or contains(text, 'oom-kill:') then 'kernel'
                when text[1] = '{' then case
                    when contains(text, 'response_flags') then 'envoy_json'
                    when contains(text, 'nvolvedObject') then 'k8s_event'
                end
                when text[1] in ('I', 'W', 'E', 'F') and contains(left(text, 60), '.go:') then 'klog'
                when text[1] = '[' and contains(left(text, 40), '] "') then 'envoy_text'
                when regexp_matches(text, '^\S+ \S+ \S+ \[\d\d/\w{3}/\d{4}:[^\]]+\] "') then case
                    when regexp_matches(text, '" (\d{3}|-) (\d+|-) [0-9a-f-]{36}( \S+)?\s*$') then 'gateway_text'
                    else 'web_server'
                end
                when regexp_matches(text, ',\d\d/\w{3}/\d{4}:[^,]+,[A-Z-]+,[^,]*,HTTP/')
                    or starts_with(text, '<request id=') or starts_with(text, 'requestId: ') then 'gateway_text'
            end
            else mark
        end as format
    from taken
)
select account, region, log_group, log_stream, event_id, timestamp, format, pod, container, host, text
from told
where format is not null and (text[1] <> '{' or json_valid(text))
