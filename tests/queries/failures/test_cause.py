"""What was thrown first, below what a failing invocation's exception says of it."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json

VIEW = "failures.cause"
OUTER, MIDDLE, INNER = (
    {"id": "1", "type": "TransactionException", "message": "could not open it", "cause": "2"},
    {"id": "2", "type": "JDBCConnectionException", "message": "no connection", "cause": "3"},
    {"id": "3", "type": "SQLTransientConnectionException", "message": "the pool is empty"},
)


def given(lines: str = "", exceptions: str = "", chain=(), error_type: str = "TransactionException") -> dict:
    span = {
        "trace_id": "t", "segment_id": "t", "span_id": "t0", "ordinal": 0,
        "exception_type": error_type, "exceptions": json.dumps(list(chain)),
    }  # fmt: skip
    return {
        "failures.member": "chain | invocation | hop\na | a | 0",
        "lake.invocation": f"invocation | node | status | error_type | trace_key | segment_key\na | fn | failed | {error_type} | t | t",
        "failures.line": "invocation | log_group | event_id | timestamp | level | exception_type\n" + lines,
        "lake.log_exception": "log_group | event_id | ordinal | exception_type | exception_message\n" + exceptions,
        "lake.span": [span] if chain else [],
    }  # fmt: skip


def test_the_end_of_a_segments_chain_of_causes(check) -> None:
    check(
        VIEW,
        given(chain=[OUTER, MIDDLE, INNER]),
        "invocation | cause_type | cause_message\na | SQLTransientConnectionException | the pool is empty",
    )


def test_an_exception_beside_it_that_it_does_not_wrap_is_no_cause(check) -> None:
    alone = {name: value for name, value in OUTER.items() if name != "cause"}
    check(VIEW, given(chain=[alone, INNER]), "invocation | cause_type | cause_message")


def test_causes_that_go_in_circles_have_no_end(check) -> None:
    check(VIEW, given(chain=[OUTER, MIDDLE | {"cause": "1"}]), "invocation | cause_type | cause_message")


def test_the_last_line_that_reports_it_comes_before_its_segment(check) -> None:
    lines = (
        "a | g | e1 | 1 | ERROR | TransactionException\na | g | e2 | 2 | ERROR | TransactionException\n"
        "a | g | e3 | 3 | WARN | TransactionException\na | g | e4 | 4 | ERROR | Other"
    )
    exceptions = "\n".join(
        f"g | e{n} | {ordinal} | Cause{n}{ordinal} | told in {n}"
        for n in (1, 2, 3, 4)
        for ordinal in (1, 2, 3)
    )
    check(
        VIEW,
        given(lines, exceptions, [OUTER, MIDDLE, INNER]),
        "invocation | cause_type | cause_message\na | Cause23 | told in 2",
    )
