"""Which execution a segment document tells of."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "lake.segment_invocation"
NO_LOGS = {"lake.lambda_log": "request_id"}


def test_empty(check) -> None:
    check(VIEW, {"lake.span": "trace_id", **NO_LOGS}, "invocation")


def test_services_are_invocations_of_their_own(check) -> None:
    spans = """
        trace_id | segment_id | span_id | parent_span_id | origin                  | ordinal | inferred
        t        | a          | a       | -              | AWS::ApiGateway::Stage  | 0       | false
        t        | a          | a1      | a              | -                       | 1       | false
        t        | b          | b       | a1             | -                       | 0       | false
        t        | c          | c       | a1             | AWS::DynamoDB::Table    | 0       | true
    """
    check(VIEW, {"lake.span": spans, **NO_LOGS}, """
        segment_key | invocation | request_id | attempt | part
        a           | t:a        | -          | 1       | segment
        b           | t:b        | -          | 1       | segment
    """)  # fmt: skip


def test_two_lambda_segments_are_one_invocation(check) -> None:
    spans = """
        trace_id | segment_id | span_id | parent_span_id | origin                | request_id
        t        | s          | s       | -              | AWS::Lambda           | r
        t        | f          | f       | s              | AWS::Lambda::Function | -
    """
    check(VIEW, {"lake.span": spans, **NO_LOGS}, """
        segment_key | invocation | request_id | attempt | part
        f           | r#1        | r          | 1       | function
        s           | r#1        | r          | 1       | service
    """)  # fmt: skip


def test_asynchronous_attempts(check) -> None:
    spans = """
        trace_id | segment_id | span_id | parent_span_id | origin                | request_id | name       | attempt | ordinal
        t        | s          | s       | -              | AWS::Lambda           | r          | fn         | -       | 0
        t        | s          | s0      | s              | -                     | -          | Dwell Time | -       | 1
        t        | s          | s1      | s              | -                     | -          | Attempt #1 | 1       | 2
        t        | s          | s2      | s              | -                     | -          | Attempt #2 | 2       | 3
        t        | f          | f       | s1             | AWS::Lambda::Function | -          | fn         | -       | 0
        t        | g          | g       | s2             | AWS::Lambda::Function | -          | fn         | -       | 0
    """
    check(VIEW, {"lake.span": spans, **NO_LOGS}, """
        segment_key | invocation | attempt | part
        f           | r#1        | 1       | function
        g           | r#2        | 2       | function
        s           | r#1        | 1       | service
        s           | r#2        | 2       | service
    """)  # fmt: skip


def test_attempts_below_the_service_segment_itself_are_numbered_by_time(check) -> None:
    spans = """
        trace_id | segment_id | span_id | parent_span_id | origin                | request_id | started_at
        t        | s          | s       | -              | AWS::Lambda           | r          | 1
        t        | g          | g       | s              | AWS::Lambda::Function | -          | 70
        t        | f          | f       | s              | AWS::Lambda::Function | -          | 2
    """
    check(VIEW, {"lake.span": spans, **NO_LOGS}, """
        segment_key | invocation
        f           | r#1
        g           | r#2
        s           | r#1
        s           | r#2
    """)  # fmt: skip


def test_service_segment_alone(check) -> None:
    spans = """
        trace_id | segment_id | span_id | origin      | request_id
        t        | s          | s       | AWS::Lambda | r
        t        | q          | q       | AWS::Lambda | -
    """
    check(VIEW, {"lake.span": spans, **NO_LOGS}, """
        segment_key | invocation | part
        s           | r#1        | service
        q           | t:q        | service
    """)  # fmt: skip


def test_orphan_function_segment_is_named_by_its_report(check) -> None:
    given = {
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id | origin
            t        | f          | f       | lost           | AWS::Lambda::Function
            t        | g          | g       | lost           | AWS::Lambda::Function
        """,
        "lake.lambda_log": """
            request_id | attempt | trace_key | segment_key
            r          | 2       | t         | f
        """,
    }
    check(VIEW, given, """
        segment_key | invocation | request_id | attempt | part
        f           | r#2        | r          | 2       | function
        g           | t:g        | -          | 1       | function
    """)  # fmt: skip


def test_cut_log_and_trace_agree_on_the_number_of_an_attempt(check) -> None:
    """The log holds the second attempt only and counts it as the first: still one invocation."""
    given = {
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id | origin                | request_id | attempt | ordinal
            t        | s          | s       | -              | AWS::Lambda           | r          | -       | 0
            t        | s          | s2      | s              | -                     | -          | 2       | 1
            t        | g          | g       | s2             | AWS::Lambda::Function | -          | -       | 0
        """,
        "lake.lambda_log": """
            request_id | attempt | trace_key | segment_key
            r          | 1       | t         | g
        """,
    }
    check(VIEW, given, """
        segment_key | invocation
        g           | r#1
        s           | r#1
    """)  # fmt: skip


def test_independent_subsegments_belong_to_the_segment_above(check) -> None:
    spans = """
        trace_id | segment_id | span_id | parent_span_id | span_type  | origin
        t        | a          | a       | -              | segment    | -
        t        | b          | b       | a              | subsegment | -
        t        | c          | c       | b              | subsegment | -
        t        | d          | d       | c              | segment    | -
        u        | b          | b       | a              | subsegment | -
    """
    check(VIEW, {"lake.span": spans, **NO_LOGS}, """
        trace_key | segment_key | invocation | part
        t         | a           | t:a        | segment
        t         | b           | t:a        | subsegment
        t         | c           | t:a        | subsegment
        t         | d           | t:d        | segment
        u         | b           | u:b        | segment
    """)  # fmt: skip


def test_subsegments_without_their_segment_are_not_lost(check) -> None:
    spans = """
        trace_id | segment_id | span_id | parent_span_id | span_type
        t        | b          | b       | lost           | subsegment
        t        | c          | c       | b              | subsegment
    """
    check(VIEW, {"lake.span": spans, **NO_LOGS}, """
        segment_key | invocation | part
        b           | t:b        | segment
        c           | t:b        | subsegment
    """)  # fmt: skip


def test_cycle_of_subsegments_ends(check) -> None:
    spans = """
        trace_id | segment_id | span_id | parent_span_id | span_type
        t        | b          | b       | c              | subsegment
        t        | c          | c       | b              | subsegment
        t        | d          | d       | d              | subsegment
    """
    check(VIEW, {"lake.span": spans, **NO_LOGS}, """
        segment_key | invocation
        b           | t:b
        c           | t:c
        d           | t:d
    """)  # fmt: skip


def test_ten_thousand_subsegments_below_each_other(query) -> None:
    names = [f"{n:05}" for n in range(10_000)]
    spans = [
        {"trace_id": "t", "segment_id": name, "span_id": name, "parent_span_id": above,
         "span_type": "subsegment" if above else "segment"}
        for name, above in zip(names, [None, *names], strict=False)
    ]  # fmt: skip
    rows = query(VIEW, {"lake.span": spans, **NO_LOGS})
    assert {row["invocation"] for row in rows} == {"t:00000"}
    assert len(rows) == 10_000


def test_function_that_only_opentelemetry_tells_of_is_named_by_its_request(check) -> None:
    spans = """
        trace_id | segment_id | span_id | span_kind | origin                | request_id | started_at
        t        | f          | f       | SERVER    | AWS::Lambda::Function | r          | 1
        t        | g          | g       | SERVER    | AWS::Lambda::Function | r          | 60
        t        | h          | h       | SERVER    | AWS::Lambda::Function | -          | 1
        u        | x          | x       | -         | AWS::Lambda::Function | not said   | 1
    """
    check("lake.segment_invocation", {"lake.span": spans}, """
        segment_key | invocation | request_id | attempt
        f           | r#1        | r          | 1
        g           | r#2        | r          | 2
        h           | t:h        | -          | 1
        x           | u:x        | -          | 1
    """)  # fmt: skip
