-- One execution as its own X-Ray segments tell it. Where there are log lines as well, or only a
-- caller's record, lake.invocation puts them together.
-- needs: lake.span lake.segment_invocation
-- scope: case
-- materialize
-- invocation: Lambda: request id # attempt; else trace id : segment id
-- node: name of the node that ran
-- kind: X-Ray's type of the node
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- request_id: Lambda request id, or AWS request id of a virtual one
-- execution_arn: execution of a state machine
-- attempt: how-manieth attempt at the request
-- trace_id: 32 hex digits, null where no trace tells of it
-- trace_key: signed 64-bit key of trace_id
-- segment_id: segment document that tells most of it
-- segment_key: signed 64-bit key of segment_id
-- started_at: UTC
-- ended_at: UTC, null where it is not known
-- is_cold: whether its segments show an initialisation
-- has_function: whether a segment of the function's own code tells of it, and not Lambda's alone
-- status: ok, failed or unknown; silence is unknown
-- is_client_error: it answered its caller with a 4xx that is no throttle
-- is_throttle: it was throttled
-- http_status: status that it answered
-- error_type: type of the error that ended it
-- error_message: its message
-- version: version that ran
with span as (
    -- an exception may stand in another span of the trace, by its id
    select s.* exclude (exception_type, exception_message),
        coalesce(s.exception_type, c.exception_type) as exception_type,
        coalesce(s.exception_message, c.exception_message) as exception_message
    from lake.span as s
    left join (
        select trace_key, exception_id, min(exception_type) as exception_type,
            min(exception_message) as exception_message
        from lake.span where exception_id is not null group by all
    ) as c on c.trace_key = s.trace_key and c.exception_id = s.cause_id
    where s.ordinal = 0 and not s.inferred
),
cold as (
    select distinct trace_key, segment_key
    from lake.span
    where ordinal > 0 and name in ('Initialization', 'Init') and kind = 'AWS::Lambda::Function'
),
-- SDKs write an exception where it was caught last: often in a local subsegment, and only there
inner_exception as (
    select
        trace_key, segment_key,
        max({
            'ended_at': ended_at, 'span_key': span_key, 'type': exception_type, 'message': exception_message
        }) as latest
    from lake.span
    where ordinal > 0 and call_key is null and exception_type is not null
    group by all
),
shared as (
    select trace_key, segment_key from lake.segment_invocation where part <> 'subsegment'
    group by all having count(*) > 1
),
part as (
    select
        i.invocation, i.attempt, i.part,
        coalesce(i.request_id, case when s.kind = 'AWS::ApiGateway::Stage'
            then json_extract_string(s.aws, '$.api_gateway.request_id') end) as request_id,
        case when s.kind = 'AWS::StepFunctions::StateMachine' then coalesce(
            json_extract_string(s.aws, '$.execution_arn'), json_extract_string(s.aws, '$.resource_arn')
        ) end as execution_arn,
        s.* exclude (request_id, attempt, exception_type, exception_message),
        coalesce(s.exception_type, case when s.exception_message is null then e.latest.type end) as exception_type,
        coalesce(s.exception_message, case when s.exception_type is null then e.latest.message end)
            as exception_message,
        c.trace_key is not null as is_cold, m.trace_key is not null as is_shared
    from lake.segment_invocation as i
    join span as s on s.trace_key = i.trace_key and s.segment_key = i.segment_key
    left join cold as c on c.trace_key = s.trace_key and c.segment_key = s.segment_key
    left join shared as m on m.trace_key = s.trace_key and m.segment_key = s.segment_key
    left join inner_exception as e
        on e.trace_key = s.trace_key and e.segment_key = s.segment_key
        and (s.is_error or s.is_fault or s.http_status >= 500)
    where i.part <> 'subsegment'
),
-- Lambda's service segment speaks of all attempts at once, so its flags count for a single one only
traced as (
    select
        invocation, max(request_id) as request_id, max(execution_arn) as execution_arn, min(attempt) as attempt, max(node) as node,
        max(kind) as kind, max(account) as account, max(region) as region, max(trace_id) as trace_id,
        max(trace_key) as trace_key,
        coalesce(max(segment_id) filter (where part <> 'service'), max(segment_id)) as segment_id,
        coalesce(max(segment_key) filter (where part <> 'service'), max(segment_key)) as segment_key,
        coalesce(min(started_at) filter (where part <> 'service'), min(started_at)) as started_at,
        coalesce(max(ended_at) filter (where part <> 'service'), max(ended_at)) as ended_at,
        bool_or(is_error and not is_shared) as is_error,
        bool_or(is_fault and not is_shared) as is_fault,
        bool_or(not is_shared and (is_throttle or coalesce(http_status = 429, false))) as is_throttle,
        bool_or(in_progress and part <> 'service') as in_progress,
        max(http_status) filter (where not is_shared) as http_status,
        min(exception_type) filter (where part <> 'service') as error_type,
        min(exception_message) filter (where part <> 'service') as error_message,
        bool_or(part = 'function') as has_function,
        bool_or(is_cold) as is_cold,
        max(version) as version
    from part
    group by invocation
)
select
    invocation, node, kind, account, region, request_id, execution_arn, attempt, trace_id, trace_key, segment_id,
    segment_key, started_at, ended_at, is_cold, has_function,
    case
        when is_fault or is_throttle or coalesce(http_status >= 500, false) then 'failed'
        when is_error and (kind = 'AWS::Lambda::Function' or coalesce(http_status not between 400 and 499, true))
            then 'failed'
        -- what AWS writes carries a flag where it failed, so that an end without one is an answer
        when kind = 'AWS::Lambda::Function' and has_function and not in_progress and ended_at is not null then 'ok'
        when kind = 'AWS::StepFunctions::StateMachine' and not in_progress and ended_at is not null then 'ok'
        when kind <> 'AWS::Lambda::Function' and http_status between 100 and 499 then 'ok'
        else 'unknown'
    end as status,
    kind <> 'AWS::Lambda::Function' and not is_throttle and not is_fault
        and coalesce(http_status between 400 and 499, false) as is_client_error,
    is_throttle, http_status, error_type, error_message, version
from traced
