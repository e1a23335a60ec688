"""Trees on a terminal: any shape of rows, whatever their names, in 80 columns."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.report.tree import Drawn, Said, draw

TEXT = st.text(st.characters(exclude_categories=["Cn"]), max_size=70)
ROW = Drawn(0, "api", "api", 0, 100_000, False, True)


@st.composite
def rows(draw_: st.DrawFn) -> list[Drawn]:
    found: list[Drawn] = []
    for _ in range(draw_(st.integers(1, 40))):
        depth = draw_(st.integers(0, found[-1].depth + 1)) if found else 0
        start = draw_(st.none() | st.integers(-5_000, 200_000))
        end = draw_(st.none() | st.integers(0, 300_000)) if start is not None else None
        found.append(
            Drawn(
                depth, draw_(TEXT), "n", start, end, draw_(st.booleans()), draw_(st.booleans()),
                draw_(st.booleans()), draw_(st.booleans()), draw_(st.just(()) | st.tuples(TEXT)),
                draw_(st.none() | TEXT),
            )
        )  # fmt: skip
    return found


@given(rows(), st.lists(st.tuples(st.integers(0, 100_000), TEXT), max_size=9), st.integers(0, 50))
def test_any_tree_fits_a_terminal(found, said, most):
    lines = [Said(0, at, n % 4, text) for n, (at, text) in enumerate(said)]
    for line in draw(found, lines, 100_000, most):
        assert len(line) <= 80
        assert not any(category(character) in ("Cc", "Cf", "Zl", "Zp") for character in line)


@given(rows())
def test_every_row_is_drawn_once(found):
    marked = [replace(row, name=f"<{n}>", notes=(), said=None) for n, row in enumerate(found)]
    text = draw(marked, [], 100_000, 300)
    assert len(text) == len(found)
    assert all(sum(f"<{n}>" in line for line in text) == 1 for n in range(len(found)))


@given(rows(), st.integers(1, 10))
def test_what_is_left_out_is_counted_and_nothing_hangs_on_nothing(found, most):
    marked = [replace(row, name=f"<{n}>", notes=(), said=None) for n, row in enumerate(found)]
    text = draw(marked, [], 100_000, most)
    shown = sum("<" in line for line in text)
    assert shown >= min(most, len(found))
    assert shown == len(found) or any(" more" in line for line in text)


def test_guides_lead_from_each_row_to_its_parent():
    depths = [0, 1, 2, 1, 2, 3, 0]
    text = draw([replace(ROW, depth=d, name=f"r{n}") for n, d in enumerate(depths)], [], 100_000, 300)
    assert [line[:49].rstrip() for line in text] == [
        "  r0", "  ├ r1", "  │ └ r2", "  └ r3", "    └ r4", "      └ r5", "  r6",
    ]  # fmt: skip


def test_a_line_stands_between_what_was_before_and_after_it():
    tree = [
        replace(ROW, name="fn"),
        replace(ROW, depth=1, name="first", node="a", end_us=20_000),
        replace(ROW, depth=1, name="second", node="b", start_us=60_000),
    ]
    said = [
        Said(0, 40_000, 2, "in between"),
        Said(0, 41_000, 3, "START"),
        Said(0, 70_000, 0, '{"msg": "at last"}'),
    ]
    text = draw(tree, said, 100_000, 300)
    assert [line[:49].rstrip() for line in text] == [
        "  fn", "  ├ first", "  │ · in between", "  └ second", "    · at last",
    ]  # fmt: skip


def test_a_line_goes_down_to_what_its_function_did_then_and_not_into_a_callee():
    tree = [
        ROW,
        replace(ROW, depth=1, name="handler", start_us=10_000),
        replace(ROW, depth=2, name="callee", node="other", start_us=20_000),
    ]
    text = draw(tree, [Said(0, 30_000, 2, "said")], 100_000, 300)
    assert [line[:30].rstrip() for line in text] == ["  api", "  └ handler", "    └ callee", "      · said"]


def test_of_many_rows_what_failed_is_shown_with_what_leads_there():
    healthy = [replace(ROW, depth=1, name=f"ok{n}", on_path=False) for n in range(50)]
    failed = replace(ROW, depth=2, name="bad", is_failed=True, on_path=False, said="Boom: it broke")
    text = "\n".join(draw([ROW, *healthy, failed], [], 100_000, 3))
    assert "ok49" in text
    assert "✗" in text
    assert "Boom: it broke" in text
    assert "… 49 more" in text
    assert "ok10" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("INFO TraceID: " + "a" * 32 + " SpanID: " + "b" * 16 + " sold", "INFO sold"),
        ("trace_id=1-5f84c7a1-" + "0" * 24 + " failed", "failed"),
        ("span_id=nobody knows", "span_id=nobody knows"),
        ("order " + "c" * 16 + " is lost", "order " + "c" * 16 + " is lost"),
    ],
)
def test_a_line_does_not_repeat_the_ids_of_where_it_stands(text, shown):
    line = draw([ROW], [Said(0, 1, 2, text)], 100_000, 300)[1]
    assert line == f"    · {shown}"
