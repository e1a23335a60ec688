"""Chains as Python values: failing chains for the walk, one trace or chain for the eye.

The chains themselves are made in SQL (`queries/links`, `queries/chains`); here they are read.
"""

from forensics.chains.export import export_document
from forensics.chains.failing import failing_chains
from forensics.chains.find import Found, chains_of, find
from forensics.chains.ids import trace_id_of
from forensics.chains.slow import slowness_of
from forensics.chains.story import Chosen, stories_of
from forensics.chains.trace import trace_document

__all__ = [
    "Chosen",
    "Found",
    "chains_of",
    "export_document",
    "failing_chains",
    "find",
    "slowness_of",
    "stories_of",
    "trace_document",
    "trace_id_of",
]
