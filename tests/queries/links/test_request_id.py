"""Edges that a request id proves, where the traces do not meet."""

from __future__ import annotations

VIEW = "links.request_id"
CALLS = "caller | request_id | answered | ended_at | trace_key | span_key\n"
INVOCATIONS = """
    invocation | request_id | started_at | is_virtual
    r#1        | r          | 1.5        | false
    r#2        | r          | 62         | false
    t:v        | r          | 1.5        | true
    t:a        | -          | 1          | false
"""


def given(calls: str) -> dict[str, str]:
    return {"lake.call": CALLS + calls, "lake.invocation": INVOCATIONS}


def test_empty(check) -> None:
    check(VIEW, given(""), "caller")


def test_attempt_within_the_call_and_one_after_it(check) -> None:
    check(VIEW, given("t:a | r | request_id | 2 | t | a1"), """
        caller | callee | kind | trace_key | call_key
        t:a    | r#1    | call | t         | a1
        t:a    | r#2    | link | t         | a1
    """)  # fmt: skip


def test_call_whose_end_is_not_known_waits(check) -> None:
    check(VIEW, given("t:a | r | request_id | - | t | a1"), """
        callee | kind
        r#1    | call
        r#2    | call
    """)  # fmt: skip


def test_door_that_writes_whole_seconds_waited_for_what_began_in_the_last_of_them(check) -> None:
    door = "invocation | request_id | integration_request_id | ended_at\nd#1 | d | r | {}"
    for ended_at, kind in ((1.1, "call"), (0.4, "link")):
        check(VIEW, given("") | {"lake.door_invocation": door.format(ended_at)}, f"""
            caller | callee | kind
            d#1    | r#1    | {kind}
            d#1    | r#2    | link
        """)  # fmt: skip


def test_answers_of_another_sort_null_ids_and_oneself(check) -> None:
    calls = (
        "t:a | r | sync | 2 | t | a1\nt:a | - | request_id | 2 | t | a2\nr#1 | r | request_id | 100 | t | a3"
    )
    check(VIEW, given(calls), """
        caller | callee
        r#1    | r#2
    """)  # fmt: skip
