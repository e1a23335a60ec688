-- An event that a function's own queue gave up, of which no record of the function tells: what the destination of its
-- failures got is all that is known of it. Most of these never ran: they were throttled until they were too old.
-- needs: lake.delivery_log lake.lambda_log lake.traced_invocation
-- scope: case
-- invocation: request id # 1, see lake.invocation
-- node: the function
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- request_id: request id of the attempts
-- ended_at: when it was given up, UTC
-- end_reason: timeout, out_of_memory, exit or error, as the record tells of the last attempt; null where none was made
-- error_type: type of the error of the last attempt, else why it was given up
-- error_message: its message, else after how many attempts
-- log_group: where the record was printed
-- event_id: its id there
-- event_time: time of the record, UTC
with told as (
    select *, row_number() over (partition by request_id, node order by occurred_at, log_group, event_id) as place
    from lake.delivery_log
    where carrier = 'lambda_async' and status = 'failed' and request_id is not null and node <> ''
        -- of attempts whose ends nobody tells it is not known which came last, an error or a throttle
        and (coalesce(attempts, 0) = 0 or error_code is not null or step = 'RetriesExhausted')
)
select
    t.request_id || '#1' as invocation, t.node, t.account, t.region, t.request_id, t.occurred_at as ended_at,
    case
        when t.error_code in ('Sandbox.Timedout', 'Lambda.Timeout') or contains(t.error_message, 'Task timed out after')
            then 'timeout'
        when t.error_code = 'Runtime.OutOfMemory' then 'out_of_memory'
        when t.error_code = 'Runtime.ExitError' then 'exit'
        when t.error_code is not null or t.attempts > 0 then 'error'
    end as end_reason,
    coalesce(t.error_code, t.step) as error_type,
    coalesce(t.error_message, 'given up after ' || t.attempts || if(t.attempts = 1, ' attempt', ' attempts'))
        as error_message,
    t.log_group, t.event_id, t.occurred_at as event_time
from told as t
-- by the id alone: a function's lines may lie in a group of any name
anti join lake.lambda_log as l on l.request_id = t.request_id
anti join lake.traced_invocation as s on s.request_id = t.request_id
where t.place = 1
