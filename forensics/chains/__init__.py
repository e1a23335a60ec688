"""Chains as Python values: failing chains for the walk, one trace or chain for the eye.

The chains themselves are made in SQL (`queries/links`, `queries/chains`); here they are read.
"""

from forensics.chains.export import export_document
from forensics.chains.failing import failing_chains
from forensics.chains.find import Found, chain_views, chains_of, find
from forensics.chains.ids import trace_id_of, trace_keys
from forensics.chains.members import members_of
from forensics.chains.missing import missing_of
from forensics.chains.slow import slowness_of
from forensics.chains.story import Chosen, stories_of
from forensics.chains.trace import trace_document

__all__ = [
    "Chosen",
    "Found",
    "chain_views",
    "chains_of",
    "export_document",
    "failing_chains",
    "find",
    "members_of",
    "missing_of",
    "slowness_of",
    "stories_of",
    "trace_document",
    "trace_id_of",
    "trace_keys",
]
