"""The SQL behind a name: the Parquet of a case, no rows of the right types, or the query of the tree."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from forensics.case import Case
from forensics.lake.windows import read_windows
from forensics.queries import View
from forensics.schema import EVIDENCE, NORMALIZED

__all__ = [
    "BASE_TABLES",
    "Edge",
    "base_body",
    "comments",
    "edge_body",
    "kept_rows",
    "no_rows",
    "quoted",
    "scan",
]

_VERDICT = pa.schema(
    [
        ("failure", pa.string()), ("chain", pa.string()), ("symptom", pa.string()),
        ("trace_id", pa.string()), ("failed_at", pa.timestamp("us")),
        ("last_seen_at", pa.timestamp("us")), ("node", pa.string()),
        ("node_kind", pa.string()), ("symptom_kind", pa.string()), ("message", pa.string()),
        ("origin", pa.string()), ("origin_node", pa.string()), ("origin_kind", pa.string()),
        ("category", pa.string()),
        ("confidence", pa.float64()), ("band", pa.string()), ("issue", pa.string()),
        ("fingerprint", pa.string()), ("title", pa.string()), ("document", pa.string()),
    ]
)  # fmt: skip
BASE_TABLES: dict[str, pa.Schema] = {
    **{f"evidence.{name}": schema for name, schema in EVIDENCE.items()},
    # What lies next to a part in others: nothing, unless a Lake is narrowed to one part.
    "evidence.log_edge": EVIDENCE["log_event"],
    **{f"normalized.{name}": schema for name, schema in NORMALIZED.items()},
    "rootcause.verdict": _VERDICT,
    "rootcause.absorbed": pa.schema([("invocation", pa.string()), ("category", pa.string())]),
    "evidence.gap": pa.schema(
        [
            ("kind", pa.string()), ("what", pa.string()), ("starts_at", pa.string()),
            ("ends_at", pa.string()), ("reason", pa.string()), ("closable", pa.bool_()),
        ]
    ),
    "evidence.read_window": pa.schema(
        [
            ("account", pa.string()), ("region", pa.string()), ("log_group", pa.string()),
            ("is_open", pa.bool_()), ("starts_at", pa.timestamp("us")), ("ends_at", pa.timestamp("us")),
        ]
    ),
}  # fmt: skip


class Edge(NamedTuple):
    """The rows of some parts of log events within a stretch of time, in µs since the epoch."""

    files: Sequence[Path]
    low: int
    high: int


def base_body(case: Case, name: str, only: Sequence[Path] | None = None) -> str:
    """A base table: its parts, or `only` these of them; the ledger's gaps and windows."""
    if name == "evidence.gap":
        return _gap_rows(case)
    if name == "evidence.read_window":
        return _window_rows(case)
    area, table = name.split(".")
    kept = case.files("evidence", table) if area == "evidence" else case.files("lake", name)
    return _base_scan(kept if only is None else only, BASE_TABLES[name])


def edge_body(edges: Sequence[Edge]) -> str:
    """What evidence.log_edge holds of these."""
    schema = BASE_TABLES["evidence.log_edge"]
    columns = ", ".join(schema.names)
    found = [
        f"select {columns} from ({_base_scan(edge.files, schema)}) where timestamp "
        f"between make_timestamp({edge.low}) and make_timestamp({edge.high})"
        for edge in edges
    ]
    return " union all ".join(found) or no_rows(schema)


def kept_rows(case: Case, view: View) -> str:
    """The scan of what the case keeps of a view, empty where it keeps nothing."""
    return scan(case.files("lake", view.full_name)) if view.materialize else ""


def comments(view: View, kind: str = "view") -> Iterator[str]:
    """The statements that describe a view and its columns; CREATE OR REPLACE forgets them."""
    yield f"comment on {kind} {view.full_name} is {quoted(view.description)}"
    for column, meaning in view.columns.items():
        yield f"comment on column {view.full_name}.{column} is {quoted(meaning)}"


def scan(files: Sequence[Path]) -> str:
    """Absolute names, so that neither a fence nor a database file cares where somebody stands."""
    listed = ", ".join(quoted(os.fspath(file.resolve())) for file in files)
    return f"select * from read_parquet([{listed}])" if files else ""


def _base_scan(files: Sequence[Path], schema: pa.Schema) -> str:
    """Parts of an older version may lack columns that a table was given since. They have the lowest
    numbers, so that one look at the first tells."""
    if not files:
        return no_rows(schema)
    if set(schema.names) <= set(pq.read_schema(min(files)).names):
        return scan(files)
    return f"{no_rows(schema)} union all by name {scan(files)[:-1]}, union_by_name=true)"


def no_rows(schema: pa.Schema) -> str:
    columns = ", ".join(f"cast(null as {_sql_type(f.type)}) as {f.name}" for f in schema)
    return f"select {columns} where false"


def _gap_rows(case: Case) -> str:
    rows = [(g.kind, g.what, g.starts_at, g.ends_at, g.reason, g.closable) for g in case.gaps()]
    return _values("evidence.gap", [[_literal(value) for value in row] for row in rows])


def _window_rows(case: Case) -> str:
    rows = [
        [*map(_literal, window[:4]), *(f"make_timestamp({ms * 1000})" for ms in window[4:])]
        for window in read_windows(case)
    ]
    return _values("evidence.read_window", rows)


def _values(name: str, rows: Sequence[Sequence[str]]) -> str:
    empty = no_rows(BASE_TABLES[name])
    if not rows:
        return empty
    listed = ", ".join(f"({', '.join(row)})" for row in rows)
    return f"{empty} union all select * from (values {listed}) as g({', '.join(BASE_TABLES[name].names)})"


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else quoted(str(value))


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "timestamp"
    names = {pa.string(): "varchar", pa.bool_(): "boolean", pa.int64(): "bigint", pa.float64(): "double"}
    return names[kind]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
