-- One request at a front door (API Gateway, load balancer, AppSync) as the door's logs tell it: its access log and, of
-- a REST stage, its execution log, put together by the id that the door gave the request.
-- needs: lake.access_entry lake.execution_log_entry lake.api_name lake.field_error
-- scope: case
-- materialize
-- invocation: request id # 1; of a door that gives none its log event
-- node: API / stage or load balancer; of an API its id where no configuration tells its name, the log group where
--   a record does not tell either, `unknown` where it has none
-- kind: X-Ray's type of the node
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- request_id: id that the door gave the request
-- integration_request_id: request id of what was called, of Lambda the invocation's
-- trace_id: 32 lower-case hex digits
-- trace_key: signed 64-bit key of trace_id
-- log_group: log group of the line that tells most
-- log_stream: its log stream
-- event_id: its event
-- event_time: its time, UTC
-- started_at: UTC
-- ended_at: UTC
-- http_status: HTTP status that the client got; 0 where it had left
-- operation: method and path
-- error_type: of a GraphQL request the type of the first field error that is a fault (lake.field_error)
-- error_message: what the door says went wrong
-- is_fault: whether it failed though the status says nothing of it
-- target: what was called, as the door names it
with access as (
    select
        coalesce(request_id || '#1', event_id) as invocation, node, kind, account, region, request_id,
        integration_request_id, trace_id, trace_key, log_group, log_stream, event_id,
        occurred_at as started_at,
        -- a format without a latency: no door writes the line before it has the answer
        coalesce(occurred_at + to_microseconds((latency_ms * 1000)::bigint), greatest(occurred_at, logged_at)) as ended_at,
        status, method || ' ' || coalesce(route, path) as operation, error_message, target
    from lake.access_entry
    where source in ('apigateway', 'alb', 'appsync')
),
once as (
    -- clients may choose the id of a request
    select * exclude (place)
    from (
        select *, row_number() over (partition by invocation order by started_at, log_group, event_id) as place
        from access
    )
    where place = 1
),
executed as (
    select * exclude (place)
    from (
        select *, row_number() over (partition by request_id order by started_at, log_group, event_id) as place
        from lake.execution_log_entry
    )
    where place = 1
),
unresolved as (
    select request_id, min({'timestamp': timestamp, 'event_id': event_id, 'error_type': error_type, 'error_message':
        error_message}) as first_
    from lake.field_error
    where is_fault
    group by request_id
)
select
    coalesce(a.invocation, e.request_id || '#1') as invocation, coalesce(n.node, e.node, a.node, 'unknown') as node,
    coalesce(a.kind, e.kind) as kind, coalesce(a.account, e.account) as account, coalesce(a.region, e.region) as region,
    coalesce(a.request_id, e.request_id) as request_id,
    coalesce(a.integration_request_id, e.integration_request_id) as integration_request_id,
    coalesce(a.trace_id, e.trace_id) as trace_id, coalesce(a.trace_key, e.trace_key) as trace_key,
    coalesce(a.log_group, e.log_group) as log_group, a.log_stream, coalesce(e.event_id, u.first_.event_id, a.event_id) as event_id,
    coalesce(e.event_time, u.first_.timestamp, a.started_at) as event_time, least(a.started_at, e.started_at) as started_at,
    greatest(a.ended_at, e.ended_at) as ended_at, coalesce(a.status, e.status) as http_status,
    coalesce(a.operation, e.method || ' ' || e.path) as operation,
    u.first_.error_type as error_type, coalesce(e.error_message, u.first_.error_message, a.error_message) as error_message,
    u.request_id is not null as is_fault, coalesce(e.target_node, a.target) as target
from once as a
full join executed as e on e.request_id = a.request_id
left join lake.api_name as n on n.api = coalesce(e.node, a.node)
left join unresolved as u on u.request_id = a.request_id and a.kind = 'AWS::AppSync::GraphQLApi'
