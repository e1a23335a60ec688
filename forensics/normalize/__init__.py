"""From a record of evidence to rows of the lake; pure functions over Arrow batches.

What SQL does as well and faster stands in `queries/lake/` instead.
"""

from forensics.normalize.segment import normalize_documents
from forensics.normalize.spans import SPAN_GROUP, normalize_span_events, normalize_spans

__all__ = ["SPAN_GROUP", "normalize_documents", "normalize_span_events", "normalize_spans"]
