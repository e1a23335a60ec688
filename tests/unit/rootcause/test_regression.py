"""What became slower: where in time, by how much, and at whom it began."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pytest

from forensics.model import Node
from forensics.rootcause.regression.origins import origins
from forensics.rootcause.regression.pace import Course, Element, quantile_us
from forensics.rootcause.regression.scan import Slower, slower, slower_since

NOON = datetime(2026, 1, 1, 12)
TYPICAL = 200_000.0


def element(node: str, of: str = "own", caller: str = "") -> Element:
    return Element(of, node, "AWS::Lambda::Function", "", caller)


def course(octaves: list[list[int]]) -> Course:
    """One list of eighths of an octave a minute."""
    slices = tuple(
        (NOON + timedelta(minutes=n), NOON + timedelta(minutes=n + 1)) for n in range(len(octaves))
    )
    return Course(slices, tuple(Counter(of) for of in octaves))


def drawn(rng: Random, minutes: int, each: int, shift: dict[int, int] | None = None) -> Course:
    """Log-normal times around 20 ms, `shift` eighths higher in some minutes."""
    octaves = [
        [round(rng.gauss(115, 4)) + (shift or {}).get(minute, 0) for _ in range(each)]
        for minute in range(minutes)
    ]
    return course(octaves)


def test_healthy_courses_are_not_slower_in_95_of_100() -> None:
    """Thirty elements each, as many as a small account has."""
    false = 0
    for seed in range(100):
        rng = Random(seed)
        found = {element(f"n{n}"): drawn(rng, 40, rng.choice((1, 3, 10))) for n in range(30)}
        false += bool(slower(found, TYPICAL))
    assert false <= 5


@pytest.mark.parametrize("shift", [8, 16])
def test_twice_as_long_is_found_with_its_beginning_and_end(shift: int) -> None:
    for seed in range(20):
        found = {element(f"n{n}"): drawn(Random(seed + n), 40, 3) for n in range(10)}
        found[element("slow")] = drawn(Random(seed), 40, 8, dict.fromkeys(range(15, 30), shift))
        (hit,) = slower(found, TYPICAL)
        assert hit.element.node == "slow"
        assert not hit.lasts
        assert abs(hit.since - (NOON + timedelta(minutes=15))) <= timedelta(minutes=3)
        assert abs(hit.until - (NOON + timedelta(minutes=30))) <= timedelta(minutes=3)


def test_a_third_of_the_calls_is_enough_though_the_median_stays() -> None:
    rng = Random(7)
    octaves = [
        [round(rng.gauss(115, 3)) + (20 if minute >= 12 and rng.random() < 0.33 else 0) for _ in range(6)]
        for minute in range(45)
    ]
    (hit,) = slower({element("zone"): course(octaves)}, TYPICAL)
    assert hit.lasts


@pytest.mark.parametrize(
    ("octaves", "typical"),
    [
        ([], TYPICAL),
        ([[115]], TYPICAL),
        ([[115] * 5] * 40, TYPICAL),
        ([[130] * 5] * 10 + [[115] * 5] * 30, TYPICAL),  # it became faster
        ([[40] * 5] * 20 + [[60] * 5] * 20, TYPICAL),  # microseconds that nobody notices
        ([[115] * 5] * 20 + [[125] * 5] * 20, 10_000_000.0),  # of a chain of ten seconds
        ([[115] * 40] + [[115]] * 38 + [[140] * 40], TYPICAL),  # one moment
    ],
)
def test_no_regression(octaves: list[list[int]], typical: float) -> None:
    assert slower({element("node"): course(octaves)}, typical) == []


def test_of_two_healthy_stretches_none_is_slower_in_95_of_100() -> None:
    false = 0
    for seed in range(100):
        rng = Random(seed)
        found = {element(f"n{n}"): drawn(rng, 12, rng.choice((2, 5, 30))) for n in range(30)}
        false += bool(slower_since(found, TYPICAL, NOON + timedelta(minutes=6)))
    assert false <= 5


def test_what_is_named_needs_less_proof_than_what_is_looked_for() -> None:
    """Four a minute for six minutes and the same again: too few for the best of many stretches."""
    named = looked_for = 0
    for seed in range(20):
        found = {element(f"n{n}"): drawn(Random(seed + n), 12, 4) for n in range(10)}
        found[element("slow")] = drawn(Random(seed), 12, 4, dict.fromkeys(range(6, 12), 5))
        named += len(slower_since(found, TYPICAL, NOON + timedelta(minutes=6)))
        looked_for += len(slower(found, TYPICAL))
    assert named >= 15
    assert looked_for < named / 2


def test_what_slows_everybody_began_at_nobody() -> None:
    found = {element(f"n{n}"): drawn(Random(n), 40, 5, dict.fromkeys(range(20, 40), 8)) for n in range(10)}
    assert slower(found, TYPICAL) == []


def hit(of: Element, since: int = 20, added: float = 50_000.0, until: int = 40) -> Slower:
    return Slower(
        of, NOON + timedelta(minutes=since), NOON + timedelta(minutes=until), 9.0, added, lasts=True
    )


def names(
    hits: list[Slower], below: dict[str, set[str]], *others: Element
) -> list[tuple[str, tuple[str, ...]]]:
    found = dict.fromkeys([*(h.element for h in hits), *others], course([]))
    return [(o.node.name, o.victims) for o in origins(hits, found, below)]


def test_who_waits_for_a_slow_callee_is_its_victim() -> None:
    below = {"front": {"middle", "back"}, "middle": {"back"}}
    front, back = hit(element("front"), 21, 10_000.0), hit(element("back"), 20)
    assert names([front, back], below) == [("back", ("front",))]
    assert names([hit(element("front"), 2, 10_000.0), back], below) == [("front", ()), ("back", ())]
    assert names([hit(element("front"), 20, 90_000.0), back], below) == [("back", ()), ("front", ())]


def test_ways_into_a_node_speak_for_it_and_every_way_out_for_its_caller() -> None:
    ways = [element(name, "way", "hub") for name in ("a", "b", "c")]
    assert names([hit(way) for way in ways], {}) == [("hub", ())]
    assert names([hit(way) for way in ways[:2]], {}, ways[2]) == [("a", ()), ("b", ())]
    into = [hit(element("table", "way", caller)) for caller in ("x", "y")]
    (found,) = origins(into, dict.fromkeys((h.element for h in into), course([])), {})
    assert (found.node.name, found.others) == ("table", ())
    (alone,) = origins(into[:1], {into[0].element: course([])}, {})
    assert alone.others == (Node("x", ""),)


def test_two_nodes_that_call_each_other_do_not_excuse_each_other() -> None:
    below = {"a": {"b", "a"}, "b": {"a", "b"}}
    assert len(names([hit(element("a")), hit(element("b"))], below)) == 2


def test_a_quantile_is_within_an_eighth_of_an_octave() -> None:
    assert quantile_us(Counter({115: 3}), 0.5) == pytest.approx(2 ** (115.5 / 8))


@pytest.mark.parametrize(("missing", "found"), [(0, 1), (1, 1), (2, 0), (600, 0)])
def test_what_is_slower_behind_a_hole_need_not_have_become_so(missing: int, found: int) -> None:
    """Nobody knows what was between: another day, another mix of requests."""
    whole = drawn(Random(3), 40, 8, dict.fromkeys(range(20, 40), 16))
    later = tuple(
        (a + timedelta(minutes=missing), b + timedelta(minutes=missing)) for a, b in whole.slices[20:]
    )
    assert len(slower({element("n"): Course((*whole.slices[:20], *later), whole.counts)}, TYPICAL)) == found


def test_a_hole_of_one_element_is_none_of_the_case() -> None:
    """A node that is asked now and then is held against all that it was asked before."""
    busy = {element(f"n{n}"): drawn(Random(n), 60, 5) for n in range(3)}
    rare = drawn(Random(5), 60, 8, dict.fromkeys(range(30, 60), 16))
    kept = [n for n in range(60) if n % 4 == 0]
    rare = Course(tuple(rare.slices[n] for n in kept), tuple(rare.counts[n] for n in kept))
    (hit,) = slower({**busy, element("rare"): rare}, TYPICAL)
    assert hit.element.node == "rare"
