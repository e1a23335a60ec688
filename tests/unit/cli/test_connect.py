"""`connect`: the file it makes, and what it will not do."""

from __future__ import annotations

import duckdb
import pytest

from forensics.queries import VIEWS_VERSION, tree


@pytest.fixture
def connected(run, case, tmp_path):
    file = tmp_path / "mine.duckdb"
    assert run("connect", file, "--case", case)[0] == 0
    with duckdb.connect(str(file), read_only=True) as db:
        yield db


def test_every_view_is_there_with_its_comments(connected):
    views = dict(
        connected.sql("select schema_name || '.' || view_name, comment from duckdb_views()").fetchall()
    )
    assert {name: views[name] for name in tree()} == {v.full_name: v.description for v in tree().values()}
    columns = connected.sql("""
        select column_name, comment from duckdb_columns()
        where schema_name = 'lake' and table_name = 'span' order by column_index""").fetchall()
    assert dict(columns) == tree()["lake.span"].columns


def test_every_view_answers(connected):
    for name in tree():
        connected.sql(f"select count(*) from {name}").fetchall()
    assert connected.sql("select node from failures.failure").fetchall() == [("orders",)]


def test_the_file_says_what_it_is(connected):
    told = dict(connected.sql("from about").fetchall())
    assert told["views_version"] == VIEWS_VERSION
    assert "none" in told["fence"]


def test_a_file_named_like_a_schema_would_make_names_ambiguous(run, case, tmp_path):
    for name in ("lake.duckdb", "Links.db", "main.duckdb", "evidence"):
        code, _, err = run("connect", tmp_path / name, "--case", case)
        assert code == 2
        assert "hint: forensics connect case-" in err
        assert not (tmp_path / name).exists()


def test_nothing_is_overwritten_without_force(run, case, tmp_path):
    file = tmp_path / "mine.duckdb"
    file.write_text("precious")
    code, _, err = run("connect", file, "--case", case)
    assert code == 1
    assert "--force" in err
    assert file.read_text() == "precious"
    assert run("connect", file, "--case", case, "--force")[0] == 0
    with duckdb.connect(str(file), read_only=True) as db:
        assert db.sql("select count(*) from lake.span").fetchall() == [(1,)]
    assert sorted(path.name for path in tmp_path.iterdir() if "duckdb" in path.name) == ["mine.duckdb"]


def test_a_folder_that_is_not_there_is_named(run, case, tmp_path):
    code, _, err = run("connect", tmp_path / "no" / "mine.duckdb", "--case", case)
    assert code == 1
    assert "cannot write" in err


def test_a_case_is_needed(run, tmp_path):
    assert run("connect", tmp_path / "mine.duckdb", "--case", tmp_path / "nowhere")[0] == 10
