"""How each failure ended in its chain."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import time
from itertools import pairwise

import pytest

VIEW = "chains.ending"


def given(edges: str, states: str, **more: dict[str, object]) -> dict[str, object]:
    """Edges as `a>b` (call) or `a~b` (link); states as `a=failed`, unknown where not told.

    Invocations start in alphabetical order; `more` adds columns to one of them.
    """
    pairs = [
        (edge.split("~"), "link") if "~" in edge else (edge.split(">"), "call") for edge in edges.split()
    ]
    told = dict(state.split("=") for state in states.split())
    names = sorted({name for pair, _ in pairs for name in pair} | set(told))
    return {
        "links.delivery": [],
        "links.edge": [{"caller": a, "callee": b, "kind": kind} for (a, b), kind in pairs],
        "lake.invocation": [
            {"invocation": n, "node": n[0], "status": told.get(n, "unknown"), "started_at": i}
            | more.get(n, {})
            for i, n in enumerate(names)
        ],
    }


VIRTUAL_4XX = {"is_virtual": True, "is_client_error": True}
CLIENT = {"is_client_error": True}
QUEUE = {"is_virtual": True, "operation": "SendMessage"}
BATCH = {"is_virtual": True, "operation": "SendMessageBatch"}

ENDINGS = {
    "nothing failed": (given("a>b", "a=ok b=ok"), ""),
    "the root itself": (given("", "a=failed"), "a surfaced -"),
    "its caller failed too": (given("a>b", "a=failed b=failed"), "a surfaced -; b propagated -"),
    "its caller ended well": (given("a>b", "a=ok b=failed"), "b absorbed a"),
    "nobody says": (given("a>b", "b=failed"), "b surfaced -"),
    "unknown callers between it and a failure": (given("a>b b>c c>d", "a=failed d=failed"), "a surfaced -; d propagated -"),
    "unknown callers between it and a good end": (given("a>b b>c c>d", "a=ok d=failed"), "d absorbed a"),
    "unknown all the way up": (given("a>b b>c c>d", "d=failed"), "d surfaced -"),
    "the nearest that tells decides": (given("a>b b>c", "a=failed b=ok c=failed"), "a surfaced -; c absorbed b"),
    "handed over: its producer does not wait": (given("a~b", "a=ok b=failed"), "b surfaced -"),
    "handed over, and the producer failed of itself": (given("a~b", "a=failed b=failed"), "a surfaced -; b surfaced -"),
    "called by a consumer": (given("a~b b>c", "a=ok b=ok c=failed"), "c absorbed b"),
    "two callers, one failed": (given("a>c b>c", "a=failed b=ok c=failed"), "a surfaced -; c propagated -"),
    "two callers, of one nobody knows": (given("a>c b>c", "a=ok c=failed"), "c surfaced -"),
    "two callers that both handled it": (given("a>c b>c", "a=ok b=ok c=failed"), "c absorbed a"),
    "its caller answered 4xx": (given("a>b", "a=ok b=failed", a=CLIENT), "b surfaced -"),
    "a 4xx to a caller that says nothing": (given("a>b", "b=failed", b=VIRTUAL_4XX), "b unsettled -"),
    "a 4xx to a caller that failed": (given("a>b", "a=failed b=failed", b=VIRTUAL_4XX), "a surfaced -; b propagated -"),
    "a 4xx to a caller that ended well": (given("a>b", "a=ok b=failed", b=VIRTUAL_4XX), "b absorbed a"),
    "a 4xx that the caller passed on": (given("a>b", "a=ok b=failed", a=CLIENT, b=VIRTUAL_4XX), "b unsettled -"),
    "message, then again and well": (given("q~f1 q~f2", "f1=failed f2=ok", q=QUEUE), "f1 retried f2"),
    "message, then again in vain": (given("q~f1 q~f2", "f1=failed f2=failed", q=QUEUE), "f1 surfaced -; f2 surfaced -"),
    "message, well before and not after": (given("q~f1 q~f2", "f1=ok f2=failed", q=QUEUE), "f2 surfaced -"),
    "message, well with another consumer": (given("q~f1 q~g2", "f1=failed g2=ok", q=QUEUE), "f1 surfaced -"),
    "another message of the same call": (given("q~f1 q~f2", "f1=failed f2=ok", q=BATCH), "f1 surfaced -"),
    "request, then again and well": (
        given("a~f1 a~f2", "f1=failed f2=ok", f1={"request_id": "r"}, f2={"request_id": "r"}), "f1 retried f2"),
    "request, then again, known from logs only": (
        given("", "f1=failed f2=ok", f1={"request_id": "r"}, f2={"request_id": "r"}), "f1 retried f2"),
    "another request of the same sender": (
        given("a~f1 a~f2", "f1=failed f2=ok", f1={"request_id": "r"}, f2={"request_id": "s"}), "f1 surfaced -"),
    "three attempts, the last one well": (
        given("", "f1=failed f2=failed f3=ok", f1={"request_id": "r"}, f2={"request_id": "r"}, f3={"request_id": "r"}),
        "f1 retried f3; f2 retried f3"),
    "what a retried one called": (
        given("f1>s", "f1=failed f2=ok s=failed", f1={"request_id": "r"}, f2={"request_id": "r"}),
        "f1 retried f2; s propagated -"),
    "a cycle of callers that say nothing": (given("a>b b>a b>c", "c=failed"), "c surfaced -"),
    "one that calls itself": (given("a>a", "a=failed"), "a surfaced -"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), ENDINGS.values(), ids=ENDINGS)
def test_ending(query, rows: dict[str, object], expected: str) -> None:
    found = sorted(f"{r['invocation']} {r['outcome']} {r['handler'] or '-'}" for r in query(VIEW, rows))
    assert "; ".join(found) == expected


def test_ten_thousand_callers_that_say_nothing(query) -> None:
    names = [f"{n:05}" for n in range(10_000)]
    rows = {
        "links.edge": [{"caller": a, "callee": b} for a, b in pairwise(names)],
        "lake.invocation": [{"invocation": n, "status": "unknown", "started_at": int(n)} for n in names],
    }
    rows["lake.invocation"][0]["status"] = "ok"
    rows["lake.invocation"][-1]["status"] = "failed"
    began = time.monotonic()
    (row,) = query(VIEW, rows)
    assert time.monotonic() - began < 20
    assert (row["outcome"], row["handler"]) == ("absorbed", "00000")


def test_last_attempt_at_the_message_decides_whether_it_was_retried(query) -> None:
    rows = given("", "a1=failed a2=failed a3=failed b1=failed b2=ok")
    delivery = [
        {"message": id[0], "consumer": id, "consumer_node": id[0], "attempt": int(id[1]),
         "outcome": "done" if id == "b2" else "returned"}
        for id in ("a1", "a2", "a3", "b1", "b2")
    ]  # fmt: skip
    found = {row["invocation"]: row for row in query(VIEW, rows | {"links.delivery": delivery})}
    assert {id: row["outcome"] for id, row in found.items()} == {
        "a1": "surfaced", "a2": "surfaced", "a3": "surfaced", "b1": "retried",
    }  # fmt: skip
    assert found["b1"]["handler"] == "b2"


def test_other_message_of_the_batch_does_not_stand_for_the_failed_one(query) -> None:
    rows = given("", "a1=failed a2=ok")
    delivery = [
        {"message": message, "consumer": id, "consumer_node": "a", "attempt": 1, "outcome": "done"}
        for message, id in (("m", "a1"), ("n", "a2"))
    ]
    found = query(VIEW, rows | {"links.delivery": delivery})
    assert [row["outcome"] for row in found] == ["surfaced"]


def test_message_that_came_again_as_its_trace_tells_was_retried_by_the_attempt_that_did_well(check) -> None:
    again = "invocation | node | before\nb | a | a\nc | a | b"
    check(VIEW, given("", "a=failed b=failed c=ok") | {"links.redelivery": again}, """
        invocation | outcome | handler
        a          | retried | c
        b          | retried | c
    """)  # fmt: skip
