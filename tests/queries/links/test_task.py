"""Attempts of a state machine's tasks, and children of its distributed maps."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "links.task"
R1, R2 = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
INVOCATIONS = f"""
    invocation | node | request_id | started_at | is_virtual
    a:x        | flow | -          | 0          | false
    {R1}#1     | book | {R1}       | 1          | false
    {R2}#1     | book | {R2}       | 4          | false
"""
EVENT = "execution_arn | number | previous_number | type | occurred_at | state_name | iteration | target | target_request_id | cause | child_execution_arn\n"
ENTERED = "a:x | 2 | 0 | TaskStateEntered | 0.5 | Book | - | - | - | - | -\n"
FIRST = "a:x | 3 | 2 | TaskScheduled | 0.6 | - | - | book | - | - | -\na:x | 4 | 3 | TaskStarted | 0.7 | - | - | - | - | - | -\n"
DONE = f"a:x | 5 | 4 | TaskSucceeded | 2 | - | - | - | {R1} | - | -\n"
FAILED = f"a:x | 5 | 4 | TaskFailed | 2 | - | - | - | - | RequestId: {R1} Error: gone | -\n"
AGAIN = "a:x | 6 | 5 | TaskScheduled | 3.9 | - | - | book | - | - | -\na:x | 7 | 6 | TaskStarted | 3.9 | - | - | - | - | - | -\n"
EXPECTED = "state | item | producer | consumer | consumer_node | attempt | outcome | failed_at | evidence\n"


def given(events: str = "", *, ended: str = "9", reach: str = "", **tables: str) -> dict[str, str]:
    return {
        "lake.workflow_event": EVENT + events, "lake.invocation": INVOCATIONS,
        "lake.served_invocation": f"invocation | execution_arn | node | ended_at | status\na:x | a:x | flow | {ended} | ok\n",
        "lake.workflow_invocation": "execution_arn | node | map_label\n",
        "links.reach": "caller | callee | callee_node | carrier\n" + reach,
        "links.correlated": "caller | callee\n", "links.execution_arn": "caller | callee\n",
    } | tables  # fmt: skip


def test_empty(check) -> None:
    check(VIEW, given(), "task")


def test_its_answer_names_who_took_it(check) -> None:
    check(
        VIEW,
        given(ENTERED + FIRST + DONE),
        EXPECTED + f"Book | - | a:x | {R1}#1 | book | 1 | done | - | proof",
    )


def test_a_task_whose_entry_is_not_here_is_no_message(check) -> None:
    check(VIEW, given(FIRST + DONE), "state | outcome\nbook | done")
    check(VIEW, given(FIRST.replace("book", "-")), "state | outcome\n? | expired")


def test_an_event_that_is_here_twice_is_one(check) -> None:
    check(VIEW, given((ENTERED + FIRST + DONE) * 2), "attempt | outcome\n1 | done")


def test_a_retry_is_the_next_attempt_at_the_same_task(check) -> None:
    check(VIEW, given(ENTERED + FIRST + FAILED + AGAIN + f"a:x | 8 | 7 | TaskSucceeded | 5 | - | - | - | {R2} | - | -"), f"""
        task  | consumer | attempt | outcome  | failed_at
        a:x#3 | {R1}#1   | 1       | returned | 2
        a:x#3 | {R2}#1   | 2       | done     | -
    """)  # fmt: skip


def test_what_failed_at_last_is_given_up_once_its_execution_is_over(check) -> None:
    check(VIEW, given(ENTERED + FIRST + FAILED), "attempt | outcome | failed_at\n1 | expired | 2")
    check(VIEW, given(ENTERED + FIRST + FAILED, ended="-"), "attempt | outcome | failed_at\n1 | returned | 2")


def test_a_task_without_an_end_ends_with_its_execution(check) -> None:
    check(VIEW, given(ENTERED + FIRST), EXPECTED + "Book | - | a:x | - | book | 1 | expired | 9 | proof")
    check(VIEW, given(ENTERED + FIRST, ended="-"), EXPECTED + "Book | - | a:x | - | book | 1 | - | - | proof")


def test_state_entered_anew_is_another_task(check) -> None:
    anew = "a:x | 6 | 5 | TaskStateExited | 2 | Book | - | - | - | - | -\na:x | 7 | 6 | TaskStateEntered | 3 | Book | - | - | - | - | -\n"
    check(VIEW, given(ENTERED + FIRST + DONE + anew + f"a:x | 8 | 7 | LambdaFunctionScheduled | 3.9 | - | - | book | - | - | -\na:x | 9 | 8 | LambdaFunctionFailed | 5 | - | - | - | - | {{\"requestId\":\"{R2}\"}} | -"), f"""
        task  | state | consumer | attempt | outcome
        a:x#3 | Book  | {R1}#1   | 1       | done
        a:x#8 | Book  | {R2}#1   | 1       | expired
    """)  # fmt: skip


MAPPED = """a:x | 1 | 0 | MapStateStarted | 0.1 | - | - | - | - | - | -
a:x | 10 | 1 | MapIterationStarted | 0.2 | Rows | 7 | - | - | - | -
a:x | 11 | 10 | PassStateEntered | 0.3 | Look | - | - | - | - | -
a:x | 12 | 11 | PassStateExited | 0.3 | Look | - | - | - | - | -
a:x | 13 | 12 | TaskStateEntered | 0.4 | Book | - | - | - | - | -
a:x | 14 | 13 | TaskScheduled | 0.5 | - | - | book | - | - | -
"""
AFTER = """a:x | 15 | 14 | TaskSucceeded | 1.5 | - | - | - | - | - | -
a:x | 16 | 15 | MapIterationSucceeded | 1.6 | Rows | 7 | - | - | - | -
a:x | 17 | 16 | MapStateSucceeded | 1.7 | - | - | - | - | - | -
a:x | 18 | 17 | MapStateExited | 1.7 | All | - | - | - | - | -
a:x | 19 | 18 | TaskStateEntered | 1.8 | Tell | - | - | - | - | -
a:x | 20 | 19 | TaskScheduled | 1.9 | - | - | tell | - | - | -
"""


def test_item_of_an_inline_map_and_none_after_the_map(check) -> None:
    check(VIEW, given(MAPPED), "state | item | consumer_node\nBook | 7 | book")
    check(VIEW, given(MAPPED + AFTER), "state | item | outcome\nBook | 7 | done\nTell | - | expired")


def test_where_no_id_is_told_the_known_callee_belongs_to_the_attempt_that_was_open(check) -> None:
    """Its first attempt was over when the second function began; of a stranger's callee nothing is said."""
    failed = "a:x | 5 | 4 | TaskTimedOut | 2 | - | - | - | - | - | -\n"
    reach = f"a:x | {R1}#1 | book | -\na:x | {R2}#1 | book | -\n"
    check(VIEW, given(ENTERED + FIRST + failed + AGAIN, reach=reach), f"""
        consumer | attempt | outcome
        {R1}#1   | 1       | returned
        {R2}#1   | 2       | expired
    """)  # fmt: skip
    reach = f"a:y | {R1}#1 | book | -\na:x | {R2}#1 | other | -\n"
    check(VIEW, given(ENTERED + FIRST + failed + AGAIN, reach=reach), """
        consumer | attempt | outcome
        -        | 1       | returned
        -        | 2       | expired
    """)  # fmt: skip


def test_a_callee_was_taken_by_one_of_two_branches(check) -> None:
    other = "a:x | 22 | 0 | TaskStateEntered | 0.5 | Twin | - | - | - | - | -\na:x | 23 | 22 | TaskScheduled | 0.9 | - | - | book | - | - | -\n"
    check(VIEW, given(ENTERED + FIRST + other, reach=f"a:x | {R1}#1 | book | -\n"), f"""
        state | consumer
        Book  | -
        Twin  | {R1}#1
    """)  # fmt: skip


def test_a_child_of_a_distributed_map_has_one_run(check) -> None:
    tables = {
        "lake.served_invocation": "invocation | execution_arn | node | ended_at | status\na:x | a:x | flow | 9 | ok\na:c | a:c | flow | 5 | failed\n",
        "lake.workflow_invocation": "execution_arn | node | map_label\na:c | flow | Rows\n",
        "links.execution_arn": "caller | callee | candidates\na:x | a:c | 2\nf | a:c | 1\n",
    }
    check(
        VIEW,
        given(**tables),
        "task | " + EXPECTED + "a:c | Rows | - | a:x | a:c | flow | 1 | expired | 5 | configured",
    )


def test_a_task_that_starts_an_execution_is_taken_by_it(check) -> None:
    served = "invocation | execution_arn | node | ended_at\na:x | a:x | flow | 9\na:c | a:c | sub | 5\n"
    done = "a:x | 5 | 4 | TaskSucceeded | 2 | - | - | - | - | - | a:c\n"
    tables = {
        "lake.served_invocation": served,
        "lake.invocation": INVOCATIONS + "a:c | sub | - | 1 | false\n",
    }
    check(
        VIEW, given(ENTERED + FIRST + done, **tables), "consumer | consumer_node | outcome\na:c | sub | done"
    )


def test_events_that_follow_each_other_in_a_circle_end(check) -> None:
    check(
        VIEW,
        given(
            "a:x | 3 | 4 | TaskScheduled | 1 | - | - | book | - | - | -\na:x | 4 | 3 | TaskFailed | 2 | - | - | - | - | - | -"
        ),
        "task",
    )
