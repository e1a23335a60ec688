"""10,000 failures, and 10,000 spans in one waterfall: the page holds what is in view, and little more."""

from dataclasses import replace

import pytest

MANY = 10_000


@pytest.fixture(scope="module")
def large(demo_page, drawn):
    """The demo's page, grown: its failures again and again, and span after span in its first chain."""
    document, told = demo_page.document, demo_page.stories[0]
    held = document.failures
    failures = (*held, *(replace(held[n % len(held)], id=f"f-{n:016x}") for n in range(MANY - len(held))))
    leaf = replace(told.rows[-1], parent=0, is_head=False, role=None)
    rows = (*told.rows, *(replace(leaf, span_id=f"{n:016x}") for n in range(MANY - len(told.rows))))
    counts = document.sections | {"failures": replace(document.sections["failures"], total=MANY)}
    story = replace(
        told,
        rows=rows,
        sections=told.sections | {"rows": replace(told.sections["rows"], shown=MANY, total=MANY)},
    )
    grown = replace(document, failures=failures, sections=counts)
    return drawn(replace(demo_page, document=grown, stories=(story, *demo_page.stories[1:])))


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_every_screen_of_a_large_case(visit, large, width, scheme):
    tab = visit(large, width, scheme)
    assert len(list(tab.tour(f"large-{width}-{scheme}"))) == 6
    tab.by_keyboard()
    tab.is_clean()


def test_ten_thousand_spans_scroll_like_ten(visit, large):
    tab = visit(large)
    tab.show("chain")
    tab.page.focus(".waterfall")
    tab.page.keyboard.press("End")
    tab.page.wait_for_selector(".row[aria-selected=true]")
    assert tab.page.locator(".row").count() < 200
    assert tab.page.evaluate("document.querySelector('.rows').clientHeight") >= 28 * MANY
    tab.is_clean()
