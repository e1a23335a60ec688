"""Which case shows which construct of the reference: X-Ray's documents, spans of Transaction Search.

A row: section, construct, test module (a path below `tests`), and the name of its case or test there.
`test_constructs_documents.py` holds that each of them exists.
"""

from __future__ import annotations

__all__ = ["CONSTRUCTS"]

_IDS, _DOCUMENTS, _SEGMENT = (
    "unit/normalize/test_ids",
    "unit/normalize/test_documents",
    "unit/normalize/test_segment",
)
_SPANS, _HANGING, _FILES = (
    "unit/normalize/test_spans",
    "queries/lake/test_hanging_document",
    "unit/importers/test_spans",
)
_OF_INVOCATION, _SPAN, _REAL = (
    "queries/lake/test_segment_invocation",
    "queries/lake/test_span",
    "golden/test_real",
)

CONSTRUCTS: tuple[tuple[str, str, str, str], ...] = (
    # A1: identifiers
    ("A1", "X-Ray's trace id and W3C's", _IDS, "test_x_rays_and_w3cs_form_are_one_id"),
    ("A1", "span ids are the same in both worlds", _IDS, "test_x_ray_and_w3c_spans_join"),
    ("A1", "the id's time is none", _DOCUMENTS, "test_start_is_never_taken_from_the_id"),
    ("A1", "ids in upper case", _SEGMENT, "test_ids_in_upper_case_and_ids_that_are_no_hex"),
    # A2: the segment document
    ("A2", "name", _DOCUMENTS, "name of 200 characters"),
    ("A2", "id, trace_id", _SEGMENT, "test_plain_segment"),
    ("A2", "parent_id", _DOCUMENTS, "parent_id"),
    ("A2", "start_time in scientific notation", _DOCUMENTS, "times in scientific notation"),
    ("A2", "start_time a whole number", _DOCUMENTS, "times as whole numbers"),
    ("A2", "in_progress", _DOCUMENTS, "in_progress"),
    ("A2", "completed later with the same id", _SPAN, "complete beats in progress"),
    ("A2", "type subsegment", _DOCUMENTS, "type subsegment"),
    ("A2", "namespace aws", _DOCUMENTS, "namespace aws"),
    ("A2", "namespace remote", _DOCUMENTS, "namespace remote"),
    ("A2", "resource_arn", _DOCUMENTS, "resource_arn"),
    ("A2", "user", _DOCUMENTS, "user"),
    ("A2", "service", _DOCUMENTS, "service"),
    ("A2", "http.request", _DOCUMENTS, "http.request"),
    ("A2", "http.request.traced", _DOCUMENTS, "namespace remote"),
    ("A2", "http.response", _DOCUMENTS, "http.response"),
    ("A2", "content_length -1", _DOCUMENTS, "content_length -1"),
    ("A2", "content_length a string", _DOCUMENTS, "content_length a string"),
    ("A2", "error, throttle, fault", _DOCUMENTS, "error, throttle, fault"),
    ("A2", "flags explicitly false", _DOCUMENTS, "flags explicitly false"),
    ("A2", "cause a string", _DOCUMENTS, "cause a string"),
    ("A2", "cause an object", _DOCUMENTS, "cause an object"),
    ("A2", "cause empty", _DOCUMENTS, "cause an empty object"),
    ("A2", "exceptions without id", _DOCUMENTS, "exceptions of Lambda's runtimes have no id"),
    ("A2", "exceptions: cause of the parent", _DOCUMENTS, "chain of causes"),
    ("A2", "exceptions kept whole", _SEGMENT, "test_exceptions_are_kept_whole"),
    ("A2", "annotations", _DOCUMENTS, "annotations"),
    ("A2", "annotations with dots", _DOCUMENTS, "annotations with dots"),
    ("A2", "metadata", _DOCUMENTS, "metadata"),
    ("A2", "subsegments without bound", "unit/normalize/test_mend", "test_subsegments_nested_without_bound"),
    ("A2", "precursor_ids", _DOCUMENTS, "precursor_ids"),
    ("A2", "sql", _DOCUMENTS, "sql"),
    ("A2", "links", _SEGMENT, "test_links"),
    ("A2", "inferred", _DOCUMENTS, "inferred"),
    ("A2", "aws: account and region", _DOCUMENTS, "aws.account_id and region"),
    ("A2", "aws: operation, request_id, retries", _DOCUMENTS, "namespace aws"),
    ("A2", "aws: queue_url", _DOCUMENTS, "aws.queue_url"),
    ("A2", "aws: table_name", _DOCUMENTS, "aws.table_name"),
    ("A2", "aws: resource_names", _DOCUMENTS, "aws.resource_names"),
    (
        "A2",
        "aws: function_name, invocation_type, status_code",
        _DOCUMENTS,
        "aws.function_name, invocation_type",
    ),
    ("A2", "aws: topic_arn", _DOCUMENTS, "aws.topic_arn"),
    ("A2", "aws: cloudwatch_logs", _DOCUMENTS, "aws.cloudwatch_logs"),
    ("A2", "aws: ec2", _DOCUMENTS, "aws.ec2"),
    ("A2", "aws: ecs", _DOCUMENTS, "aws.ecs"),
    ("A2", "aws: eks", _DOCUMENTS, "aws.eks"),
    ("A2", "aws: api_gateway", _DOCUMENTS, "aws.api_gateway"),
    ("A2", "aws: elastic_beanstalk", _DOCUMENTS, "aws.elastic_beanstalk"),
    ("A2", "aws: xray", _DOCUMENTS, "aws.xray"),
    ("A2", "keys of no schema", _DOCUMENTS, "key that is in no schema"),
    ("A2", "every field may be null", _SEGMENT, "test_every_field_may_be_null"),
    (
        "A2",
        "OpenTelemetry: documents of one subsegment",
        _DOCUMENTS,
        "test_trace_of_opentelemetry_is_mostly_subsegments_of_their_own",
    ),
    (
        "A2",
        "OpenTelemetry: node of the segment above",
        _HANGING,
        "test_chain_of_documents_and_a_call_within_a_call",
    ),
    (
        "A2",
        "OpenTelemetry: the segment is not there",
        _HANGING,
        "test_topmost_without_its_segment_stands_for_it_and_is_named_for_what_it_calls",
    ),
    # A3: origins
    ("A3", "origin", _DOCUMENTS, "origin"),
    ("A3", "an open set", _DOCUMENTS, "origin that is not known"),
    ("A3", "none", _DOCUMENTS, "no origin"),
    ("A3", "state machine", _DOCUMENTS, "state machine"),
    # A4: Lambda and other services
    ("A4", "service segment", _DOCUMENTS, "Lambda's service segment"),
    ("A4", "function segment", _DOCUMENTS, "Lambda's function segment"),
    (
        "A4",
        "two segments of one name are one invocation",
        _OF_INVOCATION,
        "test_two_lambda_segments_are_one_invocation",
    ),
    (
        "A4",
        "asynchronous: 202, Dwell Time, Attempt #n",
        _DOCUMENTS,
        "test_asynchronous_invocation_goes_on_after_its_segment",
    ),
    ("A4", "retries with one request id", _OF_INVOCATION, "test_asynchronous_attempts"),
    (
        "A4",
        "parent of an asynchronous function segment [U]: the attempt",
        _OF_INVOCATION,
        "test_asynchronous_attempts",
    ),
    (
        "A4",
        "parent of an asynchronous function segment [U]: the service segment",
        _OF_INVOCATION,
        "test_attempts_below_the_service_segment_itself_are_numbered_by_time",
    ),
    ("A4", "child ends after its parent", _DOCUMENTS, "ends after its segment"),
    ("A4", "older style", _SEGMENT, "test_older_lambda_style_is_two_segments_of_one_node"),
    ("A4", "newer style", _SEGMENT, "test_newer_lambda_style_with_init_beside_the_invocation"),
    ("A4", "newer style, annotations", _DOCUMENTS, "annotations of the newer style"),
    ("A4", "Initialization before its segment", _DOCUMENTS, "Initialization"),
    ("A4", "Restore", _DOCUMENTS, "Restore"),
    ("A4", "links of SQS", _SEGMENT, "test_links"),
    ("A4", "API Gateway", _DOCUMENTS, "API Gateway's segment"),
    ("A4", "API Gateway, Lambda", _DOCUMENTS, "API Gateway's Lambda"),
    ("A4", "inferred segment", _SEGMENT, "test_inferred_segment_is_kept_and_marked"),
    ("A4", "recorded traces", _REAL, "test_the_figures_of_each_trace"),
    ("A4", "recorded trace of 765 spans", _REAL, "test_a_trace_of_765_spans_is_one_tree"),
    (
        "A4",
        "recorded link to a trace that is not there",
        _REAL,
        "test_a_linked_trace_that_is_not_there_is_a_virtual_node_and_a_gap",
    ),
    # A5: what the APIs return
    ("A5", "ListRetrievedTraces, format OTEL", _FILES, "X-Ray's ListRetrievedTraces"),
    ("A5", "ListRetrievedTraces, format XRAY", _FILES, "test_retrieved_traces_in_x_rays_form"),
    # A6: Transaction Search
    ("A6", "record of aws/spans", _SPANS, "test_record_of_transaction_search"),
    ("A6", "times beyond 2^53", _SPANS, "test_nanoseconds_never_pass_through_a_float"),
    ("A6", "UNSET on a 502", _SPANS, "test_http_status_decides_before_the_status_of_the_span"),
    ("A6", "_aws.xray", _SPANS, "test_what_x_ray_knew_of_the_span_goes_before_every_rule"),
    ("A6", "events: exceptions", _SPANS, "test_chain_of_causes"),
    ("A6", "events: others", _SPANS, "test_exception_without_stack_and_events_that_are_none"),
    ("A6", "links", _SPANS, "test_links"),
    ("A6", "no parentSpanId", _SPANS, "test_segments_are_servers_consumers_and_local_roots"),
    (
        "A6",
        "not doubled where X-Ray has it as well",
        _HANGING,
        "test_span_that_is_a_segment_document_too_is_not_doubled",
    ),
    ("A6", "files of records", _FILES, "records of aws/spans, lines"),
    ("A6", "OTLP, protobuf's JSON", _SPANS, "test_otlp_with_base64_ids_named_enumerations_and_typed_values"),
    ("A6", "OTLP, enumerations as numbers", _SPANS, "test_enumerations_as_numbers"),
    ("A6", "Jaeger", _SPANS, "test_jaeger"),
    # B: records that name a span are lines, and stay so
    ("B1", "events of aws/spans", _FILES, "test_events_of_the_log_group_stay_log_events"),
    ("B1", "a line of a log that names its span", _FILES, "test_line_of_a_log_that_names_its_span_is_none"),
    ("B1", "recorded lines join their spans", _REAL, "test_trainticket_log_events_join_their_spans"),
)
