"""Where time went: own work, waiting, and the way between two nodes."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "chains.own_time"
WORKS = """
    invocation | node | started_at | ended_at | trace_id
    a          | web  | 0          | 10       | t1
    b          | fn   | 2          | 5        | t1
"""
CALLS = """
    caller | node | started_at | ended_at | trace_id | span_id
"""


def given(works: str, calls: str = "", edges: str = "") -> dict[str, str]:
    return {
        "lake.invocation": works,
        "lake.call": "caller | node | started_at | ended_at | trace_key | span_key\n" + calls,
        "links.edge": "caller | callee | caller_node | callee_node | kind | trace_key | call_key\n" + edges,
    }


def test_nothing(check) -> None:
    check(VIEW, given("invocation | node"), "invocation")


def test_all_time_is_its_own_without_calls(check) -> None:
    check(VIEW, given("invocation | node | started_at | ended_at\na | web | 1 | 3"), """
        invocation | own_us  | duration_us | gap_us | caller
        a          | 2000000 | 2000000     | -      | -
    """)  # fmt: skip


def test_calls_that_overlap_are_waited_for_once(check) -> None:
    calls = "a | x | 1 | 4 | t | s1\na | y | 2 | 3 | t | s2\na | z | 3.5 | 6 | t | s3\na | w | 8 | 9 | t | s4"
    check(
        VIEW,
        given("invocation | started_at | ended_at\na | 0 | 10", calls),
        "invocation | own_us\na | 4000000",
    )


def test_a_call_that_outlives_its_caller_counts_up_to_its_end(check) -> None:
    calls = "a | x | 7 | 25 | t | s1\na | y | 8 | - | t | s2"
    check(
        VIEW,
        given("invocation | started_at | ended_at\na | 0 | 10", calls),
        "invocation | own_us\na | 7000000",
    )


def test_the_way_is_what_the_caller_waited_beyond_the_callee(check) -> None:
    check(VIEW, given(WORKS, "a | fn | 1 | 6.5 | t1 | s1", "a | b | web | fn | call | t1 | s1"), """
        invocation | caller | caller_node | own_us  | gap_us
        a          | -      | -           | 4500000 | -
        b          | a      | web         | 3000000 | 2500000
    """)  # fmt: skip


def test_clocks_that_disagree_give_no_negative_way(check) -> None:
    check(VIEW, given(WORKS, "a | fn | 1 | 2 | t1 | s1", "a | b | web | fn | call | t1 | s1"), """
        invocation | gap_us
        a          | -
        b          | 0
    """)  # fmt: skip


def test_who_only_handed_over_did_not_wait(check) -> None:
    check(VIEW, given(WORKS, "a | fn | 1 | 1.1 | t1 | s1", "a | b | web | fn | link | t1 | s1"), """
        invocation | caller | gap_us
        a          | -      | -
        b          | -      | -
    """)  # fmt: skip


def test_of_a_virtual_node_all_is_the_way(check) -> None:
    works = "invocation | node | started_at | ended_at | is_virtual\na | web | 0 | 10 | false\nv | table | 2 | 5 | true"
    check(VIEW, given(works, "a | table | 2 | 5 | t | s1", "a | v | web | table | call | t | s1"), """
        invocation | own_us  | gap_us
        a          | 7000000 | -
        v          | -       | 3000000
    """)  # fmt: skip


def test_failed_because_a_callee_did(check) -> None:
    works = (
        "invocation | started_at | ended_at | status\na | 0 | 9 | failed\nb | 1 | 2 | failed\nc | 1 | 2 | ok"
    )
    edges = "a | b | n | m | call | - | -\na | c | n | m | call | - | -"
    check(VIEW, given(works, "", edges), """
        invocation | is_failed | is_passed_on
        a          | true      | true
        b          | true      | false
        c          | false     | false
    """)  # fmt: skip
