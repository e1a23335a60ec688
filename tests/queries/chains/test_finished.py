"""Attempts of a container that did well, as their lines tell."""

from __future__ import annotations

import pytest

VIEW = "chains.finished"


def given(last: str = "took order", failed: str = "cannot take order") -> dict[str, str]:
    """One message that went well, and one that failed and came again as `b2`."""
    works = ("a", "took order"), ("b1", failed), ("b2", last)
    return {
        "lake.invocation": "invocation | node | status | started_at\na | n | unknown | 900\n"
        "b1 | n | failed | 100\nb2 | n | unknown | 160",
        "links.wiring": "source | how",
        "links.delivery": (
            "message | consumer | consumer_node | attempt | outcome\nm1 | a | n | 1 | done\n"
            "m2 | b1 | n | 1 | returned\nm2 | b2 | n | 2 | done"
        ),
        "lake.container_invocation": "invocation | work | node | log_group\n"
        + "\n".join(f"{w} | {w} | n | g" for w, _ in works),
        "lake.container_line": "work | event_id | log_group\n"
        + "\n".join(f"{w} | {w} | g" for w, _ in works),
        "lake.log_template": "event_id | log_group | template\n"
        + "\n".join(f"{w} | g | {text}" for w, text in works),
    }


def test_empty(check) -> None:
    check(VIEW, {"lake.invocation": "node", "lake.container_invocation": "node"}, "invocation")


def test_an_attempt_that_says_what_success_says_did_well(check) -> None:
    check(VIEW, given(), "invocation\nb2")


def test_silence_and_what_failures_say_too_are_no_success(check) -> None:
    check(VIEW, given(last="begin"), "invocation")
    check(VIEW, given(failed="took order"), "invocation")


QUEUE = "source | service | how | max_attempts\nq | sqs | dead_letter | {}\n"


@pytest.mark.parametrize(
    ("wiring", "last_at", "did_well"),
    [
        (QUEUE.format(3), 900, True),
        # handed over as often as it may be, it is dead-lettered
        (QUEUE.format(2), 900, False),
        # it may come again yet
        (QUEUE.format(3), 200, False),
        # that queue is read by a function
        (QUEUE.format(3) + "q | sqs | mapping | -", 900, False),
        ("source | how", 900, False),
    ],
)
def test_what_would_have_come_again_and_did_not_was_done(query, wiring, last_at, did_well) -> None:
    rows = given(last="begin")
    rows["lake.invocation"] = rows["lake.invocation"].replace("| 900", f"| {last_at}")
    found = [row["invocation"] for row in query(VIEW, rows | {"links.wiring": wiring})]
    assert found == (["b2"] if did_well else [])


def test_others_that_came_more_often_tell_that_it_would_have(check) -> None:
    rows = given(last="begin")
    rows["links.delivery"] += "".join(f"\nm3 | c{n} | n | {n} | returned" for n in (1, 2, 3))
    rows["lake.invocation"] += "".join(f"\nc{n} | n | failed | {300 + 60 * n}" for n in (1, 2, 3))
    check(VIEW, rows, "invocation\nb2")
