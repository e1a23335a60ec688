-- One execution of which only the caller's record speaks: the call to a node that sends no segments
-- of its own (a table, a bucket, a third party), or a linked span that is not in the case.
-- needs: lake.span lake.call lake.link
-- scope: case
-- materialize
-- invocation: the invocation, see lake.invocation
-- node: name of the node that was called
-- kind: X-Ray's type of the node
-- trace_id: trace of the record that speaks of it, 32 hex digits
-- segment_id: segment document that speaks of it
-- span_id: the span in it
-- trace_key: signed 64-bit key of trace_id
-- segment_key: key of the inferred segment, null where there is none
-- call_key: key of the caller's call span, null where there is none
-- operation: API operation
-- started_at: as the caller saw it, UTC
-- ended_at: as the caller saw it, UTC
-- status: ok (an answer below 400), failed (error, fault, throttle, an answer from 400) or unknown
-- is_throttle: answered with a throttle
-- is_client_error: answered with a 4xx that is no throttle
-- http_status: status of the answer
-- error_type: exception that the caller saw
-- error_message: its message
-- request_id: request id of the call
-- is_missing: true where a link points at a span that is not in the case
with inferred as (
    select
        i.trace_id, i.segment_id, i.segment_id as span_id, i.trace_key, i.segment_key,
        c.span_key as call_key, i.node, i.kind, coalesce(i.operation, c.operation) as operation,
        coalesce(i.started_at, c.started_at) as started_at, coalesce(i.ended_at, c.ended_at) as ended_at,
        i.is_error or i.is_fault or i.is_throttle or coalesce(c.is_failed, false) as is_failed,
        i.is_throttle or coalesce(c.is_throttle, false) as is_throttle,
        coalesce(i.http_status, c.http_status) as http_status,
        coalesce(i.exception_type, c.exception_type) as error_type,
        coalesce(i.exception_message, c.exception_message) as error_message,
        coalesce(i.request_id, c.request_id) as request_id
    from lake.span as i
    left join lake.call as c on c.trace_key = i.trace_key and c.inferred_key = i.segment_key
    -- X-Ray's copy of a call that the callee itself answers is the same thing told twice
    where i.inferred and i.ordinal = 0 and coalesce(c.answered, '') not in ('sync', 'request_id')
        -- what was handed over to a function directly has no queue between
        and not (coalesce(c.answered, '') = 'async' and i.kind = 'AWS::Lambda::Function')
),
bare_call as (
    select
        s.trace_id, s.segment_id, s.span_id, c.trace_key, null::bigint as segment_key,
        c.span_key as call_key, c.node, c.kind, c.operation, c.started_at, c.ended_at, c.is_failed,
        c.is_throttle, c.http_status, c.exception_type as error_type,
        c.exception_message as error_message, c.request_id
    from lake.call as c
    join lake.span as s on s.trace_key = c.trace_key and s.span_key = c.span_key
    where c.inferred_key is null and c.answered is null
),
missing as (
    select
        l.linked_trace_id as trace_id, l.linked_span_id as span_id,
        l.linked_trace_key as trace_key, max(l.linked_name) as node, max(l.linked_kind) as kind
    from lake.link as l
    anti join lake.span as s on s.trace_key = l.linked_trace_key and s.span_key = l.linked_key
    group by all
)
select
    trace_id || ':' || span_id as invocation, node, kind, trace_id, segment_id, span_id, trace_key,
    segment_key, call_key, operation, started_at, ended_at,
    case
        when is_failed or http_status >= 400 then 'failed'
        when http_status between 100 and 399 then 'ok'
        else 'unknown'
    end as status,
    is_throttle or is_429 as is_throttle,
    not is_throttle and not is_429 and coalesce(http_status between 400 and 499, false) as is_client_error,
    http_status, error_type, error_message, request_id, false as is_missing
from (
    select *, coalesce(http_status = 429, false) as is_429
    from (select * from inferred union all by name select * from bare_call)
)
union all by name
select
    trace_id || ':' || span_id as invocation, coalesce(node, 'not collected') as node,
    coalesce(kind, 'unknown') as kind, trace_id, span_id, trace_key, 'unknown' as status,
    false as is_throttle, false as is_client_error, true as is_missing
from missing
