"""A DuckDB file that holds no rows: every view over the case's Parquet, for any client."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import duckdb

from forensics.case import Case
from forensics.errors import ForensicsError, UsageError
from forensics.lake.bodies import BASE_TABLES, base_body, comments, kept_rows, quoted
from forensics.queries import BASE_SCHEMAS, SCHEMAS, VIEWS_VERSION, tree

__all__ = ["write_database"]

# The oldest that keeps all we use; without it only a DuckDB 2 could open the file.
_STORAGE = "v1.2.0"
_TAKEN = {*BASE_SCHEMAS, *SCHEMAS, "main", "system", "temp", "memory", "information_schema", "pg_catalog"}


def write_database(case: Case, path: Path) -> None:
    """Write it beside its place first, and put it there whole.

    DuckDB names a database after its file: one named like a schema would make `lake.span` ambiguous.
    """
    if path.stem.lower() in _TAKEN:
        raise UsageError(
            f"a database named {path.stem} hides the schema of that name",
            f"forensics connect case-{path.name}",
        )
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _fill(case, temporary)
        os.replace(temporary, path)
    except (OSError, duckdb.IOException) as error:
        raise ForensicsError(
            f"cannot write {path}: {error}", "choose a folder that can be written"
        ) from error
    finally:
        for leftover in (temporary, temporary.with_name(temporary.name + ".wal")):
            leftover.unlink(missing_ok=True)


def _fill(case: Case, path: Path) -> None:
    with duckdb.connect() as db:
        db.execute(f"attach {quoted(os.fspath(path))} as made (storage_version '{_STORAGE}')")
        db.execute("use made")
        db.execute("begin")
        for schema in (*BASE_SCHEMAS, *SCHEMAS):
            db.execute(f"create schema {schema}")
        # DuckDB 1.4 reads `if(a, b, c)` as CASE, but not as this one stores it in a view
        db.execute('create macro main."if"(c, a, b) as case when c then a else b end')
        for name in BASE_TABLES:
            db.execute(f"create view {name} as {base_body(case, name)}")
        for view in tree().values():
            db.execute(f"create view {view.full_name} as {kept_rows(case, view) or view.sql}")
            for comment in comments(view):
                db.execute(comment)
        db.execute(f"create view main.about as {_about(case)}")
        db.execute("commit")


def _about(case: Case) -> str:
    told = {
        "case": os.fspath(case.path.resolve()),
        "views_version": VIEWS_VERSION,
        "fence": "none: whoever opens this file can read and write whatever they may read and write",
        "rows": "stay in the case; run `forensics connect` again when the case has grown",
    }
    rows = ", ".join(f"({quoted(key)}, {quoted(value)})" for key, value in told.items())
    return f"select * from (values {rows}) as about(key, value)"
