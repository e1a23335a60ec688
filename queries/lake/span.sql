-- One timed unit of a trace: a segment or subsegment of X-Ray, from the newest revision of its
-- document. Inferred segments (X-Ray's copy of a caller's subsegment) are kept and marked.
-- needs: normalized.span lake.superseded
-- scope: chain
-- account: AWS account id, from the record or its ARNs
-- region: AWS region, from the record or its ARNs
-- trace_id: 32 lower-case hex digits (X-Ray's 1-xxxxxxxx-… without the dashes and the 1)
-- segment_id: id of the segment that holds the span
-- span_id: 16 lower-case hex digits
-- parent_span_id: the span that this one hangs on, null at a root
-- trace_key: signed 64-bit key of trace_id, for joins
-- segment_key: signed 64-bit key of segment_id, for joins
-- span_key: signed 64-bit key of span_id, for joins
-- parent_key: signed 64-bit key of parent_span_id, for joins
-- call_key: key of the outermost call (a subsegment with a namespace or SQL) that this span is part
--   of, within its segment; null outside of calls
-- ordinal: place of the span within its document, parents first
-- name: the source's name of the span
-- span_type: segment or subsegment
-- namespace: aws or remote where a subsegment calls something, as recorded
-- origin: X-Ray's type of the resource that sent the segment
-- node: name of the node the span ran on; of an inferred segment, the node that was called
-- kind: X-Ray's type of that node
-- remote_node: name of the node that a call goes to, on the call's own span only
-- remote_kind: X-Ray's type of the called node
-- operation: API operation of a call, such as PutObject
-- inferred: true where X-Ray made the segment up from a caller's subsegment
-- in_progress: true where the span had not ended when it was sent
-- started_at: UTC
-- ended_at: UTC, null while in progress
-- duration_ms: ended_at - started_at, milliseconds
-- is_error: flagged as a client error (4xx) or a function's error
-- is_fault: flagged as a server fault (5xx)
-- is_throttle: flagged as throttled (429)
-- http_status: status of the HTTP response
-- http_method: method of the HTTP request
-- url: URL of the HTTP request
-- request_id: AWS request id; on a Lambda segment the invocation's
-- message_id: SQS message id of a SendMessage call
-- resource_arn: ARN of the resource
-- version: version that the service reports of itself
-- attempt: n of Lambda's `Attempt #n` subsegment
-- exception_type: type of the first exception in the cause
-- exception_message: its message
-- exception_id: its id, by which other spans refer to it
-- cause_id: id of an exception in another span that is this span's cause
-- exceptions: all exceptions of the cause with their stacks, JSON
-- annotations: JSON, as recorded
-- metadata: JSON, as recorded
-- sql: the sql block, JSON, as recorded
-- aws: the aws block, JSON, as recorded
with kept as (
    select span.*, superseded.is_repeated
    from normalized.span as span
    left join lake.superseded as superseded using (trace_key, segment_key, document_key)
    where coalesce(superseded.is_repeated, true)
),
once as (
    select * from kept where is_repeated is null
    union all
    (
        select distinct on (trace_key, segment_key, ordinal) * from kept where is_repeated
        order by trace_key, segment_key, ordinal, account nulls last, region nulls last
    )
)
select
    account, region, trace_id, segment_id, span_id, parent_span_id, trace_key, segment_key,
    span_key, parent_key, call_key, ordinal, name, span_type, namespace, origin, node, kind,
    remote_node, remote_kind, operation, inferred, in_progress, started_at, ended_at,
    ((epoch_us(ended_at) - epoch_us(started_at)) * 0.001)::decimal(18, 3) as duration_ms,
    is_error, is_fault, is_throttle, http_status, http_method, url, request_id, message_id,
    resource_arn, version, attempt, exception_type, exception_message, exception_id, cause_id,
    exceptions, annotations, metadata, sql, aws
from once
