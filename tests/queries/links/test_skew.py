"""Whose clock is off, as calls show that cannot have been so."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "links.skew"


def traced(
    starts: list[float], *, took: float = 0.2, status: str = "200", answered: str = "sync"
) -> dict[str, str]:
    """Calls of `web` at second 10, 20, … that last a second, and when `stock` says that it began."""
    n = range(len(starts))
    return {
        "lake.invocation": "invocation | node | kind | trace_key | started_at | ended_at\n"
        + "".join(f"a{i} | web | AWS::ECS::Container | t | {10 * i} | {10 * i + 9}\n" for i in n)
        + "".join(
            f"b{i} | stock | AWS::ECS::Container | t | {at:.3f} | {at + took:.3f}\n" for i, at in enumerate(starts)
        ),
        "lake.call": "trace_key | span_key | caller | node | kind | answered | http_status | started_at | ended_at\n"
        + "".join(f"t | c{i} | a{i} | stock | remote | {answered} | {status} | {10 * i + 1} | {10 * i + 2}\n" for i in n),
        "links.proof": "caller | callee | kind | trace_key | call_key | candidates\n"
        + "".join(f"a{i} | b{i} | call | t | c{i} | 1\n" for i in n),
    }  # fmt: skip


def starts(off: float, n: int = 5) -> list[float]:
    return [10 * i + 1 + off + 0.01 * (i % 3) for i in range(n)]


def test_empty_and_clocks_that_agree(query) -> None:
    assert query(VIEW, {}) == []
    assert query(VIEW, traced(starts(0.1))) == []


def test_callee_that_begins_before_the_call_is_behind(check) -> None:
    check(VIEW, traced(starts(-3)), """
        node  | against | offset_ms | spread_ms | observations | how
        stock | web     | -3390     | 20        | 5            | trace
    """)  # fmt: skip


def test_callee_that_begins_after_the_answer_is_ahead(query) -> None:
    (row,) = query(VIEW, traced(starts(5)))
    assert (row["node"], float(row["offset_ms"])) == ("stock", 4610.0)
    # without an answer nobody knows whether it was waited for
    assert query(VIEW, traced(starts(5), status="-")) == []
    assert query(VIEW, traced(starts(-3), answered="async")) == []


def test_work_that_goes_on_after_the_answer_is_no_skew(query) -> None:
    assert query(VIEW, traced(starts(0.5), took=4)) == []


def test_a_few_calls_that_cannot_have_been_are_no_clock(query) -> None:
    assert query(VIEW, traced(starts(-3, 4))) == []
    assert query(VIEW, traced([*starts(-3, 4), *starts(0.1, 9)[4:]])) == []


def told(off: list[float], kind: str = "AWS::ECS::Container") -> dict[str, str]:
    """Calls of `pdf` to a host that nobody answers, and lines of `billing` with the same id."""
    n = range(len(off))
    return {
        "lake.invocation": "invocation | node | kind | trace_key | started_at | ended_at\n"
        + "".join(f"a{i} | pdf | AWS::Lambda::Function | t | {600 + 10 * i} | {609 + 10 * i}\n" for i in n)
        + "".join(
            f"b{i} | billing | {kind} | - | {601.2 + 10 * i + by:.3f} | {601.4 + 10 * i + by:.3f}\n"
            for i, by in enumerate(off)
        ),
        "lake.call": "trace_key | span_key | caller | node | kind | answered | http_status | started_at | ended_at\n"
        + "".join(f"t | c{i} | a{i} | bill.internal | remote | - | 200 | {601 + 10 * i} | {602 + 10 * i}\n" for i in n),
        "links.mention": "invocation | value\n" + "".join(f"a{i} | ord-{i}\nb{i} | ord-{i}\n" for i in n),
    }  # fmt: skip


def test_lines_the_same_minutes_before_calls_to_one_host_are_of_a_clock_that_is_behind(check) -> None:
    check(VIEW, told([-187, -187.1, -186.9, -187, -187]), """
        node    | against | offset_ms | spread_ms | observations | how
        billing | pdf     | -187200   | 200       | 5            | correlation
    """)  # fmt: skip


def test_lines_at_all_times_before_are_work_that_came_before(query) -> None:
    assert query(VIEW, told([-187, -180, -190, -184, -200])) == []


def test_lines_within_the_calls_are_in_time(query) -> None:
    assert query(VIEW, told([0, 0.1, 0.2, 0, 0])) == []


def test_who_is_fed_or_called_by_others_waited_for_its_turn(query) -> None:
    tables = told([-187.0] * 5)
    assert query(VIEW, tables | {"links.source": "node | source\nbilling | orders\n"}) == []
    assert query(VIEW, tables | {"links.reach": "caller | callee | callee_node\nx | y | billing\n"}) == []


def test_order_is_by_the_callers_clock(query) -> None:
    """Three minutes behind, it would be taken for the one that began it all."""
    tables = told([-187.0] * 5) | {"lake.shared_value": "value\n" + "".join(f"ord-{i}\n" for i in range(5))}
    rows = {row["invocation"]: row["started_at"] for row in query("links.common", tables)}
    assert all(rows[f"a{i}"] < rows[f"b{i}"] for i in range(5))
