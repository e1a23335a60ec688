"""One row per pair, with its strongest proof."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "links.edge"
INVOCATIONS = """
    invocation | node
    a          | web
    q          | queue
    b          | worker
    c          | stock
"""
PARENT = "caller | callee | kind | trace_key | call_key\n"
LINK = "caller | callee | kind\n"


def given(parent: str = "", link: str = "", request: str = "") -> dict[str, str]:
    return {
        "lake.invocation": INVOCATIONS, "links.trace_parent": PARENT + parent,
        "links.trace_link": LINK + link, "links.request_id": PARENT + request,
    }  # fmt: skip


def test_empty(check) -> None:
    check(VIEW, given(), "caller")


def test_one(check) -> None:
    check(VIEW, given("a | b | call | t | a1"), """
        caller | callee | caller_node | callee_node | kind | evidence     | confidence | candidates | trace_key | call_key
        a      | b      | web         | worker      | call | trace_parent | 1          | 1          | t         | a1
    """)  # fmt: skip


def test_strongest_proof_wins(check) -> None:
    check(VIEW, given("a | b | link | - | -", "a | b | link\na | c | link", "a | b | call | t | a1\na | c | call | t | a2"), """
        caller | callee | kind | evidence
        a      | b      | link | trace_parent
        a      | c      | link | trace_link
    """)  # fmt: skip


def test_two_calls_of_one_pair_are_one_edge(check) -> None:
    check(VIEW, given("a | b | call | t | a1\na | b | call | t | a2"), """
        caller | callee
        a      | b
    """)  # fmt: skip


def test_direct_link_is_dropped_where_the_way_through_the_queue_is_known(check) -> None:
    check(VIEW, given("a | q | call | t | a1", "q | b | link\na | b | link\na | c | link"), """
        caller | callee | kind
        a      | q      | call
        q      | b      | link
        a      | c      | link
    """)  # fmt: skip


def test_direct_call_stays_beside_the_way_through_the_queue(check) -> None:
    check(VIEW, given("a | q | call | t | a1\na | b | call | t | a2", "q | b | link"), """
        caller | callee | kind
        a      | q      | call
        q      | b      | link
        a      | b      | call
    """)  # fmt: skip


def test_edge_to_nobody_is_none(check) -> None:
    check(VIEW, given("a | gone | call | t | a1\ngone | b | call | t | a1"), "caller | callee")


def test_a_record_that_fits_several_callers_is_worth_one_in_so_many(check) -> None:
    """Two runs of one map at a time: a child names the map, not the run."""
    given_ = {
        "links.execution_arn": "caller | callee | kind | candidates\na | b | call | 2\na | c | call | 1"
    }
    check(VIEW, {"lake.invocation": INVOCATIONS} | given_, """
        caller | callee | evidence      | confidence | candidates
        a      | b      | execution_arn | 0.5        | 2
        a      | c      | execution_arn | 1          | 1
    """)  # fmt: skip
