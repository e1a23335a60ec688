"""Script, markup, addresses and control characters in every field: nothing runs, nothing is asked for."""

import pytest

from tests.hostile import CORPUS

SCREENS = ("overview", "issues", "map", "chain", "compare", "evidence")
PICK = """n => { const s = document.getElementById('chain-picker');
    s.selectedIndex = Math.min(n, s.length - 1);
    s.dispatchEvent(new Event('change')) }"""
TRICK = """() => {
    const s = document.createElement('script');
    s.textContent = 'window.ran = 1';
    document.body.append(s);
    const i = new Image(); i.src = 'https://evil.example/x.png';
    document.body.append(i);
    return fetch('https://evil.example/').then(() => 'fetched', () => 'refused') }"""


@pytest.fixture(scope="module")
def hostile_report(hostile, gathered, drawn):
    return drawn(gathered([hostile]))


def test_no_script_of_theirs_runs_and_nothing_is_asked_for(visit, hostile_report):
    tab = visit(hostile_report)
    seen = ""
    for screen in SCREENS:
        tab.show(screen)
        seen += tab.page.locator(f"#screen-{screen}").inner_text()
    for n in range(len(CORPUS)):
        tab.show("chain")
        tab.page.evaluate(PICK, n)
        tab.page.wait_for_selector("#screen-chain .row")
        seen += tab.page.locator("#screen-chain").inner_text()
    assert tab.page.evaluate("window.ran") is None
    assert "<script>window.ran" in seen, "their text is shown as text"
    assert not set(seen) & set("\0\x07\x1b\u200b\u2028\u202e"), "controls are shown, not obeyed"
    assert tab.page.locator("main img, main iframe, main style, main script, main link").count() == 0
    hrefs = tab.page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
    assert all(h.startswith("#") for h in hrefs), hrefs
    tab.is_clean()


def test_the_policy_refuses_script_and_requests_even_where_one_gets_in(visit, demo):
    tab = visit(demo)
    assert tab.page.evaluate(TRICK) == "refused"
    assert tab.page.evaluate("window.ran") is None
    assert len(tab.said) >= 3
    assert all("Content Security Policy" in text for text in tab.said)
