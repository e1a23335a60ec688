"""What failing chains have in common."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forensics.rootcause.contrast import lift

few = st.integers(0, 40)


def test_once_in_each_says_nothing():
    ratio, low = lift(1, 3, 1, 300)
    assert ratio > 50
    assert lift(1, 300, 1, 300) < (1.01, 1)
    assert low < ratio / 3


def test_all_of_the_one_and_none_of_the_other():
    _, low = lift(40, 40, 0, 200)
    assert low > 10


@given(few, few, few, few)
def test_at_least_is_less(bad, good, more_bad, more_good):
    ratio, low = lift(bad, bad + more_bad, good, good + more_good)
    assert 0 < low <= ratio
