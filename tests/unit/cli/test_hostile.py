"""What every command prints of a case whose names, tags, values and messages strangers wrote."""

import unicodedata

import pytest

TRACE = "1-5f84c7a1-0123456789abcdef01234506"
ALLOWED = "\n\t"
LINES = """report | report --brief | report -o md | report -o json | report -o ndjson | report -o html
    | map | map -o mermaid | map -o graphml | map -o json | trace ID | trace ID -o json | why ID
    | why ID -o json | export otlp ID | export jaeger ID | export perfetto ID | diff --by version
    | diff --by tenant -o json | status"""
COMMANDS = [[TRACE if word == "ID" else word for word in line.split()] for line in LINES.split("|")]
VIEWS = ("lake.metric", "lake.change", "lake.resource", "lake.log_event", "lake.span")
COMMANDS += [["sql", f"select * from {view} order by all limit 50"] for view in (*VIEWS, "lake.warning")]


@pytest.fixture(scope="module")
def hostile_case(hostile, tmp_path_factory):
    from forensics.cli import main

    case = tmp_path_factory.mktemp("hostile") / "case"
    assert main(["import", str(hostile), "--case", str(case), "--quiet"]) in (0, 3)
    return case


def test_the_case_holds_what_strangers_wrote(run, hostile_case):
    for view in VIEWS:
        sql = f"select count(*) as n from {view} as v where contains(v::text, 'window.ran')"
        code, out, _ = run("sql", sql, "--case", hostile_case, "-o", "json")
        assert code == 0
        assert '"n":0' not in out, view


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_control_reaches_the_terminal(run, hostile_case, words):
    code, out, err = run(*words, "--case", hostile_case)
    assert code == 0, err
    assert len(out) > 20
    bad = {
        c for c in out + err if c not in ALLOWED and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    }
    assert not bad, {hex(ord(c)) for c in bad}
