"""Edges that the id of a message, an event or its request proves."""

from __future__ import annotations

VIEW = "links.message_id"
INVOCATIONS = """
    invocation | node | is_virtual | request_id | started_at | ended_at
    p1         | p    | false      | rp         | 1          | 2
    q1         | q    | true       | -          | 1.5        | 1.6
    c1         | c    | false      | rc         | 3          | 4
    c2         | c    | false      | rd         | 63         | 64
"""


def given(
    known: str = "", mention: str = "", log: str = "", carried: str = "", call: str = ""
) -> dict[str, str]:
    return {
        "lake.invocation": INVOCATIONS, "links.known_id": "value | what | invocation\n" + known,
        "links.mention": "invocation | value | first_at | is_message\n" + mention,
        "lake.delivery_log": "carrier | message_id | target_request_id\n" + log,
        "lake.carried_message": "invocation | message | request_id | is_traced\n" + carried,
        "lake.call": "caller | request_id\n" + call,
    }  # fmt: skip


def test_empty(check) -> None:
    check(VIEW, given(), "caller")


def test_queue_hands_to_every_one_that_prints_the_id(check) -> None:
    check(VIEW, given("m | message_id | q1", "c1 | m | 3.1 | true\nc2 | m | 63.1 | true"), """
        caller | callee | kind | evidence
        q1     | c1     | link | message_id
        q1     | c2     | link | message_id
    """)  # fmt: skip


def test_who_printed_it_before_the_carrier_had_it_sent_it(check) -> None:
    check(VIEW, given("m | message_id | q1", "p1 | m | 1.9 | true"), """
        caller | callee | kind | evidence
        p1     | q1     | call | message_id
    """)  # fmt: skip


def test_two_lines_alone_tell_of_a_message_and_not_of_any_value(check) -> None:
    lines = "p1 | m | 1.9 | true\nc1 | m | 3.1 | false\np1 | v | 1.9 | false\nc1 | v | 3.1 | false"
    check(VIEW, given(mention=lines), """
        caller | callee | kind | evidence
        p1     | c1     | link | message_id
    """)  # fmt: skip


def test_second_attempt_has_not_its_message_from_the_first(check) -> None:
    check(VIEW, given(mention="c1 | m | 3.1 | true\nc2 | m | 63.1 | true"), "caller")


def test_pipe_names_the_request_that_it_made(check) -> None:
    log = "carrier | delivery_id | target_request_id\npipe | x1 | rc\nsns | x1 | rd"
    check(VIEW, given(carried="q1 | x1 | - | false") | {"lake.delivery_log": log}, """
        caller | callee | kind | evidence
        q1     | c1     | link | request_id
    """)  # fmt: skip


def test_topic_names_the_request_that_it_started_and_a_call_the_bus(check) -> None:
    check(VIEW, given(log="sns | m | rc", carried="q1 | m | rq | false", call="p1 | rq"), """
        caller | callee | kind | evidence
        p1     | q1     | call | request_id
        q1     | c1     | link | request_id
    """)  # fmt: skip
