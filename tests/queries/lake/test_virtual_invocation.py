"""Executions of which only the caller's record speaks."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

VIEW = "lake.virtual_invocation"
NONE = {"lake.link": "trace_id"}


def test_empty(check) -> None:
    check(VIEW, {"lake.span": "trace_id", "lake.call": "trace_key", **NONE}, "invocation")


def test_inferred_segment_and_bare_call(check) -> None:
    given = {
        "lake.span": """
            trace_id | segment_id | span_id | ordinal | inferred | node   | kind                 | operation | http_status
            t        | a          | a1      | 1       | false    | web    | -                    | -         | -
            t        | a          | a2      | 2       | false    | web    | -                    | -         | -
            t        | i          | i       | 0       | true     | orders | AWS::DynamoDB::Table | PutItem   | 200
        """,
        "lake.call": """
            trace_key | span_key | node     | kind   | inferred_key | operation | http_status | started_at
            t         | a1       | orders   | x      | i            | PutItem   | 200         | 1
            t         | a2       | pay.test | remote | -            | -         | 204         | 2
        """,
        **NONE,
    }
    check(VIEW, given, """
        invocation | node     | kind                 | call_key | segment_key | started_at | status | is_missing
        t:i        | orders   | AWS::DynamoDB::Table | a1       | i           | 1          | ok     | false
        t:a2       | pay.test | remote               | a2       | -           | 2          | ok     | false
    """)  # fmt: skip


@pytest.mark.parametrize(
    ("answered", "kind", "kept"),
    [
        ("sync", "AWS::SNS", False),
        ("request_id", "AWS::Lambda::Function", False),
        ("async", "AWS::SQS::Queue", True),
        ("async", "AWS::Lambda::Function", False),
        ("-", "AWS::SNS", True),
    ],
)
def test_copy_of_what_the_callee_tells_itself(query, answered: str, kind: str, kept: bool) -> None:
    given = {
        "lake.span": f"""
            trace_id | segment_id | span_id | inferred | node | kind
            t        | i          | i       | true     | x    | {kind}
        """,
        "lake.call": f"""
            trace_key | span_key | inferred_key | answered
            t         | a1       | i            | {answered}
        """,
        **NONE,
    }
    assert bool(query(VIEW, given)) == kept


@pytest.mark.parametrize(
    ("flags", "status", "expected"),
    [
        ("false | false", "200", ("ok", False, False)),
        ("false | false", "-", ("unknown", False, False)),
        ("true | false", "-", ("failed", False, False)),
        ("true | false", "404", ("failed", False, True)),
        ("true | true", "400", ("failed", True, False)),
        ("false | false", "429", ("failed", True, False)),
        ("false | false", "503", ("failed", False, False)),
        ("false | false", "404", ("failed", False, True)),
    ],
)
def test_status(query, flags: str, status: str, expected: tuple[str, bool, bool]) -> None:
    given = {
        "lake.span": """
            trace_id | segment_id | span_id | ordinal
            t        | a          | a1      | 1
        """,
        "lake.call": f"""
            trace_key | span_key | node | is_failed | is_throttle | http_status
            t         | a1       | x    | {flags}                 | {status}
        """,
        **NONE,
    }
    (row,) = query(VIEW, given)
    assert (row["status"], row["is_throttle"], row["is_client_error"]) == expected


def test_linked_span_that_is_not_there(check) -> None:
    given = {
        "lake.span": """
            trace_id | segment_id | span_id | ordinal
            t        | a          | a       | 0
            u        | b          | b       | 0
        """,
        "lake.call": "trace_key",
        "lake.link": """
            trace_id | span_id | linked_trace_id | linked_span_id | linked_name | linked_kind
            t        | a       | u               | b              | here        | -
            t        | a       | u               | c              | -           | -
            t        | a       | v               | b              | fn          | AWS::Lambda::Function
            u        | b       | v               | b              | -           | -
        """,
    }
    check(VIEW, given, """
        invocation | node          | kind                  | status  | is_missing
        u:c        | not collected | unknown               | unknown | true
        v:b        | fn            | AWS::Lambda::Function | unknown | true
    """)  # fmt: skip
