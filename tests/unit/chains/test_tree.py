"""Any spans at all become trees, and the time of a tree is divided without remainder."""

from hypothesis import given
from hypothesis import strategies as st

from forensics.chains.breakdown import KINDS, breakdown_us
from forensics.chains.tree import Span, critical_intervals, plant, walk_down


def span(key: int, parent: int | None = None, start: int = 0, end: int = 0, **more: object) -> Span:
    given = {
        "key": key, "parent_key": parent, "span_id": f"{key:016x}",
        "parent_id": None if parent is None else f"{parent:016x}", "segment_key": key, "name": f"s{key}",
        "span_type": "segment", "node": "orders", "kind": "AWS::ECS::Container", "origin": None,
        "is_call": False, "inferred": False, "in_progress": False, "attempt": None, "start_us": start,
        "end_us": end, "is_error": False, "is_fault": False, "is_throttle": False, "http_status": None,
        "url": None,
    }  # fmt: skip
    return Span(**{**given, **more})


times = st.integers(0, 40).map(lambda n: n * 500)


@st.composite
def tangles(draw: st.DrawFn) -> list[Span]:
    """Spans whose parents are anybody: missing, later, themselves, in circles; ids may be there twice."""
    count = draw(st.integers(1, 12))
    made = []
    for _ in range(count):
        start = draw(times)
        made.append(
            span(
                draw(st.integers(0, count - 1)),
                draw(st.none() | st.integers(0, count + 2)),
                start,
                start + draw(times),
                name=draw(st.sampled_from(["s", "Initialization", "Dwell Time", "Overhead", "Attempt #1"])),
                origin=draw(st.sampled_from([None, "AWS::Lambda", "AWS::Lambda::Function"])),
                is_call=draw(st.booleans()),
                inferred=draw(st.booleans()),
            )
        )
    return made


@given(tangles())
def test_every_span_stands_in_one_tree_once(spans):
    roots = plant(spans)
    found = [id(s) for root in roots for s in walk_down(root)]
    assert sorted(found) == sorted(id(s) for s in spans)
    assert all(root.parent is None for root in roots)
    assert [r.start_us for r in roots] == sorted(r.start_us for r in roots)


@given(tangles())
def test_parents_come_before_their_children(spans):
    for root in plant(spans):
        seen = set()
        for found in walk_down(root):
            assert found.parent is None or id(found.parent) in seen
            assert found in (found.parent.children if found.parent else [found])
            seen.add(id(found))


@given(tangles())
def test_the_critical_path_covers_the_time_of_its_root_once(spans):
    for root in plant(spans):
        at = root.first_us
        for interval in critical_intervals(root):
            assert interval.start_us == at, "no hole and no overlap"
            assert interval.end_us > at
            at = interval.end_us
        assert at == root.last_us


@given(tangles())
def test_the_kinds_of_work_sum_to_the_time_of_the_root(spans):
    for root in plant(spans):
        parts = breakdown_us(critical_intervals(root))
        assert tuple(parts) == KINDS
        assert min(parts.values()) >= 0
        assert sum(parts.values()) == root.last_us - root.first_us


@given(tangles(), st.randoms(use_true_random=False))
def test_the_order_of_the_spans_changes_nothing_where_ids_are_unique(spans, random):
    by_key = {s.key: s for s in spans}
    copies = [_copy(s) for s in by_key.values()]
    random.shuffle(copies)
    assert _shape(plant(list(by_key.values()))) == _shape(plant(copies))


def _copy(one: Span) -> Span:
    fields = ("name", "origin", "is_call", "inferred")
    return span(one.key, one.parent_key, one.start_us, one.end_us, **{f: getattr(one, f) for f in fields})


def _shape(roots: list[Span]) -> list[list[tuple[str, str | None]]]:
    return [[(s.span_id, s.parent.span_id if s.parent else None) for s in walk_down(r)] for r in roots]


def test_a_span_that_is_its_own_parent_is_a_root():
    (root,) = plant([span(1, 1, 0, 5)])
    assert root.children == []


def test_a_circle_begins_at_its_earliest_span():
    roots = plant([span(1, 3, 10, 20), span(2, 1, 5, 20), span(3, 2, 7, 20)])
    assert [root.key for root in roots] == [2]


def test_of_two_calls_at_once_the_later_to_end_was_waited_for():
    root, *_ = plant([span(1, None, 0, 100), span(2, 1, 10, 50), span(3, 1, 10, 90)])
    path = [(i.span.key, i.start_us, i.end_us) for i in critical_intervals(root)]
    assert path == [(1, 0, 10), (3, 10, 90), (1, 90, 100)]


def test_a_child_that_outlives_its_parent_ends_the_path():
    root, *_ = plant([span(1, None, 0, 50_000), span(2, 1, 80_000, 90_000)])
    path = [(i.span.key, i.start_us, i.end_us) for i in critical_intervals(root)]
    assert path == [(1, 0, 50_000), (1, 50_000, 80_000), (2, 80_000, 90_000)]
    assert breakdown_us(critical_intervals(root))["trigger"] == 30_000


def test_a_chain_of_ten_thousand_needs_no_recursion():
    spans = [span(n, n - 1 if n else None, n, 40_000 - n) for n in range(10_000)]
    (root,) = plant(spans)
    assert len(walk_down(root)) == 10_000
    assert sum(i.end_us - i.start_us for i in critical_intervals(root)) == 40_000
