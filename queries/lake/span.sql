-- One timed unit of a trace: a segment or subsegment of X-Ray, or a span of OpenTelemetry or Jaeger,
-- from the newest revision of its document. Inferred segments (X-Ray's copy of a caller's subsegment)
-- are kept and marked. Spans that were sent one by one are part of the segment that they hang below.
-- needs: normalized.span lake.superseded lake.hanging_document
-- scope: chain
-- account: AWS account id, from the record or its ARNs
-- region: AWS region, from the record or its ARNs
-- trace_id: 32 lower-case hex digits (X-Ray's 1-xxxxxxxx-… without the dashes and the 1)
-- segment_id: id of the segment that holds the span
-- document_id: id of the evidence that tells of the span: of its segment document, or of the span
-- source: table of evidence that holds it: segment_document, span_document or log_event
-- span_id: 16 lower-case hex digits
-- parent_span_id: the span that this one hangs on, null at a root
-- trace_key: signed 64-bit key of trace_id, for joins
-- segment_key: signed 64-bit key of segment_id, for joins
-- span_key: signed 64-bit key of span_id, for joins
-- parent_key: signed 64-bit key of parent_span_id, for joins
-- call_key: key of the outermost call (a subsegment with a namespace or SQL) that this span is part
--   of, within its segment; null outside of calls
-- ordinal: place of the span within its segment, parents first; 0 is the segment itself
-- name: the source's name of the span
-- span_type: segment or subsegment
-- span_kind: SERVER, CLIENT, PRODUCER, CONSUMER or INTERNAL where OpenTelemetry says so
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
-- started_ns: nanoseconds since the epoch, exact where the source is
-- ended_ns: the same of the end
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
-- annotations: JSON, as recorded; the attributes of a span of OpenTelemetry
-- metadata: JSON, as recorded; resource, scope, status and further events of such a span
-- sql: the sql block, JSON, as recorded
-- aws: the aws block, JSON, as recorded, or made of the attributes
with kept as not materialized (
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
    coalesce(s.account, h.account) as account, coalesce(s.region, h.region) as region, s.trace_id,
    coalesce(h.owner_id, s.segment_id) as segment_id, s.segment_id as document_id, s.source, s.span_id,
    s.parent_span_id, s.trace_key, coalesce(h.owner_key, s.segment_key) as segment_key, s.span_key,
    s.parent_key, coalesce(h.call_key, s.call_key) as call_key,
    s.ordinal + coalesce(h.first_ordinal, 0) as ordinal, s.name,
    case when s.ordinal = 0 then coalesce(h.span_type, s.span_type) else s.span_type end as span_type,
    s.span_kind, s.namespace, s.origin, coalesce(h.node, s.node, s.name) as node,
    coalesce(h.kind, s.kind, 'service') as kind,
    case when h.call_key is null then s.remote_node end as remote_node,
    case when h.call_key is null then s.remote_kind end as remote_kind,
    s.operation, s.inferred, s.in_progress, s.started_at, s.ended_at,
    coalesce(s.started_ns, epoch_us(s.started_at) * 1000) as started_ns,
    coalesce(s.ended_ns, epoch_us(s.ended_at) * 1000) as ended_ns,
    ((epoch_us(s.ended_at) - epoch_us(s.started_at)) * 0.001)::decimal(18, 3) as duration_ms,
    s.is_error, s.is_fault, s.is_throttle, s.http_status, s.http_method, s.url, s.request_id, s.message_id,
    s.resource_arn, s.version, s.attempt, s.exception_type, s.exception_message, s.exception_id, s.cause_id,
    s.exceptions, s.annotations, s.metadata, s.sql, s.aws
from once as s
left join lake.hanging_document as h on h.trace_key = s.trace_key and h.segment_key = s.segment_key
