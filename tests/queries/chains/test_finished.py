"""Attempts of a container that did well, as their lines tell."""

from __future__ import annotations

VIEW = "chains.finished"


def given(last: str = "took order", failed: str = "cannot take order") -> dict[str, str]:
    """One message that went well, and one that failed and came again as `b2`."""
    works = ("a", "took order"), ("b1", failed), ("b2", last)
    return {
        "lake.invocation": "invocation | node | status\na | n | unknown\nb1 | n | failed\nb2 | n | unknown",
        "links.delivery": (
            "consumer | consumer_node | attempt | outcome\na | n | 1 | done\nb1 | n | 1 | returned\n"
            "b2 | n | 2 | done"
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
