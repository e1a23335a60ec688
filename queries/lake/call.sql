-- A call that an invocation made, as the caller recorded it, and who answered it: X-Ray's inferred
-- copy, a segment of the callee, or a Lambda invocation whose request id the caller wrote down.
-- needs: lake.span lake.segment_invocation lake.lambda_log
-- scope: case
-- materialize
-- trace_key: signed 64-bit key of the trace id
-- span_key: signed 64-bit key of the call's span
-- segment_key: signed 64-bit key of the caller's segment
-- caller: the invocation that called
-- node: name of the node that was called, as the caller names it
-- kind: X-Ray's type of that node
-- operation: API operation
-- started_at: UTC
-- ended_at: UTC, null while in progress
-- in_progress: true where the call had not ended when the caller's segment was sent
-- is_failed: the caller saw an error, fault or throttle
-- is_throttle: the caller saw a throttle
-- http_status: status the caller saw
-- exception_type: exception the caller saw
-- exception_message: its message
-- request_id: request id of the call
-- inferred_key: key of X-Ray's inferred segment for this call
-- answered: by a segment of the callee (`sync`, or `async` where it was only handed over), by a
--   request id found in the callee's own logs (`request_id`), or null
with call as (
    select * from lake.span where span_key = call_key
),
service as (
    -- Lambda's segment of an asynchronous invocation answers 202 and goes on
    select trace_key, segment_key, bool_or(http_status = 202 or attempt is not null or name = 'Dwell Time') as is_async
    from lake.span
    where origin = 'AWS::Lambda' or attempt is not null or name = 'Dwell Time'
    group by all
),
child as (
    select
        p.trace_key, p.call_key, c.inferred, c.segment_key,
        coalesce(s.is_async, false) as is_async
    from lake.span as c
    join lake.span as p on p.trace_key = c.trace_key and p.span_key = c.parent_key
    left join service as s on s.trace_key = c.trace_key and s.segment_key = c.segment_key
    where c.ordinal = 0 and c.span_type = 'segment' and p.call_key is not null
),
answer as (
    select
        trace_key, call_key,
        min(segment_key) filter (where inferred) as inferred_key,
        bool_or(not inferred and not is_async) as has_sync,
        bool_or(not inferred and is_async) as has_async
    from child
    group by all
),
request as (
    select distinct request_id from lake.lambda_log
    union
    select distinct request_id from lake.segment_invocation where request_id is not null
)
select
    call.trace_key, call.span_key, call.segment_key, owner.invocation as caller,
    call.remote_node as node, call.remote_kind as kind, call.operation, call.started_at, call.ended_at,
    call.in_progress, call.is_error or call.is_fault or call.is_throttle as is_failed,
    call.is_throttle, call.http_status, call.exception_type, call.exception_message, call.request_id,
    answer.inferred_key,
    case
        when answer.has_sync then 'sync'
        when answer.has_async then 'async'
        when request.request_id is not null then 'request_id'
    end as answered
from call
join lake.segment_invocation as owner
    on owner.trace_key = call.trace_key and owner.segment_key = call.segment_key and owner.part <> 'service'
left join answer on answer.trace_key = call.trace_key and answer.call_key = call.span_key
left join request on request.request_id = call.request_id and call.remote_kind = 'AWS::Lambda::Function'
