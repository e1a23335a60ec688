"""Which invocation logged a line."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "chains.spoken"
OWNER = "trace_key | segment_key | invocation | part\nt | 1 | a | segment\nt | 2 | b | service"
SPANS = """
    trace_id | segment_id | span_id | ordinal
    t        | 1          | 1       | 0
    t        | 1          | 3       | 1
    t        | 2          | 2       | 0
"""
LOGS = """
    event_id | log_group | log_stream | node | kind                  | record_type | timestamp | message | request_id | trace_id | span_id
    e1       | g         | s          | web  | AWS::ECS::Container   | log         | 1         | one     | -          | t        | 3
    e2       | g         | s          | web  | AWS::ECS::Container   | error       | 2         | two     | -          | t        | 2
    e3       | f         | s          | fn   | AWS::Lambda::Function | start       | 3         | START   | r          | -        | -
    e4       | f         | s          | fn   | AWS::Lambda::Function | error       | 4         | broken  | r          | -        | -
    e5       | f         | s          | fn   | AWS::Lambda::Function | log         | 5         | both    | r          | t        | 1
    e6       | g         | s          | web  | AWS::ECS::Container   | log         | 6         | nobody  | -          | -        | -
"""


def test_nothing(check) -> None:
    check(VIEW, {}, "event_id | log_group | invocation")


def test_a_line_is_its_segments_or_its_requests(check) -> None:
    """Lambda's own segment logs nothing; one that both tell of stands here for either."""
    check(VIEW, {"lake.span": SPANS, "lake.segment_invocation": OWNER, "lake.log_record": LOGS}, """
        event_id | log_group | invocation
        e1       | g         | a
        e4       | f         | r#1
        e5       | f         | a
        e5       | f         | r#1
    """)  # fmt: skip
