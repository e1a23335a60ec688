"""Calls as their callers recorded them, and who answered."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "lake.call"
OWNERS = """
    trace_key | segment_key | invocation
    t         | a           | t:a
    t         | b           | t:b
"""
NO_LOGS = {"lake.lambda_log": "request_id"}
SPANS = """
    trace_id | segment_id | span_id | parent_span_id | call_key | ordinal | remote_node | remote_kind | inferred | origin | http_status | request_id | span_type
    t | a | a  | -  | -  | 0 | -     | -                     | false | -           | -   | - | segment
    t | a | a1 | a  | a1 | 1 | stock | {kind}                | false | -           | -   | r | subsegment
    t | a | a2 | a1 | a1 | 2 | -     | -                     | false | -           | -   | - | subsegment
"""


def call(kind: str = "remote", rows: str = "") -> dict[str, str]:
    return {"lake.span": SPANS.format(kind=kind) + rows, "lake.segment_invocation": OWNERS}


def test_empty(check) -> None:
    given = {"lake.span": "trace_id", "lake.segment_invocation": OWNERS, **NO_LOGS}
    check(VIEW, given, "span_key")


def test_nobody_answered(check) -> None:
    check(VIEW, call() | NO_LOGS, """
        span_key | caller | node  | kind   | answered | inferred_key
        a1       | t:a    | stock | remote | -        | -
    """)  # fmt: skip


def test_answered_by_a_segment_below_any_part_of_the_call(check) -> None:
    rows = "t | b | b | a2 | - | 0 | - | - | false | - | 200 | - | segment"
    check(VIEW, call(rows=rows) | NO_LOGS, """
        span_key | answered | inferred_key
        a1       | sync     | -
    """)  # fmt: skip


def test_inferred_copy_is_no_answer(check) -> None:
    rows = "t | i | i | a1 | - | 0 | - | - | true | - | 200 | - | segment"
    check(VIEW, call(rows=rows) | NO_LOGS, """
        span_key | answered | inferred_key
        a1       | -        | i
    """)  # fmt: skip


def test_independent_subsegment_is_no_answer(check) -> None:
    rows = "t | b | b | a1 | - | 0 | - | - | false | - | - | - | subsegment"
    check(VIEW, call(rows=rows) | NO_LOGS, """
        span_key | answered
        a1       | -
    """)  # fmt: skip


def test_answered_with_202_is_handed_over(check) -> None:
    rows = "t | b | b | a1 | - | 0 | - | - | false | AWS::Lambda | 202 | - | segment"
    check(VIEW, call(rows=rows) | NO_LOGS, """
        span_key | answered
        a1       | async
    """)  # fmt: skip


def test_request_id_found_in_a_functions_log(check) -> None:
    logs = {"lake.lambda_log": "request_id\nr\nr"}
    check(VIEW, call("AWS::Lambda::Function") | logs, """
        span_key | answered
        a1       | request_id
    """)  # fmt: skip
    check(VIEW, call("AWS::DynamoDB::Table") | logs, """
        span_key | answered
        a1       | -
    """)  # fmt: skip


def test_call_of_a_segment_without_owner_is_left_out(check) -> None:
    """Lambda's own segment calls nobody: what stands in it is the invocation itself."""
    given = call() | NO_LOGS | {
        "lake.segment_invocation": """
            trace_key | segment_key | invocation | part
            t         | a           | r#1        | service
        """
    }  # fmt: skip
    check(VIEW, given, "span_key")


def test_any_flag_is_a_failed_call(check) -> None:
    spans = """
        trace_id | segment_id | span_id | call_key | is_error | is_fault | is_throttle
        t        | a          | a1      | a1       | true     | false    | false
        t        | a          | a2      | a2       | false    | true     | false
        t        | a          | a3      | a3       | true     | false    | true
        t        | a          | a4      | a4       | false    | false    | false
    """
    given = {"lake.span": spans, "lake.segment_invocation": OWNERS, **NO_LOGS}
    check(VIEW, given, """
        span_key | is_failed | is_throttle
        a1       | true      | false
        a2       | true      | false
        a3       | true      | true
        a4       | false     | false
    """)  # fmt: skip
