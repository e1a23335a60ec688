"""A job that a state machine ran and waited for, as the history of its execution tells it."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "lake.workflow_job"
EVENTS = "execution_arn | number | previous_number | type | occurred_at | resource_type | resource | target | error | cause_type | cause_message\n"
SCHEDULED = "x | 3 | 2 | TaskScheduled | 1 | ecs | runTask.sync | rows | - | - | -\n"
STARTED = "x | 4 | 3 | TaskStarted | 1.1 | ecs | runTask.sync | - | - | - | -\nx | 5 | 4 | TaskSubmitted | 1.2 | ecs | runTask.sync | - | - | - | -\n"
FAILED = "x | 6 | 5 | TaskFailed | 9 | ecs | runTask.sync | - | States.TaskFailed | TaskFailedToStart | no address\n"
AGAIN = "x | 7 | 6 | TaskScheduled | 20 | ecs | runTask.sync | rows | - | - | -\nx | 8 | 7 | TaskStarted | 21 | ecs | runTask.sync | - | - | - | -\n"


def given(events: str = "", traced: str = "-") -> dict[str, str]:
    return {
        "lake.workflow_event": EVENTS + events,
        "lake.served_invocation": f"invocation | execution_arn | traced\ni | x | {traced}",
    }


def test_empty(check) -> None:
    check(VIEW, given(), "invocation")


def test_each_attempt_is_one_and_ends_as_the_last_event_of_it_says(check) -> None:
    check(VIEW, given(SCHEDULED + STARTED + FAILED + AGAIN + "x | 9 | 8 | TaskSucceeded | 30 | ecs | runTask.sync | - | - | - | -"), """
        invocation | caller | node | kind                | started_at | ended_at | status | error_type        | error_message
        x#3        | i      | rows | AWS::ECS::Container | 1          | 9        | failed | TaskFailedToStart | no address
        x#7        | i      | rows | AWS::ECS::Container | 20         | 30       | ok     | -                 | -
    """)  # fmt: skip


def test_one_that_was_refused_and_one_that_still_runs(check) -> None:
    refused = "x | 4 | 3 | TaskFailed | 2 | ecs | runTask.sync | - | ECS.AccessDeniedException | - | no\n"
    check(VIEW, given(SCHEDULED + refused), """
        invocation | status | ended_at | error_type
        x#3        | failed | 2        | ECS.AccessDeniedException
    """)  # fmt: skip
    check(VIEW, given(SCHEDULED + STARTED), "invocation | status | ended_at\nx#3 | unknown | -")


def test_an_event_that_is_here_twice_is_one(check) -> None:
    check(VIEW, given((SCHEDULED + STARTED + FAILED) * 2), "invocation | status\nx#3 | failed")


def test_what_is_not_waited_for_or_has_records_of_its_own_is_none(check) -> None:
    check(VIEW, given(SCHEDULED.replace("runTask.sync", "runTask")), "invocation")
    check(VIEW, given(SCHEDULED.replace("ecs | runTask.sync", "lambda | invoke")), "invocation")
    check(
        VIEW, given(SCHEDULED.replace("ecs | runTask.sync", "states | startExecution.sync:2")), "invocation"
    )


def test_the_trace_of_an_execution_tells_of_its_calls_itself(check) -> None:
    check(VIEW, given(SCHEDULED + STARTED + FAILED, traced="t:s"), "invocation")


def test_the_task_of_ecs_that_it_was(check) -> None:
    rows = given(SCHEDULED + STARTED + FAILED)
    head, *lines = rows["lake.workflow_event"].strip().split("\n")
    told = [f"{line} | {'t1' if 'Submitted' in line else '-'}" for line in lines]
    check(
        VIEW,
        rows | {"lake.workflow_event": "\n".join([f"{head} | task_id", *told])},
        "invocation | task_id\nx#3 | t1",
    )
