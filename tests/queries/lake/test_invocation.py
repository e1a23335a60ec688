"""One execution from whatever tells of it, and what is known of its end."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

VIEW = "lake.invocation"
NOTHING = {
    "lake.span": "trace_id", "lake.segment_invocation": "trace_key", "lake.lambda_log": "request_id",
    "lake.virtual_invocation": "invocation",
}  # fmt: skip
FUNCTION, GATEWAY, STATES = (
    "AWS::Lambda::Function",
    "AWS::ApiGateway::Stage",
    "AWS::StepFunctions::StateMachine",
)


def test_empty(check) -> None:
    check(VIEW, NOTHING, "invocation")


def traced(kind: str, **end: str) -> dict[str, str]:
    """One segment of its own, given how it ended."""
    part = "function" if kind == FUNCTION else "segment"
    columns = {"ended_at": "2", **end}
    return NOTHING | {
        "lake.span": f"""
            trace_id | segment_id | span_id | kind | started_at | {" | ".join(columns)}
            t        | a          | a       | {kind} | 1 | {" | ".join(columns.values())}
        """,
        "lake.segment_invocation": f"""
            trace_key | segment_key | invocation | part
            t         | a           | t:a        | {part}
        """,
    }


STATUS = {
    "a service that says nothing": (traced("service"), "unknown", False),
    "an answer of 200": (traced(GATEWAY, http_status="200"), "ok", False),
    "an answer of 404": (traced(GATEWAY, http_status="404", is_error="true"), "ok", True),
    "an answer of 404 without a flag": (traced(GATEWAY, http_status="404"), "ok", True),
    "an answer of 429": (
        traced(GATEWAY, http_status="429", is_error="true", is_throttle="true"),
        "failed",
        False,
    ),
    "an answer of 429 without a flag": (traced(GATEWAY, http_status="429"), "failed", False),
    "an answer of 502": (traced(GATEWAY, http_status="502", is_fault="true"), "failed", False),
    "an answer of 502 without a flag": (traced(GATEWAY, http_status="502"), "failed", False),
    "an error without a status": (traced("service", is_error="true"), "failed", False),
    "a fault without a status": (traced("service", is_fault="true"), "failed", False),
    "a function that ended": (traced(FUNCTION), "ok", False),
    "a function's error": (traced(FUNCTION, is_error="true"), "failed", False),
    "a function's error under a 4xx": (traced(FUNCTION, is_error="true", http_status="400"), "failed", False),
    "a function's fault": (traced(FUNCTION, is_fault="true"), "failed", False),
    "a function in progress": (traced(FUNCTION, ended_at="-", in_progress="true"), "unknown", False),
    "a state machine that ended": (traced(STATES), "ok", False),
    "a state machine in progress": (traced(STATES, ended_at="-", in_progress="true"), "unknown", False),
    "a state machine that failed": (traced(STATES, is_fault="true"), "failed", False),
}


@pytest.mark.parametrize(("given", "status", "is_client_error"), STATUS.values(), ids=STATUS)
def test_status(query, given: dict[str, str], status: str, is_client_error: bool) -> None:
    (row,) = query(VIEW, given)
    assert (row["status"], row["is_client_error"]) == (status, is_client_error)


LAMBDA = """
    trace_id | segment_id | span_id | kind | started_at | ended_at | http_status | is_error | is_throttle | origin
    t | s | s | AWS::Lambda::Function | 1   | 3 | 200 | {service} | AWS::Lambda
    t | f | f | AWS::Lambda::Function | 1.5 | 2 | -   | {function} | AWS::Lambda::Function
"""
OWNERS = """
    trace_key | segment_key | invocation | request_id | part
    t         | s           | r#1        | r          | service
    t         | f           | r#1        | r          | function
"""


def test_two_lambda_segments(check) -> None:
    spans = LAMBDA.format(service="false | false", function="false | false")
    check(VIEW, NOTHING | {"lake.span": spans, "lake.segment_invocation": OWNERS}, """
        invocation | request_id | segment_id | started_at | ended_at | duration_ms | status | is_cold_start
        r#1        | r          | f          | 1.5        | 2        | 500         | ok     | false
    """)  # fmt: skip


def test_service_side_error_counts(check) -> None:
    spans = LAMBDA.format(service="true | true", function="false | false")
    check(VIEW, NOTHING | {"lake.span": spans, "lake.segment_invocation": OWNERS}, """
        invocation | status | is_throttle
        r#1        | failed | true
    """)  # fmt: skip


def test_service_segment_speaks_of_several_attempts_at_once(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | kind                  | started_at | ended_at | http_status | is_error | origin
            t        | s          | s       | AWS::Lambda::Function | 1          | 2        | 202         | true     | AWS::Lambda
            t        | f          | f       | AWS::Lambda::Function | 1          | 2        | -           | true     | AWS::Lambda::Function
            t        | g          | g       | AWS::Lambda::Function | 61         | 62       | -           | false    | AWS::Lambda::Function
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation | request_id | attempt | part
            t         | s           | r#1        | r          | 1       | service
            t         | s           | r#2        | r          | 2       | service
            t         | f           | r#1        | r          | 1       | function
            t         | g           | r#2        | r          | 2       | function
        """,
    }
    check(VIEW, given, """
        invocation | attempt | status
        r#1        | 1       | failed
        r#2        | 2       | ok
    """)  # fmt: skip


def test_service_segment_alone_is_silence(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | kind                  | started_at | ended_at | http_status | origin
            t        | s          | s       | AWS::Lambda::Function | 1          | 2        | 200         | AWS::Lambda
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation | request_id | part
            t         | s           | r#1        | r          | service
        """,
    }
    check(VIEW, given, """
        invocation | started_at | status  | is_cold_start
        r#1        | 1          | unknown | -
    """)  # fmt: skip


def test_logs_alone(check) -> None:
    given = NOTHING | {
        "lake.lambda_log": """
            node | request_id | attempt | started_at | ended_at | duration_ms | init_ms | restore_ms | status  | end_reason | error_type
            fn   | r          | 1       | 1          | 2        | 900         | 50      | -          | failed  | timeout    | -
            fn   | r          | 2       | 60         | 61       | 800         | -       | -          | ok      | -          | -
            fn   | q          | 1       | 60         | 61       | 800         | -       | 40         | ok      | -          | -
            fn   | u          | 1       | 60         | -        | -           | -       | -          | unknown | -          | -
        """
    }
    check(VIEW, given, """
        invocation | node | kind                  | duration_ms | is_cold_start | status  | end_reason
        r#1        | fn   | AWS::Lambda::Function | 900         | true          | failed  | timeout
        r#2        | fn   | AWS::Lambda::Function | 800         | false         | ok      | -
        q#1        | fn   | AWS::Lambda::Function | 800         | true          | ok      | -
        u#1        | fn   | AWS::Lambda::Function | -           | -             | unknown | -
    """)  # fmt: skip


MEETINGS = {
    "log says failed": ("false", "failed", "failed"),
    "trace says failed": ("true", "ok", "failed"),
    "log says nothing": ("false", "unknown", "ok"),
}


@pytest.mark.parametrize(("flag", "log", "status"), MEETINGS.values(), ids=MEETINGS)
def test_trace_and_logs_meet(check, flag: str, log: str, status: str) -> None:
    given = NOTHING | {
        "lake.span": LAMBDA.format(service="false | false", function=f"{flag} | false"),
        "lake.segment_invocation": OWNERS,
        "lake.lambda_log": f"""
            node | request_id | attempt | started_at | duration_ms | billed_ms | log_stream | status
            fn   | r          | 1       | 1          | 450.5       | 451       | s1         | {log}
            fn   | r          | 2       | 70         | 10          | 10        | s2         | ok
        """,
    }
    check(VIEW, given, f"""
        invocation | trace_id | log_stream | started_at | duration_ms | billed_ms | status
        r#1        | t        | s1         | 1.5        | 450.5       | 451       | {status}
        r#2        | -        | s2         | 70         | 10          | 10        | ok
    """)  # fmt: skip


def test_initialisation_in_the_trace_is_a_cold_start(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | kind                  | name           | ordinal | ended_at
            t        | f          | f       | AWS::Lambda::Function | fn             | 0       | 2
            t        | f          | f1      | AWS::Lambda::Function | Initialization | 1       | 1
            t        | g          | g       | AWS::Lambda::Function | fn             | 0       | 2
            t        | h          | h       | service               | x              | 0       | 2
            t        | h          | h1      | service               | Init           | 1       | 2
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation | part
            t         | f           | r#1        | function
            t         | g           | q#1        | function
            t         | h           | t:h        | segment
        """,
    }
    check(VIEW, given, """
        invocation | is_cold_start
        r#1        | true
        q#1        | false
        t:h        | -
    """)  # fmt: skip


def test_exception_in_another_span_of_the_trace(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | ordinal | kind    | is_fault | cause_id | exception_id | exception_type | exception_message
            t        | a          | a       | 0       | service | true     | x1       | -            | -              | -
            t        | a          | a1      | 1       | service | true     | -        | x1           | IOException    | reset
            u        | a          | a       | 0       | service | true     | x1       | -            | -              | -
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation
            t         | a           | t:a
            u         | a           | u:a
        """,
    }
    check(VIEW, given, """
        invocation | error_type  | error_message
        t:a        | IOException | reset
        u:a        | -           | -
    """)  # fmt: skip


def test_virtual_one(check) -> None:
    given = NOTHING | {
        "lake.virtual_invocation": """
            invocation | node   | kind          | trace_id | span_id | started_at | ended_at | status | is_client_error | http_status | operation
            t:i        | bucket | AWS::S3::Bucket | t      | i       | 1          | 1.5      | failed | true            | 404         | GetObject
        """
    }
    check(VIEW, given, """
        invocation | is_virtual | attempt | duration_ms | status | is_client_error | operation
        t:i        | true       | 1       | 500         | failed | true            | GetObject
    """)  # fmt: skip


def test_inferred_and_independent_segments_are_none(check) -> None:
    given = NOTHING | {
        "lake.span": """
            trace_id | segment_id | span_id | kind    | inferred | span_type  | http_status
            t        | a          | a       | service | false    | segment    | 200
            t        | b          | b       | service | false    | subsegment | 500
        """,
        "lake.segment_invocation": """
            trace_key | segment_key | invocation | part
            t         | a           | t:a        | segment
            t         | b           | t:a        | subsegment
        """,
    }
    check(VIEW, given, """
        invocation | status
        t:a        | ok
    """)  # fmt: skip
