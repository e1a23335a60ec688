-- One request or execution that a door's access log, an execution history or the lines of a container tell of;
-- Lambda's are in lake.lambda_log. Where segments tell of the same one, `traced` names it.
-- needs: lake.door_invocation lake.workflow_invocation lake.container_invocation lake.span lake.segment_invocation
-- scope: case
-- materialize
-- invocation: the invocation, see lake.invocation
-- traced: the invocation that its segments tell of, null where there is none
-- told_by: door, workflow or container
-- node: name of the node that served it
-- kind: X-Ray's type of the node
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- request_id: request id
-- execution_arn: execution of a state machine
-- trace_id: trace id that its records name, 32 hex digits
-- trace_key: signed 64-bit key of trace_id
-- log_group: log group of its records
-- log_stream: log stream of its records
-- started_at: UTC; of a container its first line
-- ended_at: UTC; of a container its last line
-- status: ok, failed or unknown
-- is_client_error: it answered its caller with a 4xx that is no throttle
-- is_throttle: it was throttled
-- http_status: status that it answered
-- error_type: type of the error that ended it
-- error_message: its message
-- event_id: log event that shows how it ended
-- event_time: time of that event, UTC
with served as (
    select
        'door' as told_by, invocation, null as traced, node, kind, account, region, request_id, null as execution_arn,
        trace_id, trace_key, log_group, log_stream, started_at, ended_at,
        case when is_fault or http_status >= 500 or http_status = 429 then 'failed' when http_status between 100 and 499 then 'ok'
            else 'unknown' end as status,
        coalesce(http_status between 400 and 499 and http_status <> 429, false) as is_client_error,
        coalesce(http_status = 429, false) as is_throttle, http_status, error_type,
        case when is_fault or http_status >= 400 then error_message end as error_message, event_id, event_time
    from lake.door_invocation
    union all by name
    select
        'workflow' as told_by, invocation, node, kind, account, region, execution_arn, log_group, log_stream,
        started_at, ended_at, status, false as is_client_error, false as is_throttle, error_type, error_message,
        event_id, event_time
    from lake.workflow_invocation
    union all by name
    select
        'container' as told_by, invocation, traced, node, kind, request_id, trace_id,
        trace_key, log_group, log_stream, started_at, ended_at,
        case when is_failed then 'failed' else 'unknown' end as status, false as is_client_error,
        false as is_throttle, http_status, error_type, error_message, event_id, event_time
    from (
        -- of one request several groups of lines may tell
        select * exclude (place)
        from (
            select *, row_number() over (
                partition by invocation, case when traced is null then log_group end
                order by is_failed desc, started_at, work
            ) as place
            from lake.container_invocation
        )
        where place = 1
    )
),
segment as (
    select i.invocation, s.node, s.kind, s.trace_key, coalesce(
        case when s.kind = 'AWS::ApiGateway::Stage' then json_extract_string(s.aws, '$.api_gateway.request_id') end,
        case when s.kind = 'AWS::StepFunctions::StateMachine' then coalesce(
            json_extract_string(s.aws, '$.execution_arn'), json_extract_string(s.aws, '$.resource_arn')) end) as id
    from lake.span as s
    join lake.segment_invocation as i on i.trace_key = s.trace_key and i.segment_key = s.segment_key
    where s.ordinal = 0 and not s.inferred and s.kind in ('AWS::ApiGateway::Stage', 'AWS::StepFunctions::StateMachine')
),
known as (
    select id, kind, min(invocation) as invocation, min(node) as node from segment
    where id is not null group by id, kind
),
-- a segment that names no request: the only one of its kind in the trace that the door's only request names
lone as (
    select s.trace_key, s.kind, s.invocation, s.node
    from (
        select trace_key, kind, min(invocation) as invocation, min(node) as node
        from segment where kind = 'AWS::ApiGateway::Stage'
        group by trace_key, kind having count(*) = 1 and count(id) = 0
    ) as s
    semi join (
        select trace_key, kind from served where told_by = 'door' group by trace_key, kind having count(*) = 1
    ) as d on d.trace_key = s.trace_key and d.kind = s.kind
),
joined as (
    select s.*, coalesce(k.invocation, l.invocation) as segment, coalesce(k.node, l.node) as called
    from served as s
    left join known as k on k.id = coalesce(s.execution_arn, s.request_id) and k.kind = s.kind
    left join lone as l on l.trace_key = s.trace_key and l.kind = s.kind and s.told_by = 'door'
),
-- what a door's own lines call it, an id or a log group, its traced requests tell the name of
alias as (
    select node, kind, min(called) as called from joined
    where told_by = 'door' and called is not null
    group by node, kind having count(distinct called) = 1
)
select
    coalesce(s.traced, s.segment, s.invocation) as invocation, coalesce(s.traced, s.segment) as traced,
    s.told_by, coalesce(a.called, s.node) as node, s.kind, s.account, s.region, s.request_id, s.execution_arn, s.trace_id, s.trace_key, s.log_group,
    s.log_stream, s.started_at, s.ended_at, s.status, s.is_client_error, s.is_throttle, s.http_status, s.error_type,
    s.error_message, s.event_id, s.event_time
from joined as s
left join alias as a on a.node = s.node and a.kind = s.kind and s.told_by = 'door'
