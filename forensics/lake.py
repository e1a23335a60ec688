"""The only room that knows DuckDB: a case's tables and the SQL tree, behind one connection.

A Lake holds no data. Base tables are views over the case's Parquet parts, the views of the tree
stand on them, and `materialize` keeps what is dear to compute as parts of the case.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from forensics.case import Case, Part
from forensics.errors import QueryError
from forensics.queries import BASE_SCHEMAS, SCHEMAS, View, closure, tree
from forensics.schema import EVIDENCE, NORMALIZED

__all__ = ["BASE_TABLES", "Edge", "Lake", "view_key"]

_BATCH_ROWS = 100_000
_QUALIFIED = re.compile(rf'(?i)\b"?({"|".join(SCHEMAS)})"?\s*\.\s*"?(\w+)')
# Where comments can be read: DuckDB's table functions, and the views that clients ask.
_CATALOGUE = re.compile(r"(?i)\bduckdb_|\binformation_schema\b|\bpg_(?:catalog|description)\b")
_VERDICT = pa.schema(
    [
        ("failure", pa.string()), ("chain", pa.string()), ("symptom", pa.string()),
        ("trace_id", pa.string()), ("failed_at", pa.timestamp("us")), ("node", pa.string()),
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
}  # fmt: skip


class Edge(NamedTuple):
    """The rows of a part of log events within a stretch of time, in µs since the epoch."""

    file: Path
    low: int
    high: int


class Lake:
    """One DuckDB connection over a case. Use it as a context manager.

    `threads` changes speed only, never a result. `memory` is DuckDB's limit, such as `2GB`.
    `only` narrows tables to some files, for views of `scope: record`; with `ignore_materialized`
    all other views are computed, and what is materialized is read by those that come after it.
    `edges` are what evidence.log_edge holds.
    """

    def __init__(
        self,
        case: Case,
        *,
        threads: int | None = None,
        memory: str | None = None,
        only: Mapping[str, Sequence[Path]] | None = None,
        edges: Sequence[Edge] = (),
        ignore_materialized: bool = False,
    ) -> None:
        self.case = case
        self._only = dict(only or {})
        self._edges = edges
        self._fresh = ignore_materialized
        self._bound: set[str] = set()
        self._described: set[str] = set()
        self._db = duckdb.connect(":memory:", config=_config(case.path, threads, memory))
        for schema in (*BASE_SCHEMAS, *SCHEMAS):
            self._db.execute(f"create schema {schema}")
        for name, schema_ in BASE_TABLES.items():
            self._bind_base(name, schema_)

    def __enter__(self) -> Lake:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def arrow(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> pa.Table:
        """The rows of a query of our own (trusted text; values are bound, never pasted in)."""
        self.bind(_names(sql))
        try:
            table: pa.Table = self._run(sql, parameters).to_arrow_table()
        except duckdb.Error as error:
            raise QueryError(_first_line(error)) from error
        return table

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.arrow(sql, parameters).to_pylist()
        return found

    def batches(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Iterator[pa.RecordBatch]:
        """Stream a query's rows in bounded memory. The connection is busy until it is read out."""
        self.bind(_names(sql))
        yield from self._run(sql, parameters).to_arrow_reader(_BATCH_ROWS)

    @contextmanager
    def given(self, name: str, rows: pa.Table) -> Iterator[None]:
        """Let queries inside the block read Arrow rows under a name of their own."""
        self._db.register(name, rows)
        try:
            yield
        finally:
            self._db.unregister(name)

    def bind(self, names: Sequence[str]) -> None:
        """Make these views, and those that they need, visible to queries."""
        for view in closure(names):
            if view.full_name not in self._bound:
                self._bind_view(view)
                self._bound.add(view.full_name)

    def materialize(self, view: View, key: str) -> None:
        """Compute a view and keep its rows in the case, unless they are there for this key."""
        have = self.case.parts("lake", view.full_name)
        if not have or any(part.inputs != key for part in have):
            self.materialize_part(view, "000001", key, have)

    def materialize_part(self, view: View, stem: str, key: str, replaces: Sequence[Part]) -> None:
        """Compute a view over what is bound, in place of older parts of it."""
        self.bind(view.needs)
        reader = self._run(view.sql).to_arrow_reader(_BATCH_ROWS)
        schema = pa.schema([pa.field(f.name, _stored(f.type)) for f in reader.schema])
        batches = (batch.cast(schema) for batch in reader)
        name = view.full_name
        part = self.case.write("lake", name, stem, batches, schema, inputs=key, replaces=replaces)
        if self._fresh:
            self._only[name] = [self.case.path / part.path]
        self._bound.discard(name)

    def describe(self) -> None:
        """Give what is bound its comments, for those who ask DuckDB's catalogue. They cost half a
        millisecond each, a second for the whole tree, and are therefore not made by `bind`."""
        for name in sorted(self._bound - self._described):
            view = tree()[name]
            self._comment("view", name, view.description)
            for column, meaning in view.columns.items():
                self._comment("column", f"{name}.{column}", meaning)
        self._described |= self._bound

    def fence(self) -> None:
        """From here on: reading inside the case only, and no way to change that."""
        self._db.execute(f"set allowed_directories=[{_quoted(str(self.case.path.resolve()))}]")
        self._db.execute("set enable_external_access=false")
        self._db.execute("set lock_configuration=true")

    def ask(self, sql: str, *, unsafe: bool = False) -> Iterator[pa.RecordBatch]:
        """A user's query: SELECT and EXPLAIN only, fenced to the case unless `unsafe`.

        Raises QueryError with the nearest names where a view or column is unknown.
        """
        if not unsafe:
            self._refuse_writes(sql)
        self.bind(_names(sql))
        if _CATALOGUE.search(sql):
            self.describe()
        if not unsafe:
            self.fence()
        reader = self._run(sql).to_arrow_reader(_BATCH_ROWS)
        yield pa.RecordBatch.from_pylist([], schema=reader.schema)
        yield from reader

    def _refuse_writes(self, sql: str) -> None:
        """Allow one SELECT, or EXPLAIN of one; by the parser's word, not by the look of the text."""
        for text in (sql, _question(sql)):
            kinds = [statement.type for statement in self._statements(text)]
            if len(kinds) != 1:
                raise QueryError(f"one statement at a time, this has {len(kinds)}")
            explained = text is sql and kinds[0] == duckdb.StatementType.EXPLAIN
            if kinds[0] != duckdb.StatementType.SELECT and not explained:
                raise QueryError(
                    f"only SELECT and EXPLAIN of it are allowed here, not {kinds[0].name}",
                    "forensics sql --unsafe lifts this",
                )

    def _statements(self, sql: str) -> list[Any]:
        try:
            return list(self._db.extract_statements(sql))
        except duckdb.Error as error:
            raise QueryError(_first_line(error)) from None

    def _run(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        try:
            return self._db.sql(sql, params=parameters or None)
        except duckdb.Error as error:
            raise QueryError(_first_line(error), _nearest(str(error))) from None

    def _bind_base(self, name: str, schema: pa.Schema) -> None:
        if name == "evidence.gap":
            self._db.execute(f"create view {name} as {_gap_rows(self.case)}")
            return
        if name == "evidence.log_edge" and self._edges:
            self._db.execute(f"create view {name} as {_edge_rows(self._edges, schema)}")
            return
        files = self._only.get(name)
        if files is None:
            area, table = name.split(".")
            kept = ("evidence", table) if area == "evidence" else ("lake", name)
            files = self.case.files(*kept)
        self._db.execute(f"create view {name} as {_base_scan(files, schema)}")

    def _bind_view(self, view: View) -> None:
        kept = [] if self._fresh or not view.materialize else self.case.files("lake", view.full_name)
        files = self._only.get(view.full_name, kept)
        body = _scan(files) if files else view.sql
        self._db.execute(f"create or replace view {view.full_name} as {body}")
        self._described.discard(view.full_name)

    def _comment(self, kind: str, name: str, text: str) -> None:
        self._db.execute(f"comment on {kind} {name} is {_quoted(text)}")


def _names(sql: str) -> list[str]:
    """What a query may speak of. A name inside a text binds a view too many, which costs little."""
    return [f"{schema}.{name}".lower() for schema, name in _QUALIFIED.findall(sql)]


def view_key(view: View, state: str) -> str:
    """What the rows of a view depend on: the evidence, and the view with all it stands on."""
    text = "\0".join(v.sql for v in closure([view.full_name]))
    return hashlib.sha256(f"{state}\0{text}".encode()).hexdigest()


def _config(case: Path, threads: int | None, memory: str | None) -> dict[str, Any]:
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
        "temp_directory": os.fspath(case / ".spill"),
    }
    if threads:
        config["threads"] = threads
    if memory:
        config["memory_limit"] = memory
    return config


def _scan(files: Sequence[Path]) -> str:
    listed = ", ".join(_quoted(os.fspath(file)) for file in files)
    return f"select * from read_parquet([{listed}])" if files else ""


def _base_scan(files: Sequence[Path], schema: pa.Schema) -> str:
    """Parts of an older version may lack columns that a table was given since. They have the lowest
    numbers, so that one look at the first tells."""
    if not files:
        return _no_rows(schema)
    if set(schema.names) <= set(pq.read_schema(files[0]).names):
        return _scan(files)
    return f"{_no_rows(schema)} union all by name {_scan(files)[:-1]}, union_by_name=true)"


def _edge_rows(edges: Sequence[Edge], schema: pa.Schema) -> str:
    columns = ", ".join(schema.names)
    return " union all ".join(
        f"select {columns} from ({_base_scan([edge.file], schema)}) where timestamp "
        f"between make_timestamp({edge.low}) and make_timestamp({edge.high})"
        for edge in edges
    )


def _no_rows(schema: pa.Schema) -> str:
    columns = ", ".join(f"cast(null as {_sql_type(f.type)}) as {f.name}" for f in schema)
    return f"select {columns} where false"


def _gap_rows(case: Case) -> str:
    gaps = [
        f"({', '.join(_literal(v) for v in (g.kind, g.what, g.starts_at, g.ends_at, g.reason, g.closable))})"
        for g in case.gaps()
    ]
    empty = _no_rows(BASE_TABLES["evidence.gap"])
    if not gaps:
        return empty
    names = ", ".join(BASE_TABLES["evidence.gap"].names)
    return f"{empty} union all select * from (values {', '.join(gaps)}) as g({names})"


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else _quoted(str(value))


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "timestamp"
    names = {pa.string(): "varchar", pa.bool_(): "boolean", pa.int64(): "bigint", pa.float64(): "double"}
    return names[kind]


def _stored(kind: pa.DataType) -> pa.DataType:
    """Types that every reader of Parquet has: no 128-bit integers (DuckDB's sum of bigint)."""
    if pa.types.is_decimal(kind) and kind.scale == 0:
        return pa.int64()
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return pa.string()
    return kind


def _nearest(message: str) -> str:
    """What was probably meant: DuckDB names columns, views that are not bound yet are ours to name."""
    bindings = re.search(r"Candidate bindings: (.*)", message)
    if bindings:
        return f"did you mean {bindings[1]}?"
    missing = re.search(r"[Nn]ame (\S+?) does not exist", message)
    known = [*tree(), *BASE_TABLES]
    close = difflib.get_close_matches(missing[1].strip('"!'), known, 3, 0.3) if missing else []
    return f"did you mean {', '.join(close)}?" if close else "forensics catalog lists views and columns"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0]


# What stands before the statement that is explained, comments included.
_EXPLAIN = re.compile(r"(?is)^(?:\s|--[^\n]*\n|/\*.*?\*/)*explain\s*(?:\([^)]*\)|analyze\b)?")


def _question(sql: str) -> str:
    """The statement itself where it stands behind EXPLAIN, which runs it where ANALYZE is said."""
    return _EXPLAIN.sub("", sql, count=1)
