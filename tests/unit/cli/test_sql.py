"""`sql` and `catalog`: what they give, and what they refuse."""

import csv
import io
import json
from itertools import islice

import pyarrow.parquet as pq
import pytest

from forensics.api import Case
from forensics.cli import main
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
    assert run("sql", nothing, "-o", "csv", "--case", case, "--quiet")[1] == "span_id\n"
    both = "select 'a' || chr(13) as x, 1 as y union all select 'b' || chr(10), 2 order by y"
    assert run("sql", both, "-o", "csv", "--case", case, "--quiet")[1] == 'x,y\n"a\r",1\n"b\n",2\n'


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


def test_a_recipe_with_values(run, case):
    rows = json.loads(run("sql", "--recipe", "failures_by_node", "-o", "json", "--case", case, "--quiet")[1])
    assert [(row["node"], row["failures"]) for row in rows] == [("orders", 1)]
    later = ("--recipe", "failures_by_node", "--param", "since=2030-01-01", "-o", "json")
    assert json.loads(run("sql", *later, "--case", case, "--quiet")[1]) == []


def test_a_query_with_values(run, case):
    query = "select $a as a, $b as b from lake.span where duration_ms > $ms"
    given = ("--param", "a=x' or 1=1 --", "--param", "b=", "--param", "ms=249.5", "-o", "json")
    assert json.loads(run("sql", query, *given, "--case", case, "--quiet")[1]) == [
        {"a": "x' or 1=1 --", "b": ""}
    ]


def test_a_query_from_a_file_and_its_header(run, case, tmp_path):
    (tmp_path / "plain.sql").write_text("select count(*) as n from lake.span;\n")
    (tmp_path / "mine.sql").write_text("-- Mine.\n-- param: ms = 100: longer than this\nselect $ms as ms\n")
    shown = ("-o", "json", "--case", case, "--quiet")
    assert json.loads(run("sql", tmp_path / "plain.sql", *shown)[1]) == [{"n": 1}]
    assert json.loads(run("sql", tmp_path / "mine.sql", *shown)[1]) == [{"ms": "100"}]
    assert json.loads(run("sql", tmp_path / "mine.sql", "--param", "ms=7", *shown)[1]) == [{"ms": "7"}]
    code, _, err = run("sql", tmp_path / "mine.sql", "--param", "mx=7", *shown)
    assert code == 2
    assert "did you mean ms" in err
    assert run("sql", tmp_path / "none.sql", *shown)[0] == 2


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ((), "one query, or one --recipe"),
        (("select 1", "--recipe", "failures_by_node"), "one query, or one --recipe"),
        (("select $a", "--param", "a"), "no name=value"),
        (("select $a", "--param", "a b=1"), "no name=value"),
        (("select $node", "--param", "nod=1"), "did you mean node?"),
        (("select $node",), "no value for $node"),
        (("select 1", "--param", "a=1"), "has no parameter a"),
        (("--recipe", "failures_by_noode"), "did you mean failures_by_node"),
        (("--recipe", "everything_about"), "add --param text="),
        (("select foor(1)",), 'did you mean "floor"?'),
        (("select node from span",), "did you mean lake.span"),
        (("selec 1",), "at LINE 1"),
    ],
)
def test_what_is_off_is_named_with_what_was_meant(run, case, words, meant):
    code, out, err = run("sql", *words, "--case", case, "--quiet")
    assert code in (1, 2)
    assert out == ""
    assert meant in err


def test_parquet_to_a_file_and_to_a_pipe(case, tmp_path, capfdbinary):
    query = "select span_id, started_at, duration_ms, inferred, 1::hugeint as n from lake.span"
    file = tmp_path / "rows.parquet"
    code, _, err = run_plain("sql", query, "-o", "parquet", "-f", file, "--case", case, capture=capfdbinary)
    assert code == 0
    assert err.splitlines()[-1] == f"Wrote {file}"
    (row,) = pq.read_table(file).to_pylist()
    assert row["span_id"] == "a1b2c3d4e5f60718"
    assert float(row["duration_ms"]) == 250.0
    none = tmp_path / "none.parquet"
    assert run_plain("sql", f"{query} where false", "-o", "parquet", "-f", none, "--case", case)[0] == 0
    assert pq.read_table(none).column_names == pq.read_table(file).column_names
    assert run_plain("sql", query, "-o", "parquet", "-f", file, "--case", case)[0] == 1
    capfdbinary.readouterr()
    assert main(["sql", query, "-o", "parquet", "--case", str(case), "--quiet"]) == 0
    assert pq.read_table(io.BytesIO(capfdbinary.readouterr().out)).num_rows == 1


def run_plain(*words, capture=None):
    code = main([str(word) for word in words])
    out, err = capture.readouterr() if capture else (b"", b"")
    return code, out.decode(), err.decode()


def test_a_refused_query_leaves_no_file(run, case, tmp_path):
    for form in ("csv", "parquet"):
        file = tmp_path / f"rows.{form}"
        assert run("sql", "select x from lake.spam", "-o", form, "-f", file, "--case", case)[0] == 1
        assert run("sql", "select error('no') from lake.span", "-o", form, "-f", file, "--case", case)[0] == 1
        assert not file.exists()


def test_a_name_twice_is_two_columns(run, case):
    query = "select 1 as a, 2 as b union all select 3, 4"
    twice = f"select x.a, y.a, x.b from ({query}) as x join ({query}) as y on x.a = y.a order by 1"
    out = run("sql", twice, "-o", "csv", "--case", case, "--quiet")[1]
    assert out.splitlines()[1:] == ["1,1,2", "3,3,4"]


def test_names_that_pivot_makes_of_values_are_neutralised(run, case):
    query = "pivot (select '=1' as k, 2 as v) on k in ('=1') using sum(v)"
    out = run("sql", query, "-o", "csv", "--case", case, "--quiet")[1]
    assert out.splitlines()[0] == "'=1"


def test_a_plan_is_shown_as_it_is_drawn(run, case):
    out = run("sql", "explain select count(*) from lake.span", "--case", case, "--quiet")[1]
    assert len(out.splitlines()) > 4
    assert out.splitlines()[0].startswith("╭") or out.splitlines()[0].startswith("┌")


def test_rows_stream_and_a_reader_that_leaves_ends_the_query(case):
    with Case(case) as opened:
        rows = opened.stream("select * from range(100000000000) as t(a)")
        assert sum(batch.num_rows for batch in islice(rows, 3)) > 0
        rows.close()
        assert next(iter(opened.stream("select 1 as one"))).schema.names == ["one"]


def test_progress_is_told_while_a_query_runs(case):
    seen = []
    with Case(case) as opened:
        query = "select count(*) from range(400000000) as t(a) where hash(a) % 7 = 3"
        assert list(opened.stream(query, on_progress=seen.append))
    assert {event.stage for event in seen} <= {"query"}
    assert all(0 <= event.done <= 100 for event in seen)


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
