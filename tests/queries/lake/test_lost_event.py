"""Events that a function's own queue gave up, of which no record of the function tells."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "lake.lost_event"
LOG = "carrier | node | request_id | status | step | attempts | error_code | error_message | occurred_at | log_group | event_id\n"
OLD = "lambda_async | fn | a | failed | EventAgeExceeded | 0 | - | - | 9 | /dead | e1\n"
NOTHING = {"lake.lambda_log": "request_id", "lake.span": "trace_id", "lake.segment_invocation": "trace_key"}


def test_empty(check) -> None:
    check(VIEW, {**NOTHING, "lake.delivery_log": LOG}, "invocation")


def test_an_event_that_was_too_old_before_it_ran_has_no_end_of_its_own(check) -> None:
    check(VIEW, {**NOTHING, "lake.delivery_log": LOG + OLD + OLD.replace("9", "8").replace("e1", "e2")}, """
        invocation | node | request_id | ended_at | end_reason | error_type       | error_message            | log_group | event_id
        a#1        | fn   | a          | 8        | -          | EventAgeExceeded | given up after 0 attempts | /dead     | e2
    """)  # fmt: skip


def test_what_the_record_tells_of_the_last_attempt_is_how_it_ended(check) -> None:
    rows = """
        lambda_async | fn | b | failed | RetriesExhausted | 3 | KeyError         | 'id'                             | 1 | /dead | e1
        lambda_async | fn | c | failed | RetriesExhausted | 3 | Sandbox.Timedout | -                                | 1 | /dead | e2
        lambda_async | fn | d | failed | RetriesExhausted | 1 | -                | -                                | 1 | /dead | e3
        lambda_async | fn | e | failed | EventAgeExceeded | 2 | -                | -                                | 1 | /dead | e4
        lambda_async | fn | f | ok     | Success          | 1 | -                | -                                | 1 | /dead | e5
        dead_letter  | fn | g | failed | dead_letter      | 0 | -                | -                                | 1 | /dead | e6
    """
    check(VIEW, {**NOTHING, "lake.delivery_log": LOG + rows}, """
        invocation | end_reason | error_type       | error_message
        b#1        | error      | KeyError         | 'id'
        c#1        | timeout    | Sandbox.Timedout | given up after 3 attempts
        d#1        | error      | RetriesExhausted | given up after 1 attempt
    """)  # fmt: skip


def test_who_has_records_of_the_request_tells_of_it_itself(check) -> None:
    """Its lines may lie in a group of another name."""
    for node in ("fn", "shared-group"):
        ran = {"lake.lambda_log": f"request_id | node | attempt\na | {node} | 1"}
        check(VIEW, {**NOTHING, "lake.delivery_log": LOG + OLD, **ran}, "invocation")
    other = {"lake.lambda_log": "request_id | node | attempt\nb | fn | 1"}
    check(VIEW, {**NOTHING, "lake.delivery_log": LOG + OLD, **other}, "invocation\na#1")


def test_it_is_a_failed_invocation_that_keeps_no_records(check) -> None:
    tables = {**NOTHING, "lake.delivery_log": LOG + OLD, "lake.virtual_invocation": "invocation"}
    check("lake.invocation", tables, """
        invocation | node | kind                  | is_virtual | status | started_at | ended_at | error_type       | event_id | log_stream
        a#1        | fn   | AWS::Lambda::Function | true       | failed | 9          | 9        | EventAgeExceeded | e1       | -
    """)  # fmt: skip
    check("links.known_id", tables, """
        value | what       | invocation
        a     | request_id | a#1
    """)  # fmt: skip
