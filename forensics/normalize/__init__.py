"""From a record of evidence to rows of the lake; pure functions over Arrow batches.

What SQL does as well and faster stands in `queries/lake/` instead.
"""

from forensics.normalize.segment import normalize_documents

__all__ = ["normalize_documents"]
