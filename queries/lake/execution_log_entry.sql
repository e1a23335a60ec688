-- One request as the execution log of its API Gateway stage tells it, put together from the lines that
-- carry its id: what was called, what that answered, and why the stage answered as it did.
-- needs: lake.service_line
-- scope: case
-- materialize
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: name of the log group
-- request_id: API Gateway's request id; a client may choose it
-- node: API id / stage
-- kind: X-Ray's type of the node
-- started_at: first line, UTC
-- ended_at: last line, UTC
-- duration_ms: between them, milliseconds
-- extended_request_id: x-amz-apigw-id
-- integration_request_id: request id of what was called, of Lambda the invocation's
-- trace_id: 32 lower-case hex digits
-- trace_key: signed 64-bit key of trace_id
-- method: HTTP method
-- path: resource path
-- target: URI that was called
-- target_node: function that was called, null where it was none
-- status: HTTP status that the client got
-- integration_status: status that was received from what was called
-- integration_latency_ms: time until it was received, milliseconds
-- error_message: why the execution failed, null where it did not
-- response_type: type of gateway response (INTEGRATION_TIMEOUT, THROTTLED, …)
-- is_complete: whether the line that ends it is there
-- lines: number of lines
-- event_id: the line that tells why it failed, else the last one
-- event_time: time of that line, UTC
with line as (
    select
        account, region, log_group, event_id, timestamp,
        text[2:strpos(text, ') ') - 1] as request_id, substr(text, strpos(text, ') ') + 2) as said
    from lake.service_line
    where format = 'execution'
),
part as (
    select
        account, region, log_group, event_id, timestamp, request_id, said,
        case when said[1] <> 'E' then null
            when starts_with(said, 'Extended Request Id: ') then trim(substr(said, 22)) end as extended_request_id,
        case
            when starts_with(said, 'Endpoint response headers: ')
                then regexp_extract(said, '(?i)x-amzn-RequestId=([^,}\s]+)', 1)
            when starts_with(said, 'AWS Integration Endpoint RequestId') then trim(split_part(said, ':', 2))
            when starts_with(said, 'Lambda ') then regexp_extract(said, 'Lambda request id: ([0-9a-f-]{36})', 1)
        end as integration_request_id,
        case
            when starts_with(said, 'X-ray Tracing ID') or contains(said[:40], ' headers: ')
                then regexp_extract(said, '(1-[0-9a-f]{8}-[0-9a-f]{24})\b', 1)
        end as trace,
        case when starts_with(said, 'HTTP Method: ')
            then regexp_extract(said, '^HTTP Method: (\S+), Resource Path: (\S+)', ['method', 'path']) end as asked,
        case
            when starts_with(said, 'Sending request to ') then trim(substr(said, 20))
            when starts_with(said, 'Endpoint request URI: ') then trim(substr(said, 23))
        end as target,
        case when starts_with(said, 'Method completed with status: ')
            then try_cast(trim(substr(said, 31)) as integer) end as status,
        case when starts_with(said, 'Received response. Status: ') then regexp_extract(
            said, 'Status: (\d+)(?:, Integration latency: (\d+))?', ['status', 'latency']) end as received,
        case when starts_with(said, 'Gateway response type: ')
            then regexp_extract(said, '^Gateway response type: (\S+) with status code: (\d+)', ['type', 'status'])
        end as response,
        -- the first of these tells most
        case
            when starts_with(said, 'Lambda execution failed') or starts_with(said, 'Lambda invocation failed') then 1
            when starts_with(said, 'Execution failed') then 2
            when starts_with(said, 'Unauthorized request') or contains(said, ' exceeded ')
                or starts_with(said, 'Request body does not match') or starts_with(said, 'Request validation failed')
                or starts_with(said, 'User is not authorized') or starts_with(said, 'Network error')
                or starts_with(said, 'Key throttle') or contains(said, ' is not authorized ') then 3
        end as fault
    from line
),
told as (
    select
        max(account) as account, max(region) as region, log_group, request_id, min(timestamp) as started_at,
        max(timestamp) as ended_at, max(extended_request_id) as extended_request_id,
        max(nullif(integration_request_id, '')) as integration_request_id, max(nullif(trace, '')) as trace,
        max(nullif(asked.method, '')) as method, max(nullif(asked.path, '')) as path, max(target) as target,
        max({'timestamp': timestamp, 'status': status}) filter (where status is not null) as completed,
        max({'timestamp': timestamp, 'status': received.status, 'latency': received.latency})
            filter (where received.status <> '') as received,
        max({'timestamp': timestamp, 'type': response.type, 'status': response.status})
            filter (where response.type <> '') as response,
        min({'fault': fault, 'timestamp': timestamp, 'event_id': event_id, 'said': said})
            filter (where fault is not null) as failing,
        max({'timestamp': timestamp, 'event_id': event_id}) as last_line, count(*) as lines
    from part
    group by log_group, request_id
),
keyed as (
    select *, replace(substr(trace, 3), '-', '') as trace_id from told
)
select
    account, region, log_group, request_id,
    case when starts_with(log_group, 'API-Gateway-Execution-Logs_') then substr(log_group, 28) else log_group end as node,
    'AWS::ApiGateway::Stage' as kind, started_at, ended_at,
    ((epoch_us(ended_at) - epoch_us(started_at)) * 0.001)::decimal(18, 3) as duration_ms,
    extended_request_id, integration_request_id, trace_id,
    (try_cast('0x' || substr(trace_id, 17, 8) as bigint)
        - (try_cast('0x' || substr(trace_id, 17, 8) as bigint) >> 31) * 4294967296) * 4294967296
        + try_cast('0x' || substr(trace_id, 25, 8) as bigint) as trace_key,
    method, path, target,
    nullif(split_part(split_part(split_part(target, ':function:', 2), '/', 1), ':', 1), '') as target_node,
    coalesce(completed.status, try_cast(response.status as integer)) as status,
    try_cast(received.status as integer) as integration_status,
    try_cast(received.latency as decimal(18, 3)) as integration_latency_ms,
    failing.said as error_message, response.type as response_type, completed is not null as is_complete, lines,
    coalesce(failing.event_id, last_line.event_id) as event_id,
    coalesce(failing.timestamp, last_line.timestamp) as event_time
from keyed
