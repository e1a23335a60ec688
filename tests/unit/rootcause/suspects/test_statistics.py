"""Small samples say little, large changes much."""

from __future__ import annotations

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from forensics.rootcause.suspects.statistics import (
    best_of,
    change_of_shares,
    median_by_weight,
    upper_decile,
    with_drift,
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


def test_medians_and_deciles_pass_over_outliers():
    assert median_by_weight([(1, 1), (2, 1), (900, 1)]) == 2
    assert median_by_weight([(1, 1), (2, 10), (3, 1)]) == 2
    assert median_by_weight([]) == 0
    assert upper_decile([*range(10), 900]) == 9
    assert upper_decile([]) == 0


def test_the_largest_of_many_is_no_surprise():
    """A hundred z of nothing hold one beyond 2.5; as the best of a hundred it hardly exceeds 3."""
    chance = random.Random(2)
    best = [best_of(max(chance.gauss(0, 1) for _ in range(100)), 100) for _ in range(500)]
    assert sum(z > 3 for z in best) / 500 < 0.02
    assert best_of(20, 100) > 19
    assert best_of(-1, 100) == 0


@given(st.floats(0.1, 30), st.floats(0.1, 30), st.integers(1, 10_000))
def test_a_surer_one_stays_the_surer_one_among_many(one, other, number):
    assert (one < other) == (best_of(one, number) < best_of(other, number)) or math.isclose(one, other)


def test_many_samples_do_not_make_a_drift_a_fault():
    assert with_drift(100, 0.05, 0.1) < 1
    assert with_drift(100, 1.0, 0.1) > 9
    assert with_drift(0, 1.0, 0.1) == with_drift(3, 0.0, 0.1) == 0
