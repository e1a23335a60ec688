"""A message that a container complained of and that came again was handed back; an error alone says nothing."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

VIEW = "lake.container_return"
ANSWER = "work | log_group | http_status\n"


def given(*lines: str, answered: str = "") -> dict[str, str]:
    """Each line: work, event, time, stream's node, request, level, message id."""
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return {
        "lake.container_line": "work | event_id | log_group | timestamp | node | request_id | level\n"
        + "".join(f"{w} | {e} | g | {t} | {n} | {r} | {level}\n" for w, e, t, n, r, level, _ in cells),
        "lake.log_value": "log_group | event_id | timestamp | value | is_message\n"
        + "".join(f"g | {e} | {t} | {v} | true\n" for _, e, t, _, _, _, v in cells),
        "lake.log_record": "log_group | event_id | message | exception_message\n"
        + "".join(f"g | {e} | left for redelivery | denied\n" for _, e, *_ in cells),
        "lake.container_answer": ANSWER + answered,
    }


TWICE = (
    "a1 | a1 | 1 | n | - | INFO | m",
    "a1 | a2 | 2 | n | - | ERROR | m",
    "b1 | b1 | 61 | n | - | INFO | m",
    "b1 | b2 | 62 | n | - | ERROR | m",
)


def test_an_error_about_a_message_that_never_came_again_is_no_failure(check) -> None:
    check(VIEW, given(), "work")
    check(VIEW, given(*TWICE[:2]), "work")


def test_a_message_that_came_again_was_handed_back_and_the_last_attempt_ended_alike(check) -> None:
    check(VIEW, given(*TWICE), """
        work | value | event_id | error_message
        a1   | m     | a2       | denied
        b1   | m     | b2       | denied
    """)  # fmt: skip


@pytest.mark.parametrize("last", ["b1 | b3 | 63 | n | - | INFO | m", "b1 | b3 | 63 | n | - | - | m"])
def test_a_last_attempt_that_goes_on_after_its_error_may_have_done_well(check, last: str) -> None:
    check(VIEW, given(*TWICE, last), "work | event_id\na1 | a2")


def test_a_later_attempt_without_an_error_is_none(check) -> None:
    check(VIEW, given(*TWICE[:3]), "work | event_id\na1 | a2")


@pytest.mark.parametrize(("first", "second"), [
    # an error over a message of another's, another node's, or of requests of their own
    ("a1 | a2 | 2 | n | - | ERROR | m", "b1 | b2 | 62 | n | - | ERROR | o"),
    ("a1 | a2 | 2 | n | - | ERROR | m", "b1 | b2 | 62 | p | - | ERROR | m"),
    ("a1 | a2 | 2 | n | r1 | ERROR | m", "b1 | b2 | 62 | n | r2 | ERROR | m"),
    # warned of alone
    ("a1 | a2 | 2 | n | - | WARN | m", "b1 | b2 | 62 | n | - | WARN | m"),
    # sent by the service that could not take it later, and once
    ("a1 | a2 | 2 | n | - | INFO | m", "b1 | b2 | 62 | n | - | ERROR | m"),
])  # fmt: skip
def test_what_did_not_come_again_was_not_handed_back(check, first: str, second: str) -> None:
    check(VIEW, given(first, second), "work")


def test_who_answers_a_request_about_a_message_takes_none(check) -> None:
    check(VIEW, given(*TWICE, answered="a1 | g | 404\nb1 | g | 404"), "work")


def test_of_a_batch_nothing_tells_which_was_handed_back(check) -> None:
    check(VIEW, given(*TWICE, "a1 | a3 | 3 | n | - | INFO | o"), "work | event_id\nb1 | b2")
