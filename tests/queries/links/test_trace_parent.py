"""Edges that a parent id inside a trace proves."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "links.trace_parent"
NOTHING = {
    "lake.span": "trace_id", "lake.segment_invocation": "trace_key", "lake.call": "trace_key",
    "lake.virtual_invocation": "invocation",
}  # fmt: skip


def test_empty(check) -> None:
    check(VIEW, NOTHING, "caller")


def test_null_and_missing_parents_have_no_caller(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id
            t        | a          | a       | -
            t        | b          | b       | lost
            u        | c          | c       | a
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation
            t         | a           | t:a
            t         | b           | t:b
            u         | c           | u:c
        """,
    }
    check(VIEW, given, "caller | callee")


def test_service_calls_service(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id | call_key | ordinal
            t        | a          | a       | -              | -        | 0
            t        | a          | a1      | a              | a1       | 1
            t        | a          | a2      | a1             | a1       | 2
            t        | b          | b       | a2             | -        | 0
            t        | c          | c       | b              | -        | 0
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation
            t         | a           | t:a
            t         | b           | t:b
            t         | c           | t:c
        """,
    }
    check(VIEW, given, """
        caller | callee | kind | trace_key | call_key
        t:a    | t:b    | call | t         | a1
        t:b    | t:c    | call | t         | b
    """)  # fmt: skip


def test_function_below_its_own_service_segment_is_no_edge(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id | origin
            t        | g          | g       | -              | -
            t        | s          | s       | g              | AWS::Lambda
            t        | f          | f       | s              | AWS::Lambda::Function
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation | part
            t         | g           | t:g        | segment
            t         | s           | r#1        | service
            t         | f           | r#1        | function
        """,
    }
    check(VIEW, given, """
        caller | callee | kind
        t:g    | r#1    | call
    """)  # fmt: skip


def test_asynchronous_attempts_are_all_handed_over(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id | origin                | http_status | attempt | ordinal
            t        | g          | g       | -              | -                     | -           | -       | 0
            t        | s          | s       | g              | AWS::Lambda           | 202         | -       | 0
            t        | s          | s1      | s              | -                     | -           | 1       | 1
            t        | s          | s2      | s              | -                     | -           | 2       | 2
            t        | e          | e       | s1             | AWS::Lambda::Function | -           | -       | 0
            t        | f          | f       | s2             | AWS::Lambda::Function | -           | -       | 0
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation | part
            t         | g           | t:g        | segment
            t         | s           | r#1        | service
            t         | s           | r#2        | service
            t         | e           | r#1        | function
            t         | f           | r#2        | function
        """,
    }
    check(VIEW, given, """
        caller | callee | kind
        t:g    | r#1    | link
        t:g    | r#2    | link
    """)  # fmt: skip


def test_segment_on_lambdas_own_segment_is_called_by_its_invocation(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id
            t        | s          | s       | -
            t        | b          | b       | s
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation | part
            t         | s           | r#1        | service
            t         | b           | t:b        | segment
        """,
    }
    check(VIEW, given, """
        caller | callee
        r#1    | t:b
    """)  # fmt: skip


def test_queue_stays_between_producer_and_consumer(check) -> None:
    """X-Ray infers the queue below the call; the function hangs on the call, or on the queue."""
    spans = """
        trace_id | segment_id | span_id | parent_span_id | call_key | ordinal | inferred
        t        | a          | a       | -              | -        | 0       | false
        t        | a          | a1      | a              | a1       | 1       | false
        t        | q          | q       | a1             | -        | 0       | true
        t        | f          | f       | {parent}       | -        | 0       | false
    """
    given = NOTHING | {
        "lake.segment_invocation": """
            trace_key | segment_key | invocation
            t         | a           | t:a
            t         | f           | r#1
        """,
        "lake.call": """
            trace_key | span_key | segment_key | inferred_key | answered
            t         | a1       | a           | q            | async
        """,
        "lake.virtual_invocation": """
            invocation | trace_key | segment_key | call_key
            t:q        | t         | q           | a1
        """,
    }
    expected = """
        caller | callee | kind | call_key
        t:a    | t:q    | call | a1
        t:q    | r#1    | link | -
    """
    check(VIEW, given | {"lake.span": spans.format(parent="a1")}, expected)
    check(VIEW, given | {"lake.span": spans.format(parent="q")}, expected)


def test_inferred_segment_below_a_span_that_is_no_call(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id | inferred
            t        | a          | a       | -              | false
            t        | i          | i       | a              | true
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation
            t         | a           | t:a
        """,
        "lake.virtual_invocation": """
            invocation | trace_key | segment_key | call_key
            t:i        | t         | i           | -
        """,
    }
    check(VIEW, given, """
        caller | callee | kind
        t:a    | t:i    | call
    """)  # fmt: skip


def test_self_parent_and_cycle(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id
            t        | a          | a       | a
            t        | b          | b       | c
            t        | c          | c       | b
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation
            t         | a           | t:a
            t         | b           | t:b
            t         | c           | t:c
        """,
    }
    check(VIEW, given, """
        caller | callee
        t:b    | t:c
        t:c    | t:b
    """)  # fmt: skip
