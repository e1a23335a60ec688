"""Script, markup, addresses and control characters in every field: nothing runs, nothing is asked for."""

import json

import pytest

SCREENS = ("overview", "issues", "map", "chain", "compare", "evidence")
TRACE = "1-5f84c7a1-0123456789abcdef01234567"
CORPUS = [
    "<script>window.ran = 1</script>",
    '<img src="https://evil.example/a.png" onerror="window.ran = 2">',
    "</script><script>window.ran = 3</script><!--",
    "javascript:window.ran=4",
    '"><svg/onload=window.ran=5><style>@import url(https://evil.example/b.css)</style>',
    "{{constructor.constructor('window.ran=6')()}} ${window.ran=7} &lt;b&gt;",
    "\u202egnp.exe\u202c \x1b[31mred\x1b]0;title\x07 \x00\u200b\u2028 https://evil.example/c?",
]


def traces():
    """A failing trace per text, in every field that a sender may fill."""
    for n, text in enumerate(CORPUS):
        frame = {"path": text, "line": 1, "label": text}
        raised = {"id": f"{n:016x}", "type": text, "message": text, "stack": [frame]}
        cause = {"working_directory": text, "exceptions": [raised]}
        call = {
            "id": f"b1b2c3d4e5f607{n:02x}",
            "name": f"call {text}",
            "namespace": "remote",
            "start_time": 1602537377.01 + n,
            "end_time": 1602537377.2 + n,
            "fault": True,
            "cause": cause,
            "aws": {"operation": text, "request_id": text, "resource_names": [text]},
        }
        yield {
            "id": f"a1b2c3d4e5f607{n:02x}",
            "trace_id": f"{TRACE[:-2]}{n:02x}",
            "name": f"service {text}",
            "origin": text,
            "start_time": 1602537377.0 + n,
            "end_time": 1602537377.25 + n,
            "fault": True,
            "user": text,
            "http": {"request": {"url": text, "method": text}, "response": {"status": 500}},
            "annotations": {"tenant": text},
            "metadata": {"x": {text: text}},
            "service": {"version": text},
            "cause": cause,
            "subsegments": [call],
        }


def lines():
    for n, text in enumerate(CORPUS):
        ids = f"trace_id={TRACE[2:10]}{TRACE[11:-2]}{n:02x} span_id=a1b2c3d4e5f607{n:02x}"
        yield {
            "logGroupName": f"/ecs/{text}",
            "logStreamName": f"ecs/{text}/{n}",
            "timestamp": 1602537377100 + 1000 * n,
            "ingestionTime": 1602537377400 + 1000 * n,
            "eventId": f"{n}{text}",
            "message": f"ERROR {ids} {text}: {text}",
        }


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
def hostile(tmp_path_factory, gathered, drawn):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "traces.jsonl").write_text("".join(json.dumps(t) + "\n" for t in traces()))
    (folder / "logs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines()))
    return drawn(gathered([folder / "traces.jsonl", folder / "logs.jsonl"]))


def test_no_script_of_theirs_runs_and_nothing_is_asked_for(visit, hostile):
    tab = visit(hostile)
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
