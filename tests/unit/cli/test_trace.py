"""`trace`, `why` and `invocation` as a user types them."""

from __future__ import annotations

import json

import pytest

from forensics.cli import main

TRACE = "1-5f84c7a1-0123456789abcdef01234567"


def test_a_trace_is_a_tree_with_its_log_line_inside(run, case):
    code, out, _ = run("trace", TRACE, "--case", case)
    assert code == 0
    lines = out.splitlines()
    assert lines[3].startswith("✗ orders (fault, HTTP 500)")
    assert lines[3].endswith("250 ms  ████████████████████")
    assert lines[4] == "    · ERROR java.lang.IllegalStateException: no stock"
    assert "note: slowness was not judged: no 20 others like these did well" in out


def test_several_ids_are_answered_one_after_the_other(run, case):
    code, out, _ = run("why", TRACE, "a1b2c3d4e5f60718", "--case", case)
    assert code == 0
    assert "was taken for a trace id" in out
    assert "was taken for a span id" in out
    both = json.loads(run("why", TRACE, "a1b2c3d4e5f60718", "--case", case, "-o", "json")[1])
    assert [one["taken_for"] for one in both] == ["a trace id", "a span id"]
    (one,) = json.loads(run("why", TRACE, "--case", case, "-o", "json")[1])["stories"]
    assert one["rows"][0]["name"] == "orders"


def test_a_chain_is_drawn_with_where_its_time_went(run, case):
    out = run("why", TRACE, "--case", case)[1]
    assert "✗ orders (origin, fault, HTTP 500)" in out
    assert "computation" in out


@pytest.fixture(scope="module")
def one_slow(tmp_path_factory):
    """Thirty requests alike, a second apart, of which the last took a second more."""
    folder = tmp_path_factory.mktemp("slow")
    documents = [
        {
            "id": f"{n + 1:016x}", "trace_id": f"1-5f84c7a1-{n:024x}", "name": "orders",
            "origin": "AWS::ECS::Container", "start_time": 1602537377.0 + n,
            "end_time": 1602537377.05 + n + n * 0.0001 + (n == 29), "http": {"response": {"status": 200}},
        }
        for n in range(30)
    ]  # fmt: skip
    (folder / "traces.json").write_text("\n".join(json.dumps(document) for document in documents))
    assert main(["import", str(folder), "--case", str(folder / "case"), "--quiet"]) == 0
    return folder / "case"


def test_what_is_slower_than_others_like_it_is_named(run, one_slow):
    trace = json.loads(run("trace", f"1-5f84c7a1-{29:024x}", "--case", one_slow, "-o", "json")[1])
    (slow,) = trace["slowness"]["slow"]
    assert (slow["node"]["name"], slow["own_ms"], slow["others"]) == ("orders", 1052.9, 29)
    assert trace["slowness"]["baseline"] is None
    text = run("why", f"1-5f84c7a1-{29:024x}", "--case", one_slow)[1]
    assert "slower than usual, by the rest of the case:\n  orders: 1,053 ms of its own, usually 51 ms" in text


def test_what_is_as_fast_as_others_is_not(run, one_slow):
    text = run("trace", f"1-5f84c7a1-{3:024x}", "--case", one_slow)[1]
    assert "none of 1 invocations was slower than usual" in text


def test_a_baseline_with_too_little_in_it_judges_nothing(run, one_slow):
    text = run("trace", f"1-5f84c7a1-{29:024x}", "--case", one_slow, "--baseline", "10s/2s")[1]
    assert "note: slowness was not judged" in text
    code, _, err = run("trace", f"1-5f84c7a1-{29:024x}", "--case", one_slow, "--baseline", "2s")
    assert (code, "error: 2s is no stretch of time" in err) == (2, True)
