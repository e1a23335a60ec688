"""What each root reaches: every shape a graph can have."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

VIEW = "chains.member"


def given(edges: str, *more: str, starts: dict[str, float] | None = None) -> dict[str, object]:
    """`a>b b>c` as edges; invocations start in alphabetical order unless told otherwise."""
    pairs = [edge.split(">") for edge in edges.split()]
    names = sorted({name for pair in pairs for name in pair} | set(more))
    begins = {name: float(i) for i, name in enumerate(names)} | (starts or {})
    return {
        "links.edge": [{"caller": a, "callee": b} for a, b in pairs],
        "lake.invocation": [{"invocation": n, "started_at": begins[n]} for n in names],
    }


SHAPES = {
    "nothing": (given(""), []),
    "one that nobody called": (given("", "a"), ["a:a0"]),
    "a call": (given("a>b"), ["a:a0", "a:b1"]),
    "two roots": (given("a>b c>d", "e"), ["a:a0", "a:b1", "c:c0", "c:d1", "e:e0"]),
    "a tree": (given("a>b a>c b>d"), ["a:a0", "a:b1", "a:c1", "a:d2"]),
    "a diamond": (given("a>b a>c b>d c>d d>e"), ["a:a0", "a:b1", "a:c1", "a:d2", "a:e3"]),
    "the shorter way counts": (given("a>b b>c c>d a>d d>e"), ["a:a0", "a:b1", "a:c2", "a:d1", "a:e2"]),
    "a shorter way found later": (
        given("a>b b>x x>y a>c c>d d>e e>y b>e y>z"),
        ["a:a0", "a:b1", "a:c1", "a:d2", "a:e2", "a:x2", "a:y3", "a:z4"],
    ),
    "a batch is in every chain whose message it carried": (
        given("a>x b>x c>x x>y"),
        ["a:a0", "a:x1", "a:y2", "b:b0", "b:x1", "b:y2", "c:c0", "c:x1", "c:y2"],
    ),
    "two batches upon each other": (
        given("a>x b>x x>z c>y y>z z>w"),
        ["a:a0", "a:x1", "a:z2", "a:w3", "b:b0", "b:x1", "b:z2", "b:w3", "c:c0", "c:y1", "c:z2", "c:w3"],
    ),
    "one that calls itself": (given("a>a"), ["a:a0"]),
    "one below that calls itself": (given("a>b b>b b>c"), ["a:a0", "a:b1", "a:c2"]),
    "a cycle is entered at its earliest": (given("a>b b>c c>a"), ["a:a0", "a:b1", "a:c2"]),
    "a cycle below a root": (given("a>b b>c c>b c>d"), ["a:a0", "a:b1", "a:c2", "a:d3"]),
    "what a cycle calls": (given("a>b b>a b>c c>d"), ["a:a0", "a:b1", "a:c2", "a:d3"]),
    "two cycles apart": (given("a>b b>a c>d d>c"), ["a:a0", "a:b1", "c:c0", "c:d1"]),
    "a cycle that another feeds": (given("a>b b>a b>c c>d d>c"), ["a:a0", "a:b1", "a:c2", "a:d3"]),
    "an eight": (given("a>b b>a b>c c>b"), ["a:a0", "a:b1", "a:c2"]),
    "a cycle against the clock": (given("a>c c>b b>a"), ["a:a0", "a:c1", "a:b2"]),
    "a callee whose clock is behind": (
        given("a>b b>c", starts={"a": 5, "b": 1, "c": 7}), ["a:a0", "a:b1", "a:c2"]),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), SHAPES.values(), ids=SHAPES)
def test_shape(query, rows: dict[str, object], expected: list[str]) -> None:
    found = [f"{row['chain']}:{row['invocation']}{row['hop']}" for row in query(VIEW, rows)]
    assert sorted(found) == sorted(expected)


def test_times_that_are_not_known(query) -> None:
    rows = {
        "links.edge": [{"caller": "a", "callee": "b"}, {"caller": "b", "callee": "a"}],
        "lake.invocation": [{"invocation": "a"}, {"invocation": "b"}],
    }
    assert sorted((r["chain"], r["invocation"], r["hop"]) for r in query(VIEW, rows)) == [
        ("a", "a", 0),
        ("a", "b", 1),
    ]


def test_against_a_plain_search(query) -> None:
    """Random graphs without cycles: every root reaches what a breadth-first search says, in as many hops."""
    chance = random.Random(7)
    for size in (5, 12, 30):
        names = [f"n{i:02}" for i in range(size)]
        edges = {(a, b) for i, b in enumerate(names) for a in names[:i] if chance.random() < 2.5 / size}
        rows = query(VIEW, {
            "links.edge": [{"caller": a, "callee": b} for a, b in edges],
            "lake.invocation": [{"invocation": n, "started_at": chance.random()} for n in names],
        })  # fmt: skip
        expected = set()
        for root in set(names) - {b for _, b in edges}:
            hops, front = {root: 0}, [root]
            while front:
                front = [
                    b
                    for a, b in sorted(edges)
                    if a in front and b not in hops and not hops.update({b: hops[a] + 1})
                ]
            expected |= {(root, name, hop) for name, hop in hops.items()}
        assert {(r["chain"], r["invocation"], r["hop"]) for r in rows} == expected
        assert len(rows) == len(expected)


def test_ten_thousand_deep_ends_and_soon(query) -> None:
    names = [f"{n:05}" for n in range(10_001)]
    rows = {
        "links.edge": [{"caller": a, "callee": b} for a, b in pairwise(names)],
        "lake.invocation": [{"invocation": n, "started_at": int(n)} for n in names],
    }
    began = time.monotonic()
    found = query(VIEW, rows)
    assert time.monotonic() - began < 20
    assert len(found) == 10_001
    assert max(row["hop"] for row in found) == 10_000
