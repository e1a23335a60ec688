"""Edges that a link between two traces proves."""

from __future__ import annotations

VIEW = "links.trace_link"
SPANS = """
    trace_id | segment_id | span_id | call_key | ordinal
    t        | a          | a       | -        | 0
    t        | a          | a1      | a1       | 1
    u        | b          | b       | -        | 0
    v        | c          | c       | -        | 0
"""
OWNERS = """
    trace_key | segment_key | invocation
    t         | a           | t:a
    u         | b           | r#1
    v         | c           | q#1
"""
LINK = "trace_id | span_id | linked_trace_id | linked_span_id | reference_type\n"


def given(links: str, virtual: str = "") -> dict[str, str]:
    return {
        "lake.span": SPANS, "lake.segment_invocation": OWNERS, "lake.link": LINK + links,
        "lake.virtual_invocation": "invocation | trace_key | call_key | is_missing\n" + virtual,
    }  # fmt: skip


def test_empty(check) -> None:
    check(VIEW, given(""), "caller")


def test_parent_and_child_say_the_same_from_either_end(check) -> None:
    expected = """
        caller | callee | kind
        t:a    | r#1    | link
    """
    check(VIEW, given("u | b | t | a | parent"), expected)
    check(VIEW, given("t | a | u | b | child"), expected)
    check(VIEW, given("u | b | t | a | parent\nt | a | u | b | child"), expected)


def test_queue_that_a_call_fed_is_the_sender(check) -> None:
    queue = "t:q | t | a1 | false"
    expected = """
        caller | callee
        t:q    | r#1
    """
    check(VIEW, given("u | b | t | a1 | parent", queue), expected)
    check(VIEW, given("t | a1 | u | b | child", queue), expected)


def test_call_without_a_queue_is_its_invocation(check) -> None:
    check(VIEW, given("u | b | t | a1 | parent"), """
        caller | callee
        t:a    | r#1
    """)  # fmt: skip


def test_one_message_to_two_and_a_batch_of_two(check) -> None:
    check(VIEW, given("u | b | t | a | parent\nv | c | t | a | parent\nv | c | u | b | parent"), """
        caller | callee
        t:a    | r#1
        t:a    | q#1
        r#1    | q#1
    """)  # fmt: skip


def test_link_to_a_span_that_is_not_there(check) -> None:
    missing = "x:y | x | - | true"
    check(VIEW, given("u | b | x | y | parent", missing), """
        caller | callee
        x:y    | r#1
    """)  # fmt: skip
    check(VIEW, given("u | b | x | y | child", missing), """
        caller | callee
        r#1    | x:y
    """)  # fmt: skip


def test_link_to_itself(check) -> None:
    check(VIEW, given("u | b | u | b | parent"), "caller | callee")


def test_link_of_a_span_that_is_not_there(check) -> None:
    check(VIEW, given("w | z | t | a | parent"), "caller | callee")
