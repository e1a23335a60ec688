"""Spans as their files held them."""

from __future__ import annotations


def test_empty_and_every_revision(check) -> None:
    check("lake.span_document", {}, "trace_id | span_id | document")
    check("lake.span_document", {"evidence.span_document": """
        trace_id | span_id | format | document | document_key
        t        | a       | otlp   | x        | 1
        t        | a       | otlp   | y        | 2
    """}, """
        trace_id | span_id | format | document
        t        | a       | otlp   | x
        t        | a       | otlp   | y
    """)  # fmt: skip
