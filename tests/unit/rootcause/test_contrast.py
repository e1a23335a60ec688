"""What failing chains have in common."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forensics.rootcause.contrast import _ranked, _worst, lift, split_by

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


def counted(value, bad, good, totals=(20, 400)):
    return {
        "about": "i", "dimension": "customer", "value": value, "bad": bad, "good": good,
        "bad_total": totals[0], "good_total": totals[1],
    }  # fmt: skip


def test_of_many_values_one_always_stands_out():
    """A value that one failing chain has and no healthy one is an accident, not a lift of a hundred."""
    rows = [counted("only one", 1, 0), counted("two", 2, 0), counted("acme", 15, 100)]
    assert [c.value for c in _ranked(rows)["i"]] == ["acme"]


def test_the_surest_comes_first_and_what_all_have_is_none():
    rows = [counted("some", 8, 60), counted("most", 20, 40), counted("all", 20, 400)]
    assert [c.value for c in _ranked(rows)["i"]] == ["most", "some"]


class Told:
    """A lake with the chains and the own times of one dimension."""

    def __init__(self, chains, own):
        self.chains, self.own = chains, own

    def rows(self, sql, _):
        return self.own if "chains.worked" in sql else self.chains


def test_the_zone_that_is_slow_comes_first_though_nothing_fails_and_chains_hide_it():
    """Fifty milliseconds of sixteen seconds: no chain is slow, and the node is."""
    chains = [
        {
            "dimension": "zone of stock",
            "value": zone,
            "chains": n,
            "failed": 0,
            "p50_ms": 16000,
            "p99_ms": 21000,
        }
        for zone, n in (("a", 200), ("b", 100), ("c", 200))
    ]
    own = [
        {"dimension": "zone of stock", "value": zone, "ran": n, "own_p50_ms": ms, "slow": slow}
        for zone, n, ms, slow in (("a", 200, 9, 1), ("b", 100, 58, 48), ("c", 200, 9, 1))
    ]
    found = split_by(Told(chains, own), "zone of ")
    assert [row["value"] for row in found] == ["b", "a", "c"]
    assert found[0]["slow_low"] > 20
    assert _worst(found[1]) < 1


def test_few_chains_of_which_none_failed_are_not_the_worst():
    chains = [
        {"dimension": "region", "value": value, "chains": n, "failed": failed, "p50_ms": 1, "p99_ms": 1}
        for value, n, failed in (("rare", 2, 0), ("bad", 90, 9), ("good", 900, 9))
    ]
    assert [row["value"] for row in split_by(Told(chains, []), "region")] == ["bad", "good", "rare"]
