"""`sql` and `catalog`: what they give, and what they refuse."""

import csv
import io
import json

from forensics.queries import tree


def test_the_question_of_the_readme(run, case):
    code, out, _ = run(
        "sql", "select node, count(*) from failures.failure group by all", "--case", case, "--quiet"
    )
    assert code == 0
    assert out.splitlines()[2].split() == ["orders", "1"]


def test_every_format(run, case):
    query = "select span_id, duration_ms, started_at, inferred from lake.span"
    expected = {
        "span_id": "a1b2c3d4e5f60718", "duration_ms": 250.0, "started_at": "2020-10-12T21:16:17.000Z",
        "inferred": False,
    }  # fmt: skip
    assert json.loads(run("sql", query, "-o", "json", "--case", case, "--quiet")[1]) == [expected]
    assert json.loads(run("sql", query, "-o", "ndjson", "--case", case, "--quiet")[1]) == expected
    (row,) = csv.DictReader(io.StringIO(run("sql", query, "-o", "csv", "--case", case, "--quiet")[1]))
    assert row["span_id"] == expected["span_id"]
    nothing = "select span_id from lake.span where false"
    assert json.loads(run("sql", nothing, "-o", "json", "--case", case, "--quiet")[1]) == []
    assert run("sql", nothing, "-o", "csv", "--case", case, "--quiet")[1] == "span_id\r\n"


def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(run, case):
    query = (
        "select '=cmd|calc' as a, '+1' as b, '-1' as c, '@x' as d, chr(9) || 'y' as e, 'safe' as f, -1 as g"
    )
    (row,) = csv.DictReader(io.StringIO(run("sql", query, "-o", "csv", "--case", case, "--quiet")[1]))
    assert [row[name][0] for name in "abcde"] == ["'"] * 5
    assert (row["f"], row["g"]) == ("safe", "-1")
    (raw,) = csv.DictReader(
        io.StringIO(run("sql", query, "-o", "csv", "--raw", "--case", case, "--quiet")[1])
    )
    assert raw["a"] == "=cmd|calc"


def test_a_query_from_stdin(run, case, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("select 1 as one"))
    assert json.loads(run("sql", "-", "-o", "json", "--case", case, "--quiet")[1]) == [{"one": 1}]


def test_an_unknown_view_or_column_names_the_nearest(run, case):
    code, _, err = run("sql", "select * from lake.spam", "--case", case, "--quiet")
    assert code == 1
    assert "lake.span" in err
    code, _, err = run("sql", "select spam_id from lake.span", "--case", case, "--quiet")
    assert code == 1
    assert "span_id" in err


def test_explain_is_allowed(run, case):
    assert run("sql", "explain select * from lake.span", "--case", case, "--quiet")[0] == 0
    assert run("sql", "explain analyze select * from lake.span", "--case", case, "--quiet")[0] == 0


def test_unsafe_lifts_the_fence(run, case, tmp_path):
    (tmp_path / "mine.csv").write_text("n\n42\n")
    query = f"select n from read_csv('{tmp_path}/mine.csv')"
    assert json.loads(run("sql", query, "--unsafe", "-o", "json", "--case", case, "--quiet")[1]) == [
        {"n": 42}
    ]


def test_catalog_lists_every_view_with_its_columns(run):
    found = json.loads(run("catalog", "-o", "json")[1])
    assert {view["name"] for view in found["views"]} == set(tree())
    for view in found["views"]:
        assert view["description"]
        assert all(column["type"] and column["meaning"] for column in view["columns"])
    text = run("catalog")[1]
    for view in tree().values():
        assert view.full_name in text
    assert run("catalog", "lake.spam")[0] == 1


def test_every_view_answers_on_a_case(run, case):
    for name, view in tree().items():
        code, out, err = run("sql", f"select * from {name}", "-o", "csv", "--case", case, "--quiet")
        assert code == 0, err
        assert out.splitlines()[0].split(",") == list(view.columns)
