-- One span as a file of OTLP, Jaeger or Transaction Search's records held it, every revision of it.
-- Spans that were pulled lie in lake.log_event, in the log group aws/spans.
-- needs: evidence.span_document
-- scope: record
-- account: AWS account id, null where the import was told none
-- region: AWS region, null where the import was told none
-- trace_id: as the source writes it
-- span_id: as the source writes it
-- format: otel (aws/spans, ListRetrievedTraces), otlp or jaeger
-- resource: JSON of what the source says once for several spans: the resource, or Jaeger's process
-- instrumentation_scope: JSON of the instrumentation scope, where the source says it once for several spans
-- document: JSON text of the span
-- document_key: signed 64-bit hash of the texts, tells revisions apart
select
    account, region, trace_id, span_id, format, resource, scope as instrumentation_scope, document, document_key
from evidence.span_document
