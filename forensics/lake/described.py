"""The catalogue: what DuckDB itself says of the views, their columns, types and comments."""

from __future__ import annotations

from collections import defaultdict

import duckdb

from forensics.lake.bodies import BASE_TABLES, comments, no_rows
from forensics.model import ColumnInfo, ViewInfo
from forensics.queries import BASE_SCHEMAS, SCHEMAS, tree

__all__ = ["describe"]


def describe() -> tuple[ViewInfo, ...]:
    """Every view of the tree, in the order in which they build on each other. Needs no case."""
    with duckdb.connect(config={"threads": 1}) as db:
        for schema in (*BASE_SCHEMAS, *SCHEMAS):
            db.execute(f"create schema {schema}")
        for name, schema_ in BASE_TABLES.items():
            db.execute(f"create table {name} as {no_rows(schema_)}")
        for view in tree().values():
            # as tables: a view upon views is bound again at each step, which takes a minute
            db.execute(f"create table {view.full_name} as {view.sql}")
            for comment in comments(view, "table"):
                db.execute(comment)
        return _described(db)


def _described(db: duckdb.DuckDBPyConnection) -> tuple[ViewInfo, ...]:
    tables = dict(db.sql("select schema_name || '.' || table_name, comment from duckdb_tables()").fetchall())
    columns: dict[str, list[ColumnInfo]] = defaultdict(list)
    found = db.sql("""
        select schema_name || '.' || table_name, column_name, data_type, comment
        from duckdb_columns() where not internal order by table_oid, column_index""")
    for name, column, kind, comment in found.fetchall():
        columns[name].append(ColumnInfo(column, kind, comment or ""))
    return tuple(
        ViewInfo(name, tables[name] or "", view.scope, view.needs, tuple(columns[name]))
        for name, view in tree().items()
    )
