-- One segment document as X-Ray returned it, every revision of it.
-- needs: evidence.segment_document
-- scope: record
-- account: AWS account id, null where an imported file names none
-- region: AWS region, null where an imported file names none
-- trace_id: as the source writes it (1-xxxxxxxx-…)
-- segment_id: 16 hex digits
-- document: the JSON text
-- document_key: signed 64-bit hash of the text, tells revisions apart
-- limit_exceeded: true where X-Ray says that the trace is too large to be whole
select account, region, trace_id, segment_id, document, document_key, limit_exceeded
from evidence.segment_document
