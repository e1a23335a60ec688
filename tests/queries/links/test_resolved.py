"""Calls to host names that configuration resolves, and who answered them as far as times tell."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

VIEW = "links.resolved"
EDGE = "links.edge"
ALIAS = "host | name | node | kind | how\nstock.shop.example | stock.shop.example | stock | AWS::ApiGateway::Stage | configured\n"
CALLER = "a | web | g | 0.5 | 9.5 | -\n"
HEAD = "call | callee | host | node\n"
FOUND = HEAD + "t:c1 | b1 | stock.shop.example | stock"


def given(
    answers: str,
    calls: str = "a | c1 | 1.1 | 2.9 | false | 200\n",
    url: str = "https://Stock.shop.example:8443/items/7",
    **more: str,
) -> dict[str, str]:
    """`answers` are invocations `name | node | log group | from | until | status`, `calls` are
    `caller | span | from | until | failed | status`."""
    rows = [[cell.strip() for cell in line.split("|")] for line in calls.splitlines()]
    return {
        "lake.invocation": "invocation | node | log_group | started_at | ended_at | http_status\n" + CALLER + answers,
        "lake.call": "trace_key | span_key | caller | kind | started_at | ended_at | is_failed | http_status\n"
        + "".join(f"t | {c} | {a} | remote | {s} | {e} | {f} | {h}\n" for a, c, s, e, f, h in rows),
        "lake.virtual_invocation": "invocation | node | kind | trace_key | call_key | http_status\n"
        + "".join(f"t:{c} | stock.shop.example | remote | t | {c} | {h}\n" for _, c, _, _, _, h in rows),
        "lake.span": "trace_key | span_key | url\n" + "".join(f"t | {row[1]} | {url}\n" for row in rows),
        "links.alias": ALIAS, "links.proof": "caller | callee\n", "links.correlated": "caller | callee\n",
        "links.presumed": "caller | callee\n", "links.answer": "call\n", "links.skew": "node | offset_ms\n",
    } | {f"links.{name}": rows for name, rows in more.items()}  # fmt: skip


ONE = "b1 | stock | g | 1.3 | 2.5 | 200\n"


def test_empty_and_nobody_there(check) -> None:
    check(VIEW, given("", ""), "call")
    check(VIEW, given(""), "call")


def test_the_only_one_that_ran_within_the_call(check) -> None:
    check(VIEW, given(ONE), FOUND)
    check(VIEW, given(ONE, url="-"), FOUND)
    check(VIEW, given(ONE, url="https://other.shop.example/"), "call")


def test_who_began_before_or_ended_after_did_not_answer(check) -> None:
    check(VIEW, given("b1 | stock | g | 1.05 | 2.5 | 200\n"), "call")
    check(VIEW, given("b1 | stock | g | 1.3 | 3.2 | 200\n"), "call")


def test_of_two_that_began_within_it_nothing_is_said(check) -> None:
    check(VIEW, given(ONE + "b2 | stock | g | 1.4 | 2.4 | 200\n"), "call")
    check(VIEW, given(ONE + "b2 | stock | g | 1.4 | 4.4 | 200\n"), "call")


def test_of_two_calls_that_hold_it_nothing_is_said(check) -> None:
    two = "a | c1 | 1.1 | 2.9 | false | 200\na | c2 | 1.2 | 2.8 | false | 200\n"
    check(VIEW, given(ONE, two), "call")


@pytest.mark.parametrize("known", ["proof", "correlated", "presumed"])
def test_whose_caller_is_known_is_out_of_it(check, known) -> None:
    told = {known: "caller | callee\nx | b2\n"}
    check(VIEW, given(ONE + "b2 | stock | g | 1.4 | 2.4 | 200\n", **told), FOUND)
    check(VIEW, given(ONE, **{known: "caller | callee\nx | b1\n"}), "call")


def test_a_call_that_is_answered_for_asks_nobody_else(check) -> None:
    check(VIEW, given(ONE, proof="caller | callee\nt:c1 | x\n"), "call")
    check(VIEW, given(ONE, answer="call\nt:c1\n"), "call")


def test_who_gave_up_left_somebody_running(check) -> None:
    gave_up = "a | c1 | 1.1 | 2.9 | true | -\n"
    check(VIEW, given("b1 | stock | g | 1.3 | 4.5 | 504\n", gave_up), FOUND)
    check(VIEW, given(ONE, gave_up), "call")


def test_another_status_is_another_answer(check) -> None:
    check(VIEW, given("b1 | stock | g | 1.3 | 2.5 | 503\n"), "call")
    check(VIEW, given("b1 | stock | g | 1.3 | 2.5 | -\n"), FOUND)


def test_traces_alone_may_be_a_sample(check) -> None:
    check(VIEW, given("b1 | stock | - | 1.3 | 2.5 | 200\n"), "call")


def test_a_door_that_tells_whole_seconds_does_not_say_when(check) -> None:
    check(VIEW, given("b1 | stock | g | 2 | 2.5 | 200\n"), "call")


def test_clocks_that_are_off_are_corrected(check) -> None:
    check(
        VIEW, given("b1 | stock | g | 31.3 | 32.5 | 200\n", skew="node | offset_ms\nstock | 30000\n"), FOUND
    )
    check(VIEW, given("b1 | stock | g | 1.3 | 2.5 | 200\n", skew="node | offset_ms\nstock | 30000\n"), "call")


def test_a_learned_name_is_read_elsewhere(check) -> None:
    check(VIEW, given(ONE, alias=ALIAS.replace("configured", "learned")), "call")


def test_edge_is_configured_and_never_exact(query) -> None:
    tables = given(ONE, integration="caller | callee | how\nweb | stock | integration\n")
    tables["lake.invocation"] += "t:c1 | stock.shop.example | - | 1.1 | 2.9 | 200\n"
    (row,) = query(EDGE, tables)
    assert (row["caller"], row["callee"], row["kind"]) == ("t:c1", "b1", "call")
    assert (row["evidence"], row["candidates"]) == ("configured", 1)
    assert 0.5 <= row["confidence"] < 0.95
