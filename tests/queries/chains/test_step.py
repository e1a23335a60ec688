"""What an invocation did: lines, calls, parts of its work."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "chains.step"
OWNER = "trace_key | segment_key | invocation\nt | 1 | a"
SPANS = """
    trace_id | segment_id | span_id | parent_span_id | ordinal | name  | call_key | started_at | inferred
    t        | 1          | 1       | -              | 0       | web   | -        | 0          | false
    t        | 1          | 2       | 1              | 1       | parse | -        | 1          | false
    t        | 1          | 3       | 1              | 2       | GET   | c        | 2          | false
    t        | 9          | 9       | 3              | 0       | fn    | -        | 2          | true
"""


def test_nothing(check) -> None:
    check(VIEW, {}, "invocation | sort | step")


def test_parts_are_what_calls_nothing(check) -> None:
    check(VIEW, {"lake.span": SPANS, "lake.segment_invocation": OWNER}, """
        invocation | sort | step  | occurred_at
        a          | part | parse | 1
    """)  # fmt: skip


def test_a_call_names_who_answered(check) -> None:
    calls = "caller | node | operation | started_at | trace_key | span_key\na | fn | Invoke | 3 | t | s1\na | table | - | 4 | t | s2"
    edges = "caller | callee | kind | trace_key | call_key\na | b | call | t | s1\na | z | link | t | s2"
    check(VIEW, {"lake.call": calls, "links.edge": edges}, """
        invocation | sort | step      | callee | occurred_at
        a          | call | fn Invoke | b      | 3
        a          | call | table     | -      | 4
    """)  # fmt: skip


def test_lines_come_by_span_and_by_request(check) -> None:
    logs = """
        event_id | log_group | log_stream | node | kind                  | record_type | timestamp | level | message      | request_id | trace_id | span_id
        e1       | g         | s          | web  | AWS::ECS::Container   | log         | 1         | INFO  | took 5 items | -          | t        | 2
        e2       | f         | s          | fn   | AWS::Lambda::Function | start       | 2         | -     | START        | r          | -        | -
        e3       | f         | s          | fn   | AWS::Lambda::Function | log         | 3         | -     | ready        | r          | -        | -
        e4       | f         | s          | fn   | AWS::Lambda::Function | report      | 4         | -     | REPORT       | r          | -        | -
        e5       | g         | s          | web  | AWS::ECS::Container   | log         | 5         | INFO  | nobody's     | -          | -        | -
    """
    check(VIEW, {"lake.span": SPANS, "lake.segment_invocation": OWNER, "lake.log_record": logs}, """
        invocation | sort | step               | locator
        a          | line | INFO took <*> items | e1
        a          | part | parse              | 2
        r#1        | line | ready              | e3
    """)  # fmt: skip
