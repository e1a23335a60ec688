"""Every screen is reached by mouse and by keyboard, shows the case and asks for nothing."""

from dataclasses import replace

from .conftest import TITLES


def test_every_screen_by_keyboard(visit, demo):
    tab = visit(demo)
    tab.by_keyboard()
    tab.page.keyboard.press("?")
    assert tab.page.locator("dialog[open]").count() == 1
    tab.page.keyboard.press("Escape")
    before = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.page.keyboard.press("t")
    assert tab.page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    tab.is_clean()


def test_the_first_screen_answers(visit, demo):
    tab = visit(demo)
    text = tab.page.locator("#screen-overview").inner_text()
    for said in ("What users see", "InventoryUnavailable", "Over", "origin", "stock", "throttled UpdateItem",
                 "rejected", "Impact", "Last change before it", "Not seen", "forensics why f-"):  # fmt: skip
        assert said in text, said
    tops = [
        tab.page.locator(".answer h2", has_text=t).bounding_box()["y"] for t in ("Where it began", "Next")
    ]
    assert max(tops) < 900, "the answer is below the fold"


def test_where_nothing_failed_the_first_screen_still_says_what_was_not_seen(visit, demo_page, drawn):
    """It said that no gap is known, whatever had not been collected."""
    nothing = replace(demo_page.document, summary=None, issues=(), failures=(), timeline=())
    tab = visit(drawn(replace(demo_page, document=nothing, stories=(), pairs=(), windows=())))
    text = tab.page.locator("#screen-overview").inner_text()
    assert "No failure was found" in text
    assert "none in this case: metrics" in text
    tab.is_clean()


def test_an_issue_is_chosen_and_found(visit, demo):
    tab = visit(demo)
    tab.show("issues")
    tab.page.fill("#issue-search", "KeyError")
    tab.page.wait_for_function("() => document.querySelectorAll('.issue-list li').length === 1")
    tab.page.click(".issue-list a")
    tab.page.wait_for_selector("#issue-detail h2:has-text('unit_price')")


def test_the_walk_opens_the_row_that_proves_a_step(visit, demo):
    tab = visit(demo)
    tab.show("chain")
    steps = tab.page.locator(".walk ol button")
    assert steps.count() > 3
    steps.last.click()
    assert "stock" in tab.page.locator(".row[aria-selected=true]").inner_text()
    tab.page.focus(".waterfall")
    tab.page.keyboard.press("Home")
    assert "shop-api/prod" in tab.page.locator(".row[aria-selected=true]").inner_text()
    rows = tab.page.locator(".row").count()
    tab.page.keyboard.press("ArrowLeft")
    assert tab.page.locator(".row").count() < rows
    tab.is_clean()


def test_a_node_of_the_map_filters_the_issues(visit, demo):
    tab = visit(demo)
    tab.show("map")
    tab.page.focus('.vertex[data-name="checkout"]')
    tab.page.keyboard.press("Enter")
    tab.page.click(".map-panel a:has-text('Only issues of')")
    assert tab.page.input_value("#issue-search") == "checkout"
    assert 0 < tab.page.locator(".issue-list li").count() < 4
    tab.is_clean()


def test_every_issue_is_held_against_the_minutes_before_it(visit, demo, demo_page):
    """Only the first one was, and the picker of the screen named pairs alone."""
    tab = visit(demo)
    assert {w.issue for w in demo_page.windows} == {i.id for i in demo_page.document.issues}
    for issue in demo_page.document.issues:
        tab.show(f"compare/{issue.id}")
        tab.page.wait_for_function("id => document.getElementById('pair-picker')?.value === id", arg=issue.id)
        text = tab.page.locator("#screen-compare").inner_text()
        assert "Before it" in text, issue.title
        assert "median" in text
    tab.is_clean()


def test_paper_holds_every_screen(visit, demo):
    tab = visit(demo)
    tab.page.emulate_media(media="print")
    tab.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.page.locator(".screen:not([hidden])").count() == len(TITLES) + 1
    assert len(tab.page.pdf()) > 20_000
