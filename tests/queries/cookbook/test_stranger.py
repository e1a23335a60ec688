"""A stranger has DuckDB, the file of `connect` and what `catalog` prints, and imports nothing of ours."""

from __future__ import annotations

import json
import subprocess
import sys

from forensics.cli import main

SESSION = '''
import json
import sys

import duckdb

database, catalog = sys.argv[1:]
told = json.load(open(catalog))
views = {v["name"]: {c["name"]: c["meaning"] for c in v["columns"]} for v in told["views"]}


def view_with(*words):
    """The view whose name says it and whose columns have these words."""
    return next(name for name, columns in views.items() if set(words) <= set(columns))


db = duckdb.connect(database, read_only=True)
ask = lambda sql: db.sql(sql).fetchall()

failure = next(name for name in views if name.endswith(".failure"))
assert "node where it began" in views[failure]["origin_node"]
print(json.dumps([
    ask(f"select origin_node, count(*) from {failure} group by all order by 2 desc, 1 limit 1"),
    ask(f"select max(duration_ms) from {view_with('chain', 'entry_node', 'duration_ms')}"),
    ask(f"""select callee_node from {view_with('caller_node', 'callee_node', 'evidence')}
        where caller_node = 'checkout' group by 1 order by 1"""),
    ask("select comment from duckdb_views() where schema_name = 'failures' and view_name = 'failure'"),
], default=str))
'''


def test_a_stranger_answers_three_questions(night, tmp_path, capsys):
    database, catalog = tmp_path / "night.duckdb", tmp_path / "catalog.json"
    assert main(["connect", str(database), "--case", str(night.folder / "case")]) == 0
    said = capsys.readouterr().err
    assert "not fenced" in said
    assert said.splitlines()[-1] == f"Wrote {database}"
    assert main(["catalog", "-o", "json", "-f", str(catalog)]) == 0
    (tmp_path / "session.py").write_text(SESSION)
    done = subprocess.run(
        [sys.executable, "-I", "session.py", database.name, catalog.name],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    origin, longest, called, comment = json.loads(done.stdout)
    truth = night.truth("failure")
    assert origin == [["stock", truth.filter(truth["origin"] == "stock").height]]
    assert float(longest[0][0]) > 120_000
    assert called == [["api.payments.example"], ["orders"], ["recommend"]]
    assert comment[0][0].startswith("A request, message, execution")


def test_the_file_is_one_that_duckdb_1_4_opens(night, tmp_path):
    """Its storage version stands in the header: 67 is that of DuckDB 1.4, which refuses later ones."""
    database = tmp_path / "night.duckdb"
    assert main(["connect", str(database), "--case", str(night.folder / "case"), "--quiet"]) == 0
    head = database.read_bytes()[:64]
    assert head[8:12] == b"DUCK"
    assert int.from_bytes(head[12:20], "little") <= 67
