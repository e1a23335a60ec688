"""Nothing but a common id: who of those that had it before is named as the caller."""

from __future__ import annotations

VIEW = "links.correlated"
COMMON = "value | evidence | invocation | node | started_at | ended_at | is_partial\n"
ROUTE = "caller_node | callee_node | kind\n"
FEEDER = "caller_node | callee_node | source | is_guess\n"
REACH = "caller | callee | caller_node | callee_node | kind\n"


def given(
    common: str = "", route: str = "", feeder: str = "", reach: str = "", source: str = ""
) -> dict[str, str]:
    return {
        "links.common": COMMON + common, "links.route": ROUTE + route, "links.feeder": FEEDER + feeder,
        "links.reach": REACH + reach, "links.source": "node\n" + source,
    }  # fmt: skip


def test_empty_and_one(check) -> None:
    check(VIEW, given(), "caller")
    check(VIEW, given("v1 | correlation | a1 | a | 1 | 2 | false"), "caller")


TWO = """
v1 | correlation | a1 | a | 1   | 2   | false
v1 | correlation | x1 | x | 1.2 | 9   | false
v1 | correlation | b1 | b | 1.5 | 1.6 | false
"""


def test_proven_route_decides_before_whoever_began_last(check) -> None:
    check(VIEW, given(TWO, "a | b | call", reach="q | x1 | q | x | call"), """
        caller | callee | kind | evidence    | candidates | basis
        a1     | b1     | call | correlation | 1          | proven
    """)  # fmt: skip


def test_call_that_had_ended_is_no_caller(check) -> None:
    rows = "v1 | correlation | a1 | a | 1 | 2 | false\nv1 | correlation | b1 | b | 3 | 4 | false\n"
    found = given(rows, "a | b | call")
    check(VIEW, found, """
        caller | callee | basis
        a1     | b1     | habit
    """)  # fmt: skip


def test_link_may_begin_after_its_producer_ended(check) -> None:
    rows = "v1 | correlation | a1 | a | 1 | 2 | false\nv1 | correlation | b1 | b | 300 | 301 | false\n"
    check(VIEW, given(rows, "a | b | link"), """
        caller | callee | kind | basis
        a1     | b1     | link | proven
    """)  # fmt: skip


def test_one_write_makes_one_message(check) -> None:
    rows = """
v1 | correlation | a1 | a | 1 | 2 | false
v1 | correlation | b1 | b | 3 | 4 | false
v1 | correlation | b2 | b | 9 | 10 | false
"""
    check(VIEW, given(rows, feeder="a | b | table | false"), """
        caller | callee | kind | basis
        a1     | b1     | link | configured
    """)  # fmt: skip


def test_batch_has_a_caller_for_each_of_its_values(check) -> None:
    rows = """
v1 | correlation | a1 | a | 1 | 2 | false
v2 | correlation | a2 | a | 1 | 2 | false
v1 | correlation | b1 | b | 5 | 6 | false
v2 | correlation | b1 | b | 5 | 6 | false
t1 | trace_header | b1 | b | 5 | 6 | false
t1 | trace_header | z1 | z | 4 | 7 | false
"""
    reach = "".join(f"q | {id} | q | {id[0]} | call\n" for id in ("a1", "a2", "z1"))
    check(VIEW, given(rows, "a | b | link", reach=reach), """
        caller | callee
        a1     | b1
        a2     | b1
    """)  # fmt: skip


def test_who_has_a_proven_caller_needs_no_other(check) -> None:
    check(VIEW, given(TWO, "a | b | call", reach="a1 | b1 | a | b | call\na1 | x1 | a | x | call"), "caller")


def test_container_whose_line_came_last_may_have_begun_before(check) -> None:
    rows = """
t1 | trace_header | c1 | c | 2.1 | 2.1 | true
t1 | trace_header | b1 | b | 1.5 | 2   | false
"""
    check(VIEW, given(rows, "c | b | call", reach="b1 | c1 | b | c | call"), """
        caller | callee | basis
        c1     | b1     | proven
    """)  # fmt: skip


def test_whom_it_called_itself_did_not_call_it(check) -> None:
    """The caller's first line may come after the callee's end, and no way leads back."""
    rows = """
t1 | trace_header | b1 | b | 1 | 2 | false
t1 | trace_header | c1 | c | 3 | 3 | true
"""
    check(VIEW, given(rows, "c | b | call"), """
        caller | callee | basis
        c1     | b1     | proven
    """)  # fmt: skip
    check(VIEW, given(rows), """
        caller | callee | basis
        b1     | c1     | habit
    """)  # fmt: skip


def test_habit_prefers_whom_the_node_follows_most_evenly(check) -> None:
    rows = "".join(
        f"v{n} | correlation | a{n} | a | {n * 100} | {n * 100 + 1} | false\n"
        f"v{n} | correlation | x{n} | x | {n * 100 + 2 + n} | {n * 100 + 3 + n} | false\n"
        f"v{n} | correlation | b{n} | b | {n * 100 + 20} | {n * 100 + 21} | false\n"
        for n in range(1, 5)
    )
    reached = "".join(f"q | a{n} | q | a | call\nq | x{n} | q | x | call\n" for n in range(1, 5))
    check(VIEW, given(rows, reach=reached), """
        caller | callee | basis
        a1     | b1     | habit
        a2     | b2     | habit
        a3     | b3     | habit
        a4     | b4     | habit
    """)  # fmt: skip


def test_whom_records_show_called_alone_was_not_handed_over_to(check) -> None:
    """b follows a most evenly, but x was waiting; who takes messages may follow anybody."""
    rows = "".join(
        f"v{n} | correlation | a{n} | a | {n * 100} | {n * 100 + 1} | false\n"
        f"v{n} | correlation | x{n} | x | {n * 100 + 2 + n * n} | {until} | false\n"
        f"v{n} | correlation | b{n} | b | {n * 100 + 20} | {n * 100 + 21} | false\n"
        for n, until in ((1, 130), (2, 220.5), (3, 320.5), (4, 420.5))
    )
    reached = "".join(f"q | a{n} | q | a | call\nq | x{n} | q | x | call\n" for n in range(1, 5))
    handed = "caller | callee | kind\n" + "".join(f"a{n} | b{n} | link\n" for n in range(1, 5))
    check(VIEW, given(rows, reach=reached), handed)
    called = "caller | callee\n" + "".join(f"x{n} | b{n}\n" for n in range(1, 5))
    check(VIEW, given(rows, "other | b | call", reach=reached), called)
    check(VIEW, given(rows, "other | b | call", reach=reached, source="b\n"), handed)
    check(VIEW, given(rows, "other | b | call\nmore | b | link", reach=reached), handed)
