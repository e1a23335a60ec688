"""Arrow schemas of the tables that lie in a case, and what identifies a row of evidence.

Evidence is what a source said, verbatim. Normalized tables hold one row per record or per part
of one (a span of a segment document), and can always be rebuilt. A change of a normalized
schema or of the grammar that fills it raises `GRAMMAR`, and what was derived is made again.
"""

from __future__ import annotations

import pyarrow as pa

__all__ = ["CASE_FORMAT", "CLUSTER", "EVIDENCE", "GRAMMAR", "IDENTITY", "NORMALIZED", "OWN", "TIME"]

CASE_FORMAT = 1
GRAMMAR = 2

TIME = pa.timestamp("us")
_S, _B, _I, _F = pa.string(), pa.bool_(), pa.int64(), pa.float64()


def _table(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


EVIDENCE: dict[str, pa.Schema] = {
    "log_event": _table(
        account=_S, region=_S, log_group=_S, log_stream=_S, timestamp=TIME, ingestion_time=TIME,
        event_id=_S, message=_S, is_escaped=_B, ordinal=_I,
    ),
    "segment_document": _table(
        account=_S, region=_S, trace_id=_S, segment_id=_S, document=_S, document_key=_I,
        limit_exceeded=_B,
    ),
    # A span of OTLP, Jaeger or a file of `aws/spans` records; `resource` and `scope` are what the
    # source says once for several spans (Jaeger: the process).
    "span_document": _table(
        account=_S, region=_S, trace_id=_S, span_id=_S, format=_S, resource=_S, scope=_S, document=_S,
        document_key=_I,
    ),
    "trace_summary": _table(account=_S, region=_S, trace_id=_S, document=_S, document_key=_I),
    "metric": _table(
        account=_S, region=_S, namespace=_S, metric=_S, dimensions=_S, stat=_S, period_s=_I,
        starts_at=TIME, value=_F, unit=_S, fetched_at=TIME,
    ),
    "change": _table(
        account=_S, region=_S, source=_S, event_id=_S, occurred_at=TIME, document=_S, document_key=_I,
    ),
    "resource": _table(
        account=_S, region=_S, node=_S, kind=_S, arn=_S, seen_at=TIME, configuration=_S,
        configuration_key=_I,
    ),
    "execution_event": _table(
        account=_S, region=_S, execution_arn=_S, number=_I, occurred_at=TIME, type=_S, document=_S,
        document_key=_I,
    ),
    "warning": _table(severity=_S, code=_S, message=_S, source=_S, locator=_S),
}  # fmt: skip

# An evidence row is the same record as another where all of these are equal. A segment document
# that was fetched again with other content is a further revision, and is kept; so is a datapoint
# whose value grew, and a deployment that went on.
IDENTITY: dict[str, tuple[str, ...]] = {
    "log_event": ("account", "region", "log_group", "event_id"),
    "segment_document": ("account", "region", "trace_id", "segment_id", "document_key"),
    "span_document": ("account", "region", "trace_id", "span_id", "document_key"),
    "trace_summary": ("account", "region", "trace_id", "document_key"),
    "metric": (
        "account", "region", "namespace", "metric", "dimensions", "stat", "period_s", "starts_at", "value",
    ),
    "change": ("account", "region", "source", "event_id", "document_key"),
    "resource": ("account", "region", "kind", "arn", "node", "seen_at", "configuration_key"),
    "execution_event": ("account", "region", "execution_arn", "type", "number", "document_key"),
    "warning": ("severity", "code", "message", "source", "locator"),
}  # fmt: skip

# The column that parts are clustered by: only parts whose range overlaps can hold a duplicate.
CLUSTER: dict[str, str] = {
    "log_event": "timestamp",
    "segment_document": "trace_id",
    "span_document": "trace_id",
    "trace_summary": "trace_id",
    "metric": "starts_at",
    "change": "occurred_at",
    "resource": "kind",
    "execution_event": "execution_arn",
    "warning": "locator",
}

NORMALIZED: dict[str, pa.Schema] = {
    "span": _table(
        account=_S, region=_S, trace_id=_S, segment_id=_S, span_id=_S, parent_span_id=_S,
        trace_key=_I, segment_key=_I, span_key=_I, parent_key=_I, call_key=_I, document_key=_I,
        ordinal=_I, source=_S, name=_S, span_type=_S, span_kind=_S, namespace=_S, origin=_S, node=_S, kind=_S,
        remote_node=_S, remote_kind=_S, operation=_S, inferred=_B, in_progress=_B,
        started_at=TIME, ended_at=TIME, started_ns=_I, ended_ns=_I, is_error=_B, is_fault=_B, is_throttle=_B,
        http_status=_I, http_method=_S, url=_S, request_id=_S, message_id=_S, resource_arn=_S,
        version=_S, attempt=_I, exception_type=_S, exception_message=_S, exception_id=_S,
        cause_id=_S, exceptions=_S, annotations=_S, metadata=_S, sql=_S, aws=_S,
    ),
    "link": _table(
        trace_id=_S, span_id=_S, trace_key=_I, span_key=_I, document_key=_I, linked_trace_id=_S,
        linked_span_id=_S, linked_trace_key=_I, linked_key=_I, reference_type=_S, linked_name=_S,
        linked_kind=_S,
    ),
    "warning": EVIDENCE["warning"],
}  # fmt: skip
# What an export of ours says of a span in the lake's own words, as attributes `forensics.NAME`, since the
# conventions of OpenTelemetry have no name for it or a looser one.
OWN = (
    "name", "span_type", "span_kind", "namespace", "origin", "node", "kind", "remote_node", "remote_kind",
    "operation", "inferred", "in_progress", "is_error", "is_fault", "is_throttle", "http_status",
    "http_method", "url", "request_id", "message_id", "resource_arn", "version", "attempt", "exception_type",
    "exception_message", "exception_id", "cause_id", "annotations", "aws", "account", "region",
)  # fmt: skip
