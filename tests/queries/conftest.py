"""Given rows, a view, expected rows: the very SQL of the tree over small tables.

A table is a list of dicts, or text with a header:

    invocation | status | ended_at
    orders#1   | failed | 1.5
    stock:9    | -      | -

`-` is null; a time is given in seconds after midnight of 2026-01-01; a key (`trace_key`, `span_key`, …)
may have a name instead of a number, and is derived from its id where only that is given. Columns that
are not given are null, or what they are in a healthy record where they are never null (`USUAL`).
Tables that are not given are computed from those that are, and empty at the end.
"""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from forensics.lake import BASE_TABLES
from forensics.queries import BASE_SCHEMAS, SCHEMAS, closure, recipe, tree

Rows = list[dict[str, Any]]
Table = str | Sequence[Mapping[str, Any]]
Query = Callable[[str, Mapping[str, Table]], Rows]
Check = Callable[[str, Mapping[str, Table], str], None]

MIDNIGHT = datetime(2026, 1, 1)

_SPAN = {
    "ordinal": 0, "inferred": False, "in_progress": False, "is_error": False, "is_fault": False,
    "is_throttle": False, "span_type": "segment",
}  # fmt: skip
USUAL: dict[str, dict[str, Any]] = {
    "normalized.span": _SPAN | {"document_key": 1, "source": "segment_document"},
    "normalized.link": {"document_key": 1, "reference_type": "parent"},
    "lake.superseded": {"is_repeated": False},
    "lake.span": _SPAN,
    "lake.link": {"reference_type": "parent"},
    "lake.call": {"in_progress": False, "is_failed": False, "is_throttle": False},
    "lake.segment_invocation": {"attempt": 1, "part": "segment"},
    "lake.traced_invocation": {
        "status": "unknown", "is_client_error": False, "is_throttle": False, "is_cold": False,
        "has_function": False, "attempt": 1, "kind": "AWS::Lambda::Function",
    },
    "lake.virtual_invocation": {
        "status": "unknown", "is_client_error": False, "is_throttle": False, "is_missing": False,
    },
    "lake.lambda_log": {"attempt": 1, "status": "unknown"},
    "lake.invocation": {
        "attempt": 1, "status": "unknown", "is_virtual": False, "is_client_error": False, "is_throttle": False,
    },
    "lake.log_record": {"record_type": "log", "kind": "AWS::Lambda::Function", "node": "fn",
                        "log_group": "/aws/lambda/fn", "log_stream": "s1"},
    "links.edge": {"kind": "call", "evidence": "trace_parent", "confidence": 1.0, "candidates": 1},
}  # fmt: skip
_KEY_OF = {
    "trace_id": "trace_key", "segment_id": "segment_key", "span_id": "span_key",
    "parent_span_id": "parent_key", "linked_trace_id": "linked_trace_key", "linked_span_id": "linked_key",
}  # fmt: skip
_names: dict[int, str] = {}


@pytest.fixture(scope="session")
def schemas() -> dict[str, dict[str, str]]:
    """Column types of every table and view, as DuckDB gives them over an empty case."""
    with duckdb.connect() as db:
        for schema in (*BASE_SCHEMAS, *SCHEMAS):
            db.execute(f"create schema {schema}")
        for name, schema_ in BASE_TABLES.items():
            db.register("empty", schema_.empty_table())
            db.execute(f"create table {name} as from empty")
        for name, view in tree().items():
            # a table: views upon views are bound again at each step, which takes minutes
            db.execute(f"create table {name} as {view.sql}")
        return {name: _columns(db, name) for name in (*BASE_TABLES, *tree())}


def _columns(db: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    return {row[0]: row[1] for row in db.execute(f"describe {name}").fetchall()}


@pytest.fixture(scope="session")
def query(schemas: dict[str, dict[str, str]]) -> Query:
    """Rows of a view over the given tables, as dicts."""

    def ask(view: str, given: Mapping[str, Table], threads: int = 2) -> Rows:
        assert set(given) <= set(schemas), "a given table that the tree does not have"
        with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as db:
            for schema in (*BASE_SCHEMAS, *SCHEMAS):
                db.execute(f"create schema {schema}")
            for name in _needed(view, given):
                if name in given or name in BASE_TABLES:
                    _fill(db, name, schemas[name], given.get(name, ()))
                else:
                    db.execute(f"create table {name} as {tree()[name].sql}")
            rows: Rows = db.sql(f"from {view}").to_arrow_table().to_pylist()
            return rows

    return ask


@pytest.fixture(scope="session")
def check(query: Query) -> Check:
    """Assert that a view has exactly the expected rows, in the columns of the expected table."""

    def compare(view: str, given: Mapping[str, Table], expected: str) -> None:
        columns, rows = _parse(expected)
        found = [{c: _shown(row[c]) for c in columns} for row in query(view, given)]
        assert _text(columns, found) == _text(columns, rows)

    return compare


@pytest.fixture(scope="session")
def check_recipe(schemas: dict[str, dict[str, str]]) -> Callable[..., None]:
    """The same for a recipe; tables that it names and that are not given are empty."""

    def compare(name: str, given: Mapping[str, Table], expected: str, **parameters: str) -> None:
        found = recipe(name)
        named = [table for table in schemas if re.search(rf"\b{re.escape(table)}\b", found.sql)]
        assert set(given) <= set(named), "a given table that the recipe does not read"
        with duckdb.connect(config={"threads": 2, "preserve_insertion_order": False}) as db:
            for schema in (*BASE_SCHEMAS, *SCHEMAS):
                db.execute(f"create schema {schema}")
            for table in named:
                _fill(db, table, schemas[table], given.get(table, ()))
            answer = db.sql(found.sql, params=found.values(parameters) or None)
            rows: Rows = answer.to_arrow_table().to_pylist()
        columns, wanted = _parse(expected)
        shown = [{c: _shown(row[c]) for c in columns} for row in rows]
        assert _text(columns, shown) == _text(columns, wanted)

    return compare


def _needed(view: str, given: Mapping[str, Table]) -> list[str]:
    """What has to be there for a view, in order; nothing below a table that is given."""
    wanted: set[str] = set()
    left = [view]
    while left:
        name = left.pop()
        if name not in wanted:
            wanted.add(name)
            if name not in given and name not in BASE_TABLES:
                left += tree()[name].needs
    ordered = [found.full_name for found in closure([view])]
    return [name for name in (*BASE_TABLES, *ordered) if name in wanted]


def _fill(db: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], table: Table) -> None:
    declared = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    db.execute(f"create table {name} ({declared})")
    rows = _parse(table)[1] if isinstance(table, str) else [dict(row) for row in table]
    rows = [_completed(name, columns, row) for row in rows]
    if rows:
        listed = pa.table({c: pa.array([_written(row.get(c)) for row in rows], pa.string()) for c in columns})
        db.register("given", listed)
        casts = ", ".join(f'cast("{column}" as {kind})' for column, kind in columns.items())
        db.execute(f"insert into {name} select {casts} from given")
        db.unregister("given")


def _completed(name: str, columns: dict[str, str], row: dict[str, Any]) -> dict[str, Any]:
    assert set(row) <= set(columns), f"{name} has no column {set(row) - set(columns)}"
    whole = USUAL.get(name, {}) | row
    for identity, key in _KEY_OF.items():
        if key in columns and key not in row and whole.get(identity) is not None:
            whole[key] = whole[identity]
    return {column: _read(column, columns[column], value) for column, value in whole.items()}


def _read(column: str, kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "TIMESTAMP" and not isinstance(value, datetime):
        return MIDNIGHT + timedelta(seconds=float(value))
    if column.endswith("_key") and kind == "BIGINT" and not isinstance(value, int):
        key = zlib.crc32(str(value).encode())
        _names[key] = str(value)
        return key
    return value


def _written(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def _parse(text: str) -> tuple[list[str], Rows]:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    columns = [cell.strip() for cell in lines[0].split("|")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines[1:]]
    assert all(len(row) == len(columns) for row in cells), "a row has more or fewer cells than the header"
    return columns, [
        {c: None if cell == "-" else cell for c, cell in zip(columns, row, strict=True)} for row in cells
    ]


def _shown(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return _plain(Decimal((value - MIDNIGHT) // timedelta(microseconds=1)) / 1_000_000)
    if isinstance(value, int) and value in _names:
        return _names[value]
    if isinstance(value, Decimal | float):
        return _plain(Decimal(str(value)))
    return None if value is None else str(value)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _text(columns: list[str], rows: Rows) -> str:
    """A table as text, rows in a fixed order, so that a failing test shows the difference."""
    cells = sorted(["-" if row[c] is None else row[c] for c in columns] for row in rows)
    table = [columns, *cells]
    widths = [max(len(row[i]) for row in table) for i in range(len(columns))]
    return "\n".join(
        " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in table
    )
