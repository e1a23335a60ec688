-- One request at a front door, as the door itself logged it: API Gateway's access logs (JSON, CLF, CSV,
-- XML), load balancers, Envoy proxies, web servers in containers, CloudFront, WAF, AppSync. API Gateway's
-- execution logs are in lake.execution_log_entry. Access formats are the account's own: what a line does not
-- tell is null, as is what it prints as `-`.
-- needs: lake.service_line
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- occurred_at: when the request began, or was answered where only that is told (ALB), UTC; of API Gateway's
--   `$context.requestTime` (CLF, cut to whole seconds) the moment in that second by which latency and log event agree
-- logged_at: time of the log event, UTC
-- source: apigateway, alb, envoy, web_server, cloudfront, waf or appsync
-- node: API id / stage, load balancer, pod or container of the proxy, web ACL; else the log group
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- request_id: id that the door gave the request
-- extended_request_id: API Gateway's second id (x-amz-apigw-id)
-- integration_request_id: request id of what was called, of Lambda the invocation's
-- trace_id: 32 lower-case hex digits
-- trace_key: signed 64-bit key of trace_id
-- method: HTTP method
-- path: path as it was asked for, or the route where only that is told
-- route: resource or route of the API
-- status: HTTP status that the client got; 0 where it had left
-- integration_status: status that the code behind answered
-- service_status: status that the service in front of that code answered (Lambda's own, in a proxy integration)
-- latency_ms: whole time, milliseconds
-- integration_latency_ms: time of what is behind, milliseconds
-- error_message: what the door says went wrong
-- response_type: kind of gateway response, WAF's rule, CloudFront's result or Envoy's response code details
-- response_flags: Envoy's flags (UF, UH, UT, URX, DC, …), null where none is set
-- target: host, function, target group or cluster that was asked
-- client: address of the client
-- user_agent: the client's own name
with gateway as (
    select
        *,
        -- absent values print `-`
        json_extract_string(replace(text, '"-"', 'null'), [
            '$.requestId', '$.request_id', '$.extendedRequestId', '$.extended_request_id',
            '$."integration.requestId"', '$.integrationRequestId', '$.integration_request_id', '$.integration.requestId',
            '$.xrayTraceId', '$.xray_trace_id', '$.traceId', '$.trace_id',
            '$.httpMethod', '$.http_method', '$.method', '$.path', '$.resourcePath', '$.resource_path', '$.routeKey',
            '$.route_key', '$.status', '$.statusCode', '$.status_code', '$."integration.status"',
            '$.integration.status', '$.integrationStatus', '$.integration_status', '$.responseLatency',
            '$.response_latency', '$.latency', '$.integrationLatency', '$.integration_latency',
            '$.integration.latency', '$.integrationErrorMessage', '$.integrationError', '$.integration_error',
            '$."integration.error"', '$.integration.error', '$."error.message"', '$.error.message', '$.errorMessage',
            '$.error_message', '$."error.responseType"', '$.error.responseType', '$.errorResponseType', '$.responseType',
            '$.ip', '$.sourceIp', '$.source_ip', '$."identity.sourceIp"', '$.identity.sourceIp', '$.clientIp',
            '$.userAgent', '$.user_agent', '$."identity.userAgent"', '$.identity.userAgent', '$.requestTimeEpoch',
            '$.request_time_epoch', '$.requestTime', '$.request_time', '$.apiId', '$.api_id', '$.stage',
            '$.resource', '$.integration.integrationStatus', '$."integration.integrationStatus"', '$.error'
        ]) as j
    from lake.service_line where format = 'gateway_json'
),
gateway_json as (
    select
        *, 'apigateway' as source, 'AWS::ApiGateway::Stage' as kind,
        coalesce(j[61], j[62]) || coalesce('/' || j[63], '') as node,
        coalesce(j[1], j[2]) as request_id, coalesce(j[3], j[4]) as extended_request_id,
        coalesce(j[5], j[6], j[7], j[8]) as integration_request_id, coalesce(j[9], j[10], j[11], j[12]) as trace,
        coalesce(j[13], j[14], j[15], case when contains(coalesce(j[19], j[20]), ' /')
            then split_part(coalesce(j[19], j[20]), ' ', 1) end) as method,
        coalesce(j[16], j[17], j[18], j[64], j[19], j[20]) as path,
        coalesce(j[17], j[18], j[64], j[19], j[20]) as route, coalesce(j[21], j[22], j[23]) as status,
        coalesce(j[24], j[25], j[26], j[27]) as integration_status,
        coalesce(j[26], j[27], j[65], j[66]) as service_status,
        coalesce(j[28], j[29], j[30]) as latency, coalesce(j[31], j[32], j[33]) as integration_latency,
        -- 'error' may be an object, of which the message is taken
        coalesce(j[34], j[35], j[36], j[37], j[38], j[39], j[40], j[41], j[42],
            case when not starts_with(j[67], '{') then j[67] end) as error_message,
        coalesce(j[43], j[44], j[45], j[46]) as response_type,
        coalesce(j[47], j[48], j[49], j[50], j[51], j[52]) as client,
        coalesce(j[53], j[54], j[55], j[56]) as user_agent,
        coalesce(
            -- an HTTP API gives seconds or milliseconds
            case when length(coalesce(j[57], j[58])) >= 12
                then try(make_timestamp(try_cast(coalesce(j[57], j[58]) as bigint) * 1000))
                else try(make_timestamp(try_cast(coalesce(j[57], j[58]) as bigint) * 1000000)) end,
            timezone('UTC', try_strptime(coalesce(j[59], j[60]), '%d/%b/%Y:%H:%M:%S %z'))
        ) as began_at
    from gateway
),
-- the formats that the API Gateway guide and the Serverless Framework propose
gateway_text as (
    select
        *, 'apigateway' as source, 'AWS::ApiGateway::Stage' as kind, t.method as method, t.path as path,
        t.path as route, t.status as status, t.request_id as request_id, t.extended as extended_request_id,
        t.client as client, timezone('UTC', try_strptime(t.began, '%d/%b/%Y:%H:%M:%S %z')) as began_at
    from (
        select *, case
            when text[1] = '<' then regexp_extract(text,
                '(?s)id="([^"]+)".*<ip>([^<]*).*<requestTime>([^<]*).*<httpMethod>([^<]*).*<resourcePath>([^<]*).*'
                || '<status>([^<]*)(?:.*<extendedRequestId>([^<]*))?',
                ['request_id', 'client', 'began', 'method', 'path', 'status', 'extended'])
            when starts_with(text, 'requestId: ') then regexp_extract(text,
                'requestId: ([^,]+), ip: ([^,]+).*requestTime: ([^,]+), httpMethod: ([^,]+), resourcePath: ([^,]+), '
                || 'status: ([^,]+)(?:.*extendedRequestId: ([^,]+))?',
                ['request_id', 'client', 'began', 'method', 'path', 'status', 'extended'])
            when contains(text, '] "') then regexp_extract(text,
                '^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S*)[^"]*" (\d+|-) \S+ (\S+)(?: (\S+))?',
                ['client', 'began', 'method', 'path', 'status', 'request_id', 'extended'])
            else regexp_extract(text,
                '^([^,]+),[^,]*,[^,]*,([^,]+),([A-Z-]+),([^,]*),HTTP/[^,]*,(\d+|-),[^,]*,([^,\s]+)(?:,([^,\s]+))?',
                ['client', 'began', 'method', 'path', 'status', 'request_id', 'extended'])
        end as t
        from lake.service_line where format = 'gateway_text'
    )
),
-- 33 fields, of which older load balancers write the first 23 to 30; quotes inside quotes are escaped
alb as (
    select
        *, 'alb' as source, 'AWS::ElasticLoadBalancingV2::LoadBalancer' as kind, split_part(a[3], '/', 2) as node,
        regexp_extract(q[6], 'Root=([^;]+)', 1) as trace, split_part(q[2], ' ', 1) as method,
        regexp_replace(split_part(q[2], ' ', 2), '^\w+://[^/?]*', '') as path, a[9] as status,
        a[10] as integration_status, regexp_replace(a[4], ':\d+$', '') as client, q[4] as user_agent,
        try_cast(split_part(split_part(q[11], ' ', 3), '"', 1) as timestamp) as created_at,
        coalesce(created_at, try_cast(a[2] as timestamp)) as began_at,
        case when least(s1, s2, s3) >= 0 then s1 + s2 + s3 end * 1000 as latency,
        case when s2 >= 0 then s2 end * 1000 as integration_latency,
        q[16] as response_type,
        case when q[16] <> '-' then q[16]
            when a[10] = '-' and a[9] >= '500' then 'no answer from a target' end as error_message,
        nullif(split_part(split_part(q[5], ' ', 4), '/', 2), '') as target
    from (
        select
            *, string_split(quoted[1], ' ') as a, quoted as q,
            try_cast(a[6] as decimal(18, 6)) as s1, try_cast(a[7] as decimal(18, 6)) as s2,
            try_cast(a[8] as decimal(18, 6)) as s3
        from (
            select *, string_split(replace(text, '\"', ''), '"') as quoted
            from lake.service_line where format = 'alb'
        )
    )
),
alb_json as (
    select
        *, 'alb' as source, 'AWS::ElasticLoadBalancingV2::LoadBalancer' as kind,
        coalesce(nullif(split_part(j[1], '/', 2), ''), j[1]) as node, regexp_extract(j[2], 'Root=([^;]+)', 1) as trace,
        split_part(j[3], ' ', 1) as method, regexp_replace(split_part(j[3], ' ', 2), '^\w+://[^/?]*', '') as path,
        j[4] as status, j[5] as integration_status, j[6] as client, j[7] as user_agent,
        coalesce(try_cast(j[8] as timestamp), try_cast(j[9] as timestamp)) as began_at,
        case when try_cast(j[10] as decimal(18, 6)) >= 0 then try_cast(j[10] as decimal(18, 6)) end * 1000
            as integration_latency,
        j[11] as error_message, j[11] as response_type, split_part(j[12], '/', 2) as target
    from (
        select *, json_extract_string(text, [
            '$.elb', '$.trace_id', '$.request', '$.elb_status_code', '$.target_status_code', '$.client',
            '$.user_agent', '$.request_creation_time', '$.time', '$.target_processing_time', '$.error_reason',
            '$.target_group_arn'
        ]) as j
        from lake.service_line where format = 'alb_json'
    )
),
-- flags stand after the code or not at all; then details and a failure's reason, where a mesh adds them
envoy_text as (
    select
        *, 'envoy' as source, e.method as method, e.path as path, e.status as status, e.request_id as request_id,
        nullif(trim(split_part(trim(e.flags), ' ', 1)), '') as response_flags,
        nullif(split_part(trim(e.flags), ' ', 2), '') as response_type,
        e.duration as latency, e.upstream as integration_latency,
        case when length(e.flags) > 0 then regexp_extract(e.flags, '"([^"]+)"', 1) end as error_message,
        coalesce(nullif(e.host, '-'), e.authority) as target, e.client as client, e.user_agent as user_agent,
        regexp_extract(text, '\b1-[0-9a-f]{8}-[0-9a-f]{24}\b') as trace,
        try_cast(e.began as timestamp) as began_at
    from (
        select *, regexp_extract(
            text, '^\[([^\]]+)\] "(\S+) (\S+)[^"]*" (\d+|-) ((?:[A-Z-][^"]*?(?:"[^"]*" ?)*)?)(?:\d+|-) (?:\d+|-) (\d+|-) '
            || '(\d+|-)(?: "([^"]*)" "([^"]*)"(?: "([^"]*)" "([^"]*)" "([^"]*)")?)?',
            ['began', 'method', 'path', 'status', 'flags', 'duration', 'upstream', 'client', 'user_agent',
                'request_id', 'authority', 'host']
        ) as e
        from lake.service_line where format = 'envoy_text'
    )
    where e.status <> ''
),
envoy_json as (
    select
        *, 'envoy' as source, coalesce(j[1], j[2]) as method, coalesce(j[3], j[4], j[5]) as path,
        coalesce(j[6], j[7], j[8]) as status, j[9] as response_flags, j[10] as response_type, j[11] as latency,
        coalesce(j[12], j[13]) as integration_latency, coalesce(j[14], j[15]) as request_id,
        coalesce(j[16], j[17], j[18], j[19]) as target, j[20] as error_message,
        coalesce(j[21], j[22], j[23]) as client, coalesce(j[24], j[25]) as user_agent,
        coalesce(j[26], j[27]) as trace, coalesce(try_cast(j[28] as timestamp), try_cast(j[29] as timestamp)) as began_at
    from (
        select *, json_extract_string(replace(text, '"-"', 'null'), [
            '$.method', '$.":method"', '$.path', '$."x-envoy-origin-path"', '$.":path"', '$.response_code', '$.status',
            '$.code', '$.response_flags', '$.response_code_details', '$.duration', '$.upstream_service_time',
            '$."x-envoy-upstream-service-time"', '$.request_id', '$."x-request-id"', '$.upstream_host', '$.authority',
            '$.":authority"', '$.upstream_cluster', '$.upstream_transport_failure_reason', '$.x_forwarded_for',
            '$."x-forwarded-for"', '$.downstream_remote_address', '$.user_agent', '$."user-agent"', '$.trace_id',
            '$.traceid', '$.start_time', '$.timestamp'
        ]) as j
        from lake.service_line where format = 'envoy_json' and json_valid(text)
    )
),
web_server as (
    select
        *, 'web_server' as source, w.client as client, w.method as method, w.path as path, w.status as status,
        w.user_agent as user_agent, timezone('UTC', try_strptime(w.began, '%d/%b/%Y:%H:%M:%S %z')) as began_at,
        try_cast(w.seconds as decimal(12, 3)) * 1000 as latency, w.upstream as target, w.request_id as request_id
    from (
        select *, regexp_extract(
            text, '^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) ?(\S*)[^"]*" (\d+|-) (?:\d+|-)(?: "[^"]*" "([^"]*)"'
            -- ingress-nginx ("Log format"): length and time of the request, [upstream], [its alternative], what was
            -- tried, and the id that it gave
            || '(?: \d+ ([\d.]+) \[([^\]]*)\] \[[^\]]*\] .* ([0-9a-f]{32})\s*$)?)?',
            ['client', 'began', 'method', 'path', 'status', 'user_agent', 'seconds', 'upstream', 'request_id']
        ) as w
        from lake.service_line where format = 'web_server'
    )
),
-- standard logs in their own order, and as delivered in JSON
cloudfront as (
    select
        *, 'cloudfront' as source, 'AWS::CloudFront::Distribution' as kind, c[1] as node, c[2] as request_id,
        c[3] as method, c[4] as path, c[5] as status, c[6] as response_type,
        case when c[6] in ('Error', 'LimitExceeded', 'CapacityExceeded') then coalesce(c[10], c[6]) end as error_message,
        try_cast(c[7] as decimal(18, 6)) * 1000 as latency, c[8] as client, c[9] as user_agent,
        try_cast(c[11] || ' ' || c[12] as timestamp) as began_at
    from (
        select *, case
            when format = 'cloudfront_json' then json_extract_string(text, [
                '$."x-host-header"', '$."x-edge-request-id"', '$."cs-method"', '$."cs-uri-stem"', '$."sc-status"',
                '$."x-edge-result-type"', '$."time-taken"', '$."c-ip"', '$."cs(User-Agent)"',
                '$."x-edge-detailed-result-type"', '$.date', '$.time'])
            when len(f) >= 24 then [
                f[16], f[15], f[6], f[8], f[9], f[14], f[19], f[5], f[11], f[29], f[1], f[2]]
        end as c
        from (
            select *, case when format = 'cloudfront' then string_split(text, chr(9)) end as f
            from lake.service_line where format in ('cloudfront', 'cloudfront_json')
        )
    )
    where c is not null
),
waf as (
    select
        *, 'waf' as source, 'AWS::WAFv2::WebACL' as kind, string_split(j[1], '/')[-2] as node, j[2] as request_id,
        j[3] as method, j[4] as path, j[5] as client,
        coalesce(j[6], case when j[7] = 'BLOCK' then '403' when j[7] in ('CAPTCHA', 'CHALLENGE') then '405' end) as status,
        j[8] as response_type, case when j[7] = 'BLOCK' then 'blocked by rule ' || j[8] end as error_message,
        j[9] as target, try(make_timestamp(try_cast(j[10] as bigint) * 1000)) as began_at
    from (
        select *, json_extract_string(text, [
            '$.webaclId', '$.httpRequest.requestId', '$.httpRequest.httpMethod', '$.httpRequest.uri',
            '$.httpRequest.clientIp', '$.responseCodeSent', '$.action', '$.terminatingRuleId', '$.httpSourceId',
            '$.timestamp'
        ]) as j
        from lake.service_line where format = 'waf'
    )
),
appsync as (
    select
        *, 'appsync' as source, 'AWS::AppSync::GraphQLApi' as kind, j[1] as node, j[2] as request_id, j[3] as status,
        try_cast(j[4] as decimal(18, 3)) / 1000000 as latency
    from (
        select *, json_extract_string(text, ['$.graphQLAPIId', '$.requestId', '$.statusCode', '$.latency', '$.logType'])
            as j
        from lake.service_line where format = 'appsync'
    )
    where j[5] = 'RequestSummary'
),
entry as (
    from gateway_json union all by name from gateway_text union all by name from alb union all by name from alb_json
    union all by name from envoy_text union all by name from envoy_json union all by name from web_server
    union all by name from cloudfront union all by name from waf union all by name from appsync
),
traced as (
    select *, lower(replace(ltrim(regexp_extract(trace, '(?:^|1-|=)([0-9a-fA-F]{8}-?[0-9a-fA-F]{24})$', 1)), '-', ''))
        as trace_hex,
        to_microseconds((try_cast(latency as decimal(18, 3)) * 1000)::bigint) as took
    from entry
)
select
    account, region, event_id, log_group, log_stream,
    case
        when source = 'apigateway' and began_at = date_trunc('second', began_at)
            and timestamp - took between began_at and began_at + interval 999 millisecond then timestamp - took
        else coalesce(began_at, timestamp)
    end as occurred_at,
    timestamp as logged_at, source,
    coalesce(nullif(node, ''), case when source = 'apigateway' then log_group end, container, pod, log_group) as node,
    coalesce(kind, case when pod is not null then 'AWS::EKS::Container'
        when container is not null then 'AWS::ECS::Container' end) as kind,
    nullif(nullif(request_id, ''), '-') as request_id, extended_request_id, integration_request_id,
    nullif(trace_hex, '') as trace_id,
    (try_cast('0x' || substr(trace_hex, 17, 8) as bigint)
        - (try_cast('0x' || substr(trace_hex, 17, 8) as bigint) >> 31) * 4294967296) * 4294967296
        + try_cast('0x' || substr(trace_hex, 25, 8) as bigint) as trace_key,
    nullif(nullif(method, ''), '-') as method, nullif(nullif(path, ''), '-') as path, route,
    try_cast(status as integer) as status, try_cast(integration_status as integer) as integration_status,
    try_cast(service_status as integer) as service_status, try_cast(latency as decimal(18, 3)) as latency_ms,
    try_cast(integration_latency as decimal(18, 3)) as integration_latency_ms,
    nullif(nullif(error_message, ''), '-') as error_message, nullif(nullif(response_type, ''), '-') as response_type,
    nullif(nullif(response_flags, ''), '-') as response_flags, nullif(nullif(target, ''), '-') as target,
    nullif(nullif(client, ''), '-') as client, nullif(nullif(user_agent, ''), '-') as user_agent
from traced
