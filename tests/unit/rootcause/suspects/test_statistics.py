"""Small samples say little, large changes much."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from forensics.rootcause.suspects.statistics import (
    change_of_shares,
    median_by_weight,
    spread,
    upper_decile,
)

shares = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 50), min_size=1)


def test_the_same_shares_are_no_change():
    z, moved = change_of_shares({"a": 30, "b": 10}, 40, {"a": 60, "b": 20}, 80)
    assert z < 0
    assert moved == 0


def test_one_outcome_is_no_choice():
    assert change_of_shares({"a": 30}, 30, {"a": 2}, 2) == (0.0, 0.0)


def test_nothing_to_compare_with():
    assert change_of_shares({}, 0, {"a": 2}, 2) == (0.0, 0.0)


def test_more_samples_make_the_same_change_surer():
    few, _ = change_of_shares({"a": 3}, 3, {"b": 2, "a": 1}, 3)
    many, moved = change_of_shares({"a": 30}, 30, {"b": 20, "a": 10}, 30)
    assert many > few + 2
    assert round(moved, 3) == 0.667


def test_z_is_that_of_a_normal_where_nothing_changed():
    """Of two samples of the same coin, z exceeds 1.64 about one time in twenty."""
    chance = random.Random(1)
    beyond = 0
    for _ in range(2_000):
        heads, heads_now = (sum(chance.random() < 0.3 for _ in range(60)) for _ in range(2))
        counts, counts_now = ({"h": n, "t": 60 - n} for n in (heads, heads_now))
        beyond += change_of_shares(counts, 60, counts_now, 60)[0] > 1.64
    assert 0.03 < beyond / 2_000 < 0.08


@given(shares, shares)
def test_order_of_outcomes_does_not_matter(before, now):
    total, total_now = sum(before.values()), sum(now.values())
    backward = [dict(reversed(d.items())) for d in (before, now)]
    assert change_of_shares(before, total, now, total_now) == change_of_shares(
        backward[0], total, backward[1], total_now
    )


def test_medians_and_spreads_pass_over_outliers():
    assert median_by_weight([(1, 1), (2, 1), (900, 1)]) == 2
    assert median_by_weight([(1, 1), (2, 10), (3, 1)]) == 2
    assert median_by_weight([]) == 0
    assert spread([9, 10, 11, 900], 10) < 2
    assert spread([], 0) == 0
    assert upper_decile([*range(10), 900]) == 9
    assert upper_decile([]) == 0
