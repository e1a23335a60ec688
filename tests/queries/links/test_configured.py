"""Edges of configuration and time, where nothing else is left."""

from __future__ import annotations

import pytest

VIEW = "links.configured"
EDGE = "links.edge"
# a writes to the queue that b takes from
WAY = "caller_node | callee_node | source | is_guess\na | b | q | false\n"


def given(invocations: str, way: str = WAY, **more: str) -> dict[str, str]:
    head = "invocation | node | started_at | ended_at | trace_id\n"
    return {"lake.invocation": head + invocations, "links.feeder": way} | {
        f"links.{name}" if "." not in name else name: rows for name, rows in more.items()
    }


def test_empty_and_without_a_way(check) -> None:
    check(VIEW, {}, "caller")
    check(VIEW, given("a1 | a | 1 | 2 | -\nb1 | b | 3 | 4 | -", way="caller_node"), "caller")


def test_who_began_last_before_it_sent(check) -> None:
    rows = "a1 | a | 1 | 2 | -\nb1 | b | 3 | 4 | -\na2 | a | 5 | 6 | -\n"
    check(VIEW, given(rows), "caller | callee | kind | candidates\na1 | b1 | link | 1")


def test_all_that_began_in_the_ten_seconds_before_are_candidates(check) -> None:
    rows = "a0 | a | 0 | 1 | -\na1 | a | 4 | 5 | -\na2 | a | 8 | 9 | -\nb1 | b | 11 | 12 | -\n"
    check(VIEW, given(rows), "caller | callee | candidates\na2 | b1 | 2")


def test_one_message_has_one_taker(check) -> None:
    rows = "a1 | a | 1 | 2 | -\nb1 | b | 3 | 4 | -\nb2 | b | 4 | 5 | -\n"
    check(VIEW, given(rows), "caller | callee | candidates\na1 | b1 | 1")


def test_what_a_record_or_an_id_tells_of_is_not_guessed_at(check) -> None:
    rows = "a1 | a | 1 | 2 | -\na2 | a | 2 | 3 | -\nb1 | b | 3 | 4 | -\nb2 | b | 4 | 5 | -\n"
    known = {
        "reach": "caller | callee | caller_node | callee_node\na2 | b2 | a | b",
        "trace_parent": "caller | callee | kind\na2 | b2 | link",
    }
    check(VIEW, given(rows, **known), "caller | callee | candidates\na1 | b1 | 1")
    both = known | {"correlated": "caller | callee | kind\na1 | b1 | link"}
    check(VIEW, given(rows, **both), "caller")


def test_whose_message_is_presumed_to_be_taken_sent_no_other(check) -> None:
    rows = "a1 | a | 1 | 2 | -\nb1 | b | 3 | 4 | -\nb2 | b | 5 | 6 | -\n"
    taken = {"presumed": "caller | callee\na1 | b1"}
    check(VIEW, given(rows, **taken), "caller")


def test_whose_trace_names_no_call_to_the_queue_sent_nothing(check) -> None:
    rows = "a1 | a | 1 | 2 | t1\na2 | a | 2 | 3 | t2\nb1 | b | 4 | 5 | -\n"
    calls = {"lake.call": "caller | node\na1 | q\na2 | stock"}
    check(VIEW, given(rows, **calls), "caller | callee | candidates\na1 | b1 | 1")


@pytest.mark.parametrize(("ended_at", "rows"), [("5", "a1 | b1 | call | 1\n"), ("2.5", "")])
def test_who_calls_waits_for_the_answer(check, ended_at, rows) -> None:
    tables = given(f"a1 | a | 1 | {ended_at} | -\nb1 | b | 3 | 4 | -\n", way="caller_node")
    tables["links.integration"] = "caller | callee | how\na | b | integration\n"
    check(VIEW, tables, f"caller | callee | kind | candidates\n{rows}")


def test_of_callers_those_that_still_waited_are_candidates(check) -> None:
    rows = "a1 | a | 0 | 9 | -\na2 | a | 1 | 2 | -\na3 | a | 2 | 9 | -\nb1 | b | 3 | 4 | -\n"
    tables = given(rows, way="caller_node") | {"links.integration": "caller | callee\na | b\n"}
    check(VIEW, tables, "caller | callee | candidates\na3 | b1 | 2")


def test_edge_is_never_exact(query) -> None:
    (row,) = query(EDGE, given("a1 | a | 1 | 2 | -\nb1 | b | 3 | 4 | -\n"))
    assert (row["evidence"], row["basis"], row["candidates"]) == ("configured", "time", 1)
    assert 0.5 <= row["confidence"] <= 0.94
    many = "".join(f"a{n} | a | {n / 10} | 1 | -\n" for n in range(10, 50))
    assert query(EDGE, given(f"{many}b1 | b | 6 | 7 | -\n")) == []


def test_every_kind_of_edge_has_its_share(query) -> None:
    """A kind without a row from one candidate on would lose its edges."""
    rows = query("links.share", {})
    first = {row["basis"] for row in rows if row["candidates"] == 1}
    assert first == {row["basis"] for row in rows}
    assert first == {
        "record", "id, way proven", "id, way configured", "id, habit 100", "id, habit 120", "id, habit 200",
        "trace, habit", "presumed", "time",
    }  # fmt: skip
    assert {r["basis"] for r in rows if r["confidence"] >= 0.95} <= {
        "record",
        "id, way proven",
        "id, way configured",
    }
