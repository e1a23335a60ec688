"""A message that came again, told by its trace."""

from __future__ import annotations

VIEW = "links.redelivery"
SOURCE = "node | source | returns_after_s\nfn | q | 60"


def given(*rows: str, source: str = SOURCE) -> dict[str, str]:
    header = "invocation | node | trace_id | started_at"
    return {"lake.invocation": "\n".join((header, *rows)), "links.source": source}


def test_empty(check) -> None:
    check(VIEW, given(), "invocation")


def test_an_attempt_follows_the_last_one_that_the_queue_had_hidden(check) -> None:
    rows = "a | fn | t | 10", "b | fn | t | 70.3", "c | fn | t | 131"
    check(VIEW, given(*rows), """
        invocation | node | before
        b          | fn   | a
        c          | fn   | b
    """)  # fmt: skip


def test_two_messages_of_one_trace_are_not_attempts_at_one(check) -> None:
    check(VIEW, given("a | fn | t | 10", "b | fn | t | 11"), "invocation")


def test_another_trace_another_node_and_no_trace_say_nothing(check) -> None:
    rows = "a | fn | t | 10", "b | fn | u | 70", "c | gn | t | 70", "d | fn | - | 75", "e | fn | - | 150"
    check(VIEW, given(*rows), "invocation")


def test_who_takes_from_no_queue_is_not_handed_the_same_again(check) -> None:
    source = "node | source | returns_after_s\nfn | topic | -"
    check(VIEW, given("a | fn | t | 10", "b | fn | t | 90", source=source), "invocation")
