"""What differs in a value only is one phrase."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forensics.rootcause.suspects.phrases import phrases


def test_values_that_look_like_words_are_cut():
    cities = ["Berlin", "Lima", "Oslo", "Quito", "Rome", "Turin"]
    found = phrases([*(f"ship to {city} now" for city in cities), "ship nothing"])
    assert len({found[f"ship to {city} now"] for city in cities}) == 1
    assert found["ship nothing"] == "ship nothing"


def test_many_sentences_are_no_values_of_one():
    """More lines than a place may take words once were one phrase, and none of them could be missed."""
    said = ["order read", "stock was checked", "mail sent to", "price found", "cart is empty", "user known"]
    assert len(set(phrases(f"INFO {line}" for line in said).values())) == len(said)


def test_few_alternatives_are_different_phrases():
    found = phrases(["cache hit", "cache miss", "cache stale"])
    assert len(set(found.values())) == 3


def test_one_that_ends_where_others_go_on():
    found = phrases(["retry", "retry later", "retry never"])
    assert len(set(found.values())) == 3


def test_nothing():
    assert phrases([]) == {}


@given(st.lists(st.text(max_size=30), max_size=30))
def test_every_template_has_a_phrase_whatever_the_order(templates):
    found = phrases(templates)
    assert set(found) == set(templates)
    assert phrases(reversed(templates)) == found
