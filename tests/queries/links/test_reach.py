"""Callers and callees, whatever carriers stand between them; and the nodes' routes."""

from __future__ import annotations

VIEW = "links.reach"
INVOCATIONS = """
    invocation | node  | is_virtual
    p          | shop  | false
    bus        | bus   | true
    q          | queue | true
    c          | work  | false
"""


def given(proof: str = "") -> dict[str, str]:
    return {"lake.invocation": INVOCATIONS, "links.proof": "caller | callee | kind\n" + proof}


def test_empty_and_nobody_behind_the_queue(check) -> None:
    check(VIEW, given(), "caller")
    check(VIEW, given("p | q | call"), "caller")


def test_over_two_carriers(check) -> None:
    check(VIEW, given("p | bus | call\nbus | q | link\nq | c | link"), """
        caller | callee | caller_node | callee_node | carrier | through | kind
        p      | c      | shop        | work        | queue   | q       | link
    """)  # fmt: skip


def test_way_through_a_carrier_tells_more_than_one_without(check) -> None:
    check(VIEW, given("p | c | link\np | q | call\nq | c | link"), """
        caller | callee | carrier | kind
        p      | c      | queue   | link
    """)  # fmt: skip


def test_cycle_ends(check) -> None:
    check(VIEW, given("p | q | call\nq | p | link"), "caller")


def test_route(check) -> None:
    check("links.route", given("p | c | call"), """
        caller_node | callee_node | kind | pairs
        shop        | work        | call | 1
    """)  # fmt: skip
