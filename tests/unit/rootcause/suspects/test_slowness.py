"""What several elements say together about a node."""

from __future__ import annotations

import pytest

from forensics.rootcause.suspects.habits import Habit, Outcome
from forensics.rootcause.suspects.slowness import Element, slowness


def own(node, shift, variance=0.04, operation="GET /"):
    return Element("own", node, operation, "", 20, shift, variance, "t")


def way(caller, node, shift, variance=0.04):
    return Element("way", node, "GET /", caller, 20, shift, variance, "t")


def test_what_each_operation_says_faintly_all_together_say_surely():
    one = slowness([own("a", 0.3)])["a"].score
    many = slowness([own("a", 0.3, operation=f"GET /{n}") for n in range(4)])["a"].score
    assert one == pytest.approx(1.5)
    assert many == pytest.approx(3.0)


def test_an_operation_that_is_known_badly_speaks_softly():
    known, guessed = own("a", 0.0), own("a", 3.0, variance=4.0, operation="GET /once")
    assert slowness([known, guessed])["a"].score < slowness([own("a", 0.4), guessed])["a"].score
    assert slowness([known, guessed])["a"].score < 1


def test_a_slow_way_is_the_callees_unless_other_ways_of_the_caller_are_slow_too():
    alone = slowness([way("web", "stock", 1.0)])
    assert alone["stock"].score > alone["web"].score

    both = slowness([way("web", "stock", 1.0), way("web", "users", 1.0)])
    assert both["web"].score > both["stock"].score

    other = slowness([way("web", "stock", 1.0), way("web", "users", 0.0)])
    assert other["stock"].score > other["web"].score


def test_what_became_faster_is_no_fault():
    assert slowness([own("a", -1.0)])["a"].score == 0
    assert slowness([own("a", -1.0)])["a"].elements == ()
    assert slowness([]) == {}


def test_a_new_error_line_is_compared_among_errors():
    """Only its appearance is: that an error is no longer logged is a habit like others."""
    error = ("a", "GET /", "line", "times", "ERROR no <*>")
    appeared = Habit(*error, Outcome("1", 0.0, 0.3), Outcome("0", 1.0, 0.7), 3.0, 0.3, 20, "t")
    gone = Habit(*error, Outcome("0", 0.7, 1.0), Outcome("1", 0.3, 0.0), 3.0, 0.3, 20, "t")
    said = Habit("a", "GET /", "line", "times", "INFO <*>", appeared.gained, appeared.lost, 3.0, 0.3, 20, "t")
    assert [habit.complains for habit in (appeared, gone, said)] == [True, False, False]
