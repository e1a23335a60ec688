"""An execution as its history tells it."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "lake.workflow_invocation"
EVENTS = "execution_arn | node | execution | number | type | occurred_at | event_id | is_failure | error | cause_message\n"


def given(events: str = "") -> dict[str, str]:
    return {"lake.workflow_event": EVENTS + events}


def test_empty(check) -> None:
    check(VIEW, given(), "invocation")


def test_one_that_succeeded_and_one_that_goes_on(check) -> None:
    check(VIEW, given("""
        x:1 | flow | 1 | 1 | ExecutionStarted   | 1 | e1 | false | - | -
        x:1 | flow | 1 | 2 | ExecutionSucceeded | 5 | e2 | false | - | -
        x:2 | flow | 2 | 1 | ExecutionStarted   | 1 | e3 | false | - | -
    """), """
        invocation | node | started_at | ended_at | status  | error_type | event_id
        x:1        | flow | 1          | 5        | ok      | -          | e2
        x:2        | flow | 1          | -        | unknown | -          | e3
    """)  # fmt: skip


def test_failure_that_was_caught_is_not_how_it_ended(check) -> None:
    check(VIEW, given("""
        x:1 | flow | 1 | 1 | TaskFailed         | 1 | e1 | true  | Boom | why
        x:1 | flow | 1 | 2 | ExecutionSucceeded | 5 | e2 | false | -    | -
        x:2 | flow | 2 | 1 | TaskFailed         | 1 | e3 | true  | Boom | why
        x:2 | flow | 2 | 2 | ExecutionFailed    | 2 | e4 | true  | -    | -
        x:3 | flow | 3 | 2 | ExecutionTimedOut  | 2 | e5 | true  | -    | -
    """), """
        invocation | status | error_type     | error_message
        x:1        | ok     | -              | -
        x:2        | failed | Boom           | why
        x:3        | failed | States.Timeout | -
    """)  # fmt: skip


def test_child_of_a_map_belongs_to_its_state_machine(check) -> None:
    check(VIEW, given("x:1 | flow/Rows | 1 | 1 | ExecutionStarted | 1 | e1 | false | - | -"), """
        invocation | node | map_label
        x:1        | flow | Rows
    """)  # fmt: skip
