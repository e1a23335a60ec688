"""Nodes whose failures lie within another's."""

from __future__ import annotations

VIEW = "failures.nested"


def given(*rows: tuple[str, float, float], edges: str = "", status: str = "failed") -> dict[str, str]:
    return {
        "lake.invocation": "invocation | node | status | started_at | ended_at | is_virtual\n" + "".join(
            f"{node}{n} | {node} | {status} | {start} | {end} | false\n"
            for n, (node, start, end) in enumerate(rows)
        ),
        "links.edge": "caller | callee\n" + edges,
    }  # fmt: skip


def pairs(count: int, every: float = 60, longer: float = 0.2) -> list[tuple[str, float, float]]:
    """Each failure of `fn` lies within one of `door`."""
    starts = [every * n for n in range(count)]
    return [r for at in starts for r in (("door", at, at + 0.2 + longer), ("fn", at + 0.1, at + 0.2))]


def test_empty_and_a_few(check) -> None:
    check(VIEW, given(), "caller_node")
    check(VIEW, given(*pairs(4)), "caller_node")
    check(VIEW, given(*pairs(8), status="ok"), "caller_node")


def test_failures_that_always_lie_within_anothers(check) -> None:
    check(VIEW, given(*pairs(5), ("fn", 1000, 1000.1), *pairs(15)), """
        caller_node | callee_node | failed | inside
        door        | fn          | 21     | 20
    """)  # fmt: skip


def test_one_that_began_later_and_was_over_does_not_hide_the_one_around(check) -> None:
    short = [("door", 60 * n + 0.05, 60 * n + 0.06) for n in range(8)]
    check(VIEW, given(*pairs(8), *short), """
        caller_node | callee_node | failed | inside
        door        | fn          | 8      | 8
    """)  # fmt: skip


def test_two_that_fail_at_any_time_do_not_nest(check) -> None:
    check(VIEW, given(*pairs(8, every=2, longer=1.8)), "caller_node")
    check(VIEW, given(*pairs(8, longer=10)), "caller_node")


def test_who_has_a_caller_or_an_explanation_is_no_part_of_it(check) -> None:
    rows = pairs(6)
    tied = "".join(f"x | {node}{n}\n" for n, (node, *_) in enumerate(rows) if node == "fn")
    check(VIEW, given(*rows, edges=tied), "caller_node")
    other = [("other", 60 * n + 0.15, 60 * n + 0.16) for n in range(6)]
    explained = "".join(f"door{2 * n} | other{12 + n}\n" for n in range(6))
    check(VIEW, given(*rows, *other, edges=explained), "caller_node")
