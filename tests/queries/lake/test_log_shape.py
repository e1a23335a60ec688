"""Templates whose words take turns are of one shape; what names something is left alone."""

from __future__ import annotations

import pytest

VIEW = "lake.log_shape"
USERS = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"]


def shapes(query, *messages: str) -> dict[str, tuple[str, int]]:
    rows = query(
        VIEW, {"lake.log_record": [{"event_id": f"{n}", "message": m} for n, m in enumerate(messages)]}
    )
    return {row["template"]: (row["shape"], row["records"]) for row in rows}


def test_nothing(query) -> None:
    assert shapes(query) == {}


def test_ten_words_in_one_place_open_it(query) -> None:
    found = shapes(
        query,
        *(f"login of {user} failed after 3 tries" for user in USERS),
        "login of alice failed after 7 tries",
    )
    assert set(found.values()) == {
        ("login of <*> failed after <*> tries", 1),
        ("login of <*> failed after <*> tries", 2),
    }
    assert found["login of alice failed after <*> tries"][1] == 2


def test_nine_do_not(query) -> None:
    found = shapes(query, *(f"login of {user} failed" for user in USERS[:9]))
    assert all(shape == template for template, (shape, _) in found.items())


@pytest.mark.parametrize(
    "text", ["No module named '{}'", "Caused by shop.{}Error here", "lookup of {}.internal failed"]
)
def test_what_names_something_is_another_message(query, text: str) -> None:
    found = shapes(query, *(text.format(user) for user in USERS))
    assert len({shape for shape, _ in found.values()}) == 10


def test_sentences_of_other_words_stay_apart(query) -> None:
    found = shapes(query, *(f"{user} said {user}" for user in USERS))
    assert len({shape for shape, _ in found.values()}) == 10


def test_same_on_eight_threads_and_in_any_order(query) -> None:
    messages = [f"user {user} in {city}" for user in USERS for city in ("Rome", "Oslo")]
    assert shapes(query, *messages) == shapes(query, *reversed(messages))
    assert {shape for shape, _ in shapes(query, *messages).values()} == {
        "user <*> in Rome",
        "user <*> in Oslo",
    }
