"""`sql` and `shell` ask the case's views, and can do nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from forensics.api import Case
from forensics.cli import main
from forensics.errors import QueryError

OUTSIDE = [
    "select * from read_csv('{outside}/secret.csv')",
    "select * from '{outside}/secret.csv'",
    "from '{outside}/secret.csv'",
    "describe '{outside}/secret.csv'",
    "summarize '{outside}/secret.csv'",
    "select content from read_text('{outside}/secret.csv')",
    "select content from read_blob('{outside}/secret.csv')",
    "select * from read_json('{outside}/secret.csv')",
    "select * from read_csv('{case}/../outside/secret.csv')",
    "select * from sniff_csv('{outside}/secret.csv')",
    "select * from glob('{outside}/*')",
    "select (select content from read_text('{outside}/secret.csv'))",
    "with x as (select * from read_csv('{outside}/secret.csv')) select * from x",
    "select * from (values (1)), lateral (select * from read_csv('{outside}/secret.csv'))",
    "select * from query('select * from read_csv(''{outside}/secret.csv'')')",
    "select * from query_table('{outside}/secret.csv')",
    "select * from lake.span where exists (from read_csv('{outside}/secret.csv'))",
    "select 1 order by (select content from read_text('{outside}/secret.csv'))",
    "from json_execute_serialized_sql(json_serialize_sql('select 1'))",
    "select getenv('HOME')",
]
INSIDE = [
    "select content from read_text('{case}/custody.jsonl')",
    "select content from read_blob('{case}/ledger.sqlite')",
    "select * from read_json('{case}/case.json')",
    "from '{case}/evidence/log_event/*.parquet'",
    "select * from read_parquet('{case}/evidence/log_event/*.parquet')",
    "select * from parquet_metadata('{case}/evidence/log_event/*.parquet')",
    "select * from glob('{case}/**')",
]
WRITING = [
    "copy lake.span to '{case}/evil.csv'",
    "copy lake.span to '{case}/evidence/log_event/evil.parquet'",
    "copy (select 1) to '{outside}/evil.csv'",
    "explain analyze copy (select 1) to '{outside}/evil.csv'",
    "explain (analyze) copy (select 1) to '{outside}/evil.csv'",
    "/* a */ explain -- b\n analyze copy (select 1) to '{outside}/evil.csv'",
    "export database '{outside}/evil'",
    "import database '{outside}/evil'",
    "attach ':memory:' as other",
    "attach '{outside}/evil.db'",
    "detach memory",
    "use memory",
    "checkpoint",
    "create table t as select 1",
    "create view lake.x as select 1",
    "create or replace view lake.span as select 1",
    "create macro f() as 1",
    "create secret (type s3)",
    "alter view lake.span rename to x",
    "drop view lake.span",
    "drop schema lake cascade",
    "comment on view lake.span is 'x'",
    "insert into lake.span select * from lake.span",
    "update lake.span set name = 'x'",
    "delete from lake.span",
    "truncate lake.span",
    "merge into lake.span as t using lake.span as s on t.span_id = s.span_id when matched then delete",
    "with x as (select 1) delete from lake.span",
    "with x as (insert into lake.span select * from lake.span returning *) select * from x",
    "with x as (delete from lake.span returning *) select count(*) from x",
    "select * from lake.span where 1 in (with y as (delete from lake.span returning 1) select 1 from y)",
]
SETTINGS = [
    "install httpfs",
    "load httpfs",
    "force install httpfs from 'https://example.com'",
    "update extensions",
    "set memory_limit='1TB'",
    "set enable_external_access=true",
    "set lock_configuration=false",
    "set allowed_directories=['/']",
    "reset lock_configuration",
    "set variable x = 1",
    "pragma database_list",
    "pragma enable_profiling",
    "call pragma_version()",
    "call enable_logging()",
    "begin",
    "commit",
    "rollback",
    "vacuum",
    "analyze",
    "prepare p as select 1",
    "execute p",
    "deallocate p",
    "select * from enable_logging()",
    "select * from checkpoint()",
    "select * from force_checkpoint('memory')",
    "select write_log('x')",
    "select * from arrow_scan(0, 0, 0)",
    "select * from python_arrow_scan(0)",
    "select * from duckdb_secrets()",
    "select * from duckdb_settings()",
    "select * from other.lake.span",
]
SEVERAL = ["select 1; select 2", "select 1; drop view lake.span", ";", "", "/* nothing */", "-- nothing"]


@pytest.fixture(scope="module")
def fenced(
    analysed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Case, dict[str, Path]]]:
    outside = tmp_path_factory.mktemp("around") / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("secret\n42\n")
    with Case(analysed / "case") as case:
        yield case, {"case": (analysed / "case").resolve(), "outside": outside}


def files(places: dict[str, Path]) -> dict[str, int]:
    return {
        str(path): path.stat().st_size
        for place in places.values()
        for path in sorted(place.rglob("*"))
        if ".spill" not in path.parts
    }


@pytest.mark.parametrize("statement", OUTSIDE + INSIDE + WRITING + SETTINGS + SEVERAL)
def test_what_is_no_question_about_the_case_is_refused(fenced, statement):
    case, places = fenced
    before = files(places)
    for ask in (lambda q: list(case.stream(q)), lambda q: case.sql(q).arrow()):
        with pytest.raises(QueryError):
            ask(statement.format(**places))
    assert files(places) == before
    assert case.sql("select count(*) as n from lake.span").arrow().to_pylist() == [{"n": 1}]


INNER = [s for s in WRITING if s.startswith(("with x as (insert", "with x as (d", "select"))]


@pytest.mark.parametrize("statement", INNER)
def test_writing_inside_of_a_select_is_refused_before_duckdb_sees_it(fenced, statement):
    """Views cannot be written to anyway; that is not what refuses it."""
    case, _ = fenced
    with pytest.raises(QueryError, match="inside of it"):
        case.sql(statement)


@pytest.mark.parametrize("statement", INSIDE)
def test_files_inside_the_case_are_refused_by_name(fenced, statement):
    case, places = fenced
    with pytest.raises(QueryError, match=r"not allowed here|no view"):
        case.sql(statement.format(**places))


@pytest.mark.parametrize("statement", OUTSIDE + INSIDE)
def test_the_settings_hold_too_where_the_parser_is_fooled(fenced, statement, monkeypatch):
    """Files inside the case's tables may be read then: DuckDB reads them for us."""
    case, places = fenced
    monkeypatch.setattr("forensics.lake.lake.refuse_all_but_questions", lambda *_: None)
    try:
        rows = case.sql(statement.format(**places)).arrow().to_pylist()
    except QueryError:
        return
    assert "42" not in str(rows)
    assert "ledger" not in str(rows)
    assert "custody" not in str(rows)


ALLOWED = [
    "select 1",
    "SELECT count(*) FROM \"lake\".\"span\"",
    "from lake.span select name;",
    "explain select * from lake.span",
    "explain analyze select * from lake.span",
    "explain (format json) select 1",
    "describe lake.span",
    "summarize lake.span",
    "show tables",
    "values (1)",
    "table lake.span",
    "with recursive t(n) as (select 1 union all select n + 1 from t where n < 3) select * from t",
    "with a as (select 1 as x) select * from a join lake.span on true",
    "select * from range(3), unnest([1, 2])",
    "select * from json_each('{{}}')",
    "select 1 union all select 2 order by 1 limit 1",
    "select span_id, row_number() over (order by span_id) from lake.span",
    "pivot lake.span on name in ('orders') using count(*)",
    "select view_name, comment from duckdb_views()",
    "select * from information_schema.tables",
    "select list_transform([1], lambda x: x + 1)",
    "select 'attach; drop view lake.span' as text",
    "select * from evidence.log_event",
]  # fmt: skip


@pytest.mark.parametrize("statement", ALLOWED)
def test_questions_are_allowed(fenced, statement):
    case, places = fenced
    assert list(case.stream(statement.format(**places)))
    case.sql(statement.format(**places)).arrow()


def test_a_variable_of_ours_is_no_table(fenced):
    case, _ = fenced
    with pytest.raises(QueryError, match="no view batches"):
        case.sql("select * from batches")


def test_the_shell_is_fenced_as_well(fenced, monkeypatch, capsys):
    _, places = fenced
    statements = [s.format(**places) for s in OUTSIDE + INSIDE + WRITING + SETTINGS]
    before = files(places)
    monkeypatch.setattr("sys.stdin", io.StringIO(";\n".join(statements) + ";\n"))
    assert main(["shell", "--case", str(places["case"]), "--quiet"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("error: ") == len(statements)
    assert files(places) == before


def test_parameters_are_bound_and_never_pasted(fenced):
    case, _ = fenced
    hostile = "x' or 1 = 1; drop view lake.span --"
    query = "select $text as told, count(*) as n from lake.span where name = $text"
    assert case.sql(query, {"text": hostile}).arrow().to_pylist() == [{"told": hostile, "n": 0}]


def test_a_case_by_a_relative_or_linked_path_is_readable_behind_the_fence(analysed, tmp_path, monkeypatch):
    (tmp_path / "link").symlink_to(analysed / "case")
    monkeypatch.chdir(tmp_path)
    for path in ("link", Path("..") / tmp_path.name / "link"):
        with Case(path) as case:
            assert case.sql("select message from lake.log_event").arrow().num_rows == 1


def test_a_large_sort_spills_behind_the_fence(analysed):
    with Case(analysed / "case", memory="120MB", threads=1) as case:
        query = "select a from range(6000000) as t(a) order by hash(a), a"
        assert sum(batch.num_rows for batch in case.stream(query)) == 6_000_000
