"""Edges that the ARN of an execution proves."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "links.execution_arn"
INVOCATIONS = """
    invocation | started_at | ended_at
    f1         | 1          | 2
    x1         | 1.5        | 9
    x2         | 3          | 4
"""
SERVED = "invocation | execution_arn | ended_at | started_at\nx1 | a:x1 | 9 | 1.5\nx2 | a:x2 | 4 | 3\n"


def given(mention: str = "", events: str = "", workflows: str = "") -> dict[str, str]:
    return {
        "lake.invocation": INVOCATIONS, "links.mention": "invocation | value | first_at\n" + mention,
        "links.known_id": "value | what | invocation\nx1 | execution | x1\nx2 | execution | x2\n",
        "lake.workflow_event": "execution_arn | type | map_run_arn | child_execution_arn | occurred_at\n" + events,
        "lake.served_invocation": SERVED,
        "lake.workflow_invocation": "execution_arn | node | map_label | started_at\n" + workflows,
    }  # fmt: skip


def test_empty(check) -> None:
    check(VIEW, given(), "caller")


def test_who_printed_it_started_it(check) -> None:
    check(VIEW, given("f1 | x1 | 1.8\nx2 | x1 | 3.5"), """
        caller | callee | kind
        f1     | x1     | link
    """)  # fmt: skip


def test_history_names_its_child(check) -> None:
    check(VIEW, given(events="a:x1 | TaskSucceeded | - | a:x2 | 4"), """
        caller | callee | kind | candidates
        x1     | x2     | call | 1
    """)  # fmt: skip


def test_map_run_and_its_child_have_one_label(check) -> None:
    run = "arn:aws:states:r:1:mapRun:flow/Rows:u"
    check(VIEW, given(events=f"a:x1 | MapRunStarted | {run} | - | 2", workflows="a:x2 | flow | Rows | 3"), """
        caller | callee | kind | candidates
        x1     | x2     | call | 1
    """)  # fmt: skip
    check(
        VIEW,
        given(events=f"a:x1 | MapRunStarted | {run} | - | 3.5", workflows="a:x2 | flow | Rows | 3"),
        "caller",
    )


def test_child_that_names_its_run_hangs_below_no_other(check) -> None:
    """Two runs of one label were open; without the name it was one of two."""
    runs = "".join(
        f"a:{who} | MapRunStarted | arn:aws:states:r:1:mapRun:flow/Rows:{run} | - | {at}\n"
        for who, run, at in (("x1", "u", 2), ("x3", "v", 2.5))
    )
    tables = given(events=runs, workflows="a:x2 | flow | Rows | 3")
    tables["lake.served_invocation"] += "x3 | a:x3 | 6 | 1\n"
    check(VIEW, tables, "caller | callee | candidates\nx3 | x2 | 2")
    tables["lake.execution"] = "execution_arn | map_run_arn\na:x2 | arn:aws:states:r:1:mapRun:flow/Rows:u\n"
    check(VIEW, tables, "caller | callee | candidates\nx1 | x2 | 1")
    # whose history is not in the case
    tables["lake.execution"] = "execution_arn | map_run_arn\na:x2 | arn:aws:states:r:1:mapRun:flow/Rows:w\n"
    check(VIEW, tables, "caller")
