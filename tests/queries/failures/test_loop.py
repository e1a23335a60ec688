"""Chains in which a function set itself off."""

from __future__ import annotations

VIEW = "failures.loop"


def given(turns: int, kind: str = "link") -> dict[str, str]:
    pairs = [f"t{n:02} | t{n + 1:02} | fn | fn | {kind}" for n in range(turns - 1)]
    members = [f"root | t{n:02} | {n + 1}" for n in range(turns)]
    return {
        "links.reach": "\n".join(("caller | callee | caller_node | callee_node | kind", *pairs)),
        "chains.member": "\n".join(("chain | invocation | hop", *members)),
    }


def test_empty(check) -> None:
    check(VIEW, given(0), "invocation")


def test_sixteen_turns_are_a_loop_and_fifteen_may_be_meant(check) -> None:
    check(VIEW, given(15), "invocation")
    check(VIEW, given(16), """
        chain | invocation | turns
        root  | t15        | 16
    """)  # fmt: skip


def test_calls_that_it_waited_for_are_no_loop(check) -> None:
    check(VIEW, given(16, "call"), "invocation")


def test_a_circle_ends(check) -> None:
    tables = given(16)
    tables["links.reach"] += "\nt15 | t03 | fn | fn | link"
    check(VIEW, tables, "chain | turns\nroot | 1000")
