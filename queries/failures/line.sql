-- A log record that speaks of how an invocation of a failing chain ended: errors, warnings, time-outs, exits,
-- the line that lake.invocation names, the initialisation of its environment that failed
-- (`init_report`), what a gateway says of the request (`gateway`), whom a load balancer (`balancer`) or an ingress
-- (`ingress`) asked in vain, an execution's history (`workflow`), and what the task of ECS printed that a job was.
-- needs: failures.member lake.invocation lake.log_record lake.span lake.segment_invocation lake.lambda_platform lake.execution_log_entry lake.access_entry lake.workflow_event lake.workflow_job
-- scope: case
-- materialize
-- invocation: the invocation that it speaks of
-- timestamp: UTC
-- record_type: as in lake.log_record
-- level: as in lake.log_record
-- message: what the line says; of an ingress the name of whom it asked
-- exception_type: exception that the line reports
-- exception_message: its message; of a workflow what the task was to call, of a balancer its target group
-- platform_error: error type that the platform names
-- log_group: where it lies; null of an event that only a history tells
-- log_stream: where it lies
-- event_id: its id there; of such an event the execution's ARN
with member as (
    select distinct invocation from failures.member
),
told as (
    select i.invocation, i.kind, i.request_id, i.started_at, i.ended_at, i.log_group, i.log_stream, i.event_id,
        i.trace_key, i.status, i.execution_arn
    from lake.invocation as i semi join member using (invocation)
    where not i.is_virtual
),
telling as (
    select * from lake.log_record
    where level in ('ERROR', 'FATAL', 'WARN') or record_type in ('error', 'timeout', 'exit', 'report')
),
by_request as (
    select t.invocation, l.event_id, l.log_group
    from told as t
    join telling as l on l.request_id = t.request_id
    where t.kind = 'AWS::Lambda::Function'
        and l.timestamp between t.started_at - interval 1 second and t.ended_at + interval 1 second
        and (l.record_type <> 'report' or l.platform_error is not null)
),
by_span as (
    select s.invocation, l.event_id, l.log_group
    from telling as l
    join lake.span as p on p.trace_key = l.trace_key and p.span_key = l.span_key
    join lake.segment_invocation as s
        on s.trace_key = p.trace_key and s.segment_key = p.segment_key and s.part <> 'service'
    semi join member as m on m.invocation = s.invocation
    where l.record_type <> 'report'
),
by_task as (
    select j.invocation, l.event_id, l.log_group
    from lake.workflow_job as j
    semi join member as m on m.invocation = j.invocation
    join telling as l on regexp_extract(l.log_stream, '[0-9a-f]{32}$') = j.task_id
    where j.status = 'failed'
),
found as (
    select invocation, event_id, log_group from by_request
    union select invocation, event_id, log_group from by_span
    union select invocation, event_id, log_group from by_task
    union select invocation, event_id, log_group from told where event_id is not null
),
init as (
    select
        t.invocation, p.timestamp, 'init_report' as record_type, 'ERROR' as level,
        concat_ws(' ', 'initialisation', p.phase, p.status, p.error_type) as message,
        p.error_type as exception_type, p.error_message as exception_message, p.status as platform_error,
        p.log_group, p.log_stream, p.event_id
    from told as t
    join lake.lambda_platform as p
        on p.log_group = t.log_group and p.log_stream = t.log_stream
        and p.timestamp between t.started_at - interval 30 second and t.ended_at + interval 1 second
    where t.status = 'failed' and t.kind = 'AWS::Lambda::Function' and p.what = 'initReport'
        and p.status <> 'success'
),
gateway as (
    select
        t.invocation, e.event_time as timestamp, 'gateway' as record_type, 'ERROR' as level,
        e.error_message as message, e.response_type as exception_type, null::varchar as exception_message,
        null::varchar as platform_error, e.log_group, null::varchar as log_stream, e.event_id
    from told as t
    join lake.execution_log_entry as e
        on e.trace_key = t.trace_key or e.request_id = t.request_id
    where t.kind = 'AWS::ApiGateway::Stage' and e.error_message is not null
),
-- no target of the group had given a status when the balancer answered
balancer as (
    select
        t.invocation, a.logged_at as timestamp, 'balancer' as record_type, 'ERROR' as level,
        a.error_message as message, a.response_type as exception_type, a.target as exception_message,
        null::varchar as platform_error, a.log_group, a.log_stream, a.event_id
    from told as t
    join lake.access_entry as a on a.event_id = t.event_id and a.log_group = t.log_group
    where t.kind = 'AWS::ElasticLoadBalancingV2::LoadBalancer' and a.target is not null
        and a.status >= 500 and a.integration_status is null
),
-- nobody behind the ingress answered it
ingress as (
    select
        t.invocation, a.logged_at as timestamp, 'ingress' as record_type, 'INFO' as level, a.target as message,
        null::varchar as exception_type, null::varchar as exception_message, null::varchar as platform_error,
        a.log_group, a.log_stream, a.event_id
    from told as t
    join lake.access_entry as a on a.event_id = t.event_id and a.log_group = t.log_group
    where a.source = 'web_server' and a.target is not null and a.status in (502, 503, 504)
),
-- the event that says that a task failed, and what the task before it in the history was to call
history as (
    select
        t.invocation, w.occurred_at as timestamp, 'workflow' as record_type, 'ERROR' as level,
        concat_ws(' ', w.type, w.error, w.cause_message) as message, w.error as exception_type,
        coalesce(w.target, b.target) as exception_message, null::varchar as platform_error, w.log_group,
        w.log_stream, coalesce(w.event_id, w.execution_arn) as event_id
    from told as t
    join lake.workflow_event as w on w.execution_arn = t.execution_arn
    asof left join (select * from lake.workflow_event where target is not null) as b
        on b.execution_arn = w.execution_arn and w.number >= b.number
    where t.kind = 'AWS::StepFunctions::StateMachine' and t.status = 'failed' and w.is_failure
)


select
    f.invocation, l.timestamp, l.record_type, l.level, l.message, l.exception_type,
    l.exception_message, l.platform_error, l.log_group, l.log_stream, l.event_id
from found as f
join lake.log_record as l
    on l.event_id = f.event_id and l.log_group is not distinct from f.log_group
union all by name select * from init
union all by name select * from gateway
union all by name select * from balancer
union all by name select * from ingress
union all by name select * from history
