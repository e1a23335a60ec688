-- A span's link to a span of another trace, as X-Ray records it where a message starts a new trace.
-- needs: normalized.link lake.superseded
-- scope: case
-- trace_id: trace of the span that carries the link
-- span_id: the span that carries the link
-- trace_key: signed 64-bit key of trace_id
-- span_key: signed 64-bit key of span_id
-- linked_trace_id: trace that is linked to
-- linked_span_id: span that is linked to
-- linked_trace_key: signed 64-bit key of linked_trace_id
-- linked_key: signed 64-bit key of linked_span_id
-- reference_type: `child` where the linked span came of this one, `parent` where this came of it
-- linked_name: name of the linked node, where the link tells
-- linked_kind: X-Ray's type of the linked node, where the link tells
select distinct
    link.trace_id, link.span_id, link.trace_key, link.span_key, link.linked_trace_id,
    link.linked_span_id, link.linked_trace_key, link.linked_key, link.reference_type,
    link.linked_name, link.linked_kind
from normalized.link as link
anti join (
    select trace_key, document_key from lake.superseded where not is_repeated
) as old using (trace_key, document_key)
