"""A case's tables and the SQL tree, behind one connection.

A Lake holds no data. Base tables are views over the case's Parquet parts, the views of the tree
stand on them, and `materialize` keeps what is dear to compute as parts of the case.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from forensics.case import Case, Part
from forensics.errors import QueryError
from forensics.lake.bodies import (
    BASE_TABLES,
    Edge,
    base_body,
    comments,
    edge_body,
    kept_rows,
    no_rows,
    quoted,
    scan,
)
from forensics.lake.fence import refuse_all_but_questions
from forensics.lake.nearest import check_parameters, told
from forensics.lake.passes import PASS_KEYS, in_memory, narrowed, passes_of
from forensics.lake.running import run
from forensics.model import OnProgress, no_progress
from forensics.queries import BASE_SCHEMAS, SCHEMAS, View, closure, tree

__all__ = ["BASE_TABLES", "Edge", "Lake", "view_key"]

_BATCH_ROWS = 100_000
_AREAS = ("evidence", "lake")
# Progress is counted for whoever asks, and never printed by DuckDB. One question reads a part many times, and
# parts never change.
_OPTIONS = ("enable_progress_bar=true", "enable_progress_bar_print=false", "parquet_metadata_cache=true")
_QUALIFIED = re.compile(rf'(?i)\b"?({"|".join(SCHEMAS)})"?\s*\.\s*"?(\w+)')

# Where comments can be read: DuckDB's table functions, and the views that clients ask.
_CATALOGUE = re.compile(r"(?i)\bduckdb_|\binformation_schema\b|\bpg_(?:catalog|description)\b")


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
        self._is_narrowed = bool(only)
        self._fresh = ignore_materialized
        self._bound: set[str] = set()
        self._described: set[str] = set()
        self._fenced = False
        self._db = duckdb.connect(":memory:", config=_config(case.path, threads, memory))
        for option in _OPTIONS:
            self._db.execute(f"set {option}")
        for schema in (*BASE_SCHEMAS, *SCHEMAS):
            self._db.execute(f"create schema {schema}")
        for name in BASE_TABLES:
            if name == "evidence.log_edge" and edges:  # read once, however many parts lie at the time
                self._db.execute(f"create table {name} as {edge_body(edges)}")
                continue
            self._define(name, self._body(name))

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
            raise QueryError(*told(error)) from error
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

    @contextmanager
    def computed(self, name: str, sql: str, parameters: dict[str, Any] | None = None) -> Iterator[None]:
        """Let queries inside the block read the rows of a query under a name of their own. They are computed
        once, and lie on disk where memory is short."""
        self.bind(_names(sql))
        with in_memory(name):
            self._db.execute(f"create temp table {name} as {sql}", parameters)
        try:
            yield
        finally:
            self._db.execute(f"drop table {name}")

    @contextmanager
    def cut(self, conditions: Mapping[str, str]) -> Iterator[None]:
        """Let queries inside the block read of each of these tables and views only the rows for which a
        condition holds: before they are joined, which DuckDB would do with all of them."""
        self.bind(list(conditions))
        for name, condition in conditions.items():
            self._define(name, f"select * from ({self._body(name)}) where {condition}")
        try:
            yield
        finally:
            for name in conditions:
                self._define(name, self._body(name))

    @contextmanager
    def amended(self, name: str, without: str, rows: pa.Table) -> Iterator[None]:
        """Let queries inside the block read a base table without some of its rows, and with these instead."""
        with self.given("amendment", rows):
            kept = f"select * from ({self._body(name)}) where not coalesce({without}, false)"
            self._define(name, f"{kept} union all by name select * from amendment")
            try:
                yield
            finally:
                self._define(name, self._body(name))

    def bind(self, names: Sequence[str]) -> None:
        """Make these views, and those that they need, visible to queries. What lies in the case as rows
        needs nothing: a view costs 3 ms, and few of them stand on less than fifty."""
        for view in closure(names, lambda view: bool(self._rows_of(view))):
            if view.full_name not in self._bound:
                self._bind_view(view)
                self._bound.add(view.full_name)

    def materialize(self, view: View, key: str) -> None:
        """Compute a view and keep its rows in the case, unless they are there for this key."""
        have = self.case.parts("lake", view.full_name)
        if not have or any(part.inputs != key for part in have):
            self.materialize_part(view, "000001", key, have)

    def materialize_part(self, view: View, stem: str, key: str, replaces: Sequence[Part]) -> None:
        """Compute a view over what is bound, in place of older parts of it.

        Raises QueryError where that takes more memory than it may.
        """
        name = view.full_name
        self.bind(view.needs)
        with in_memory(name):
            passes = self._computed(view)
            first = next(passes)  # to ask for the columns alone would plan the view once more
            schema = pa.schema([pa.field(f.name, _stored(f.type)) for f in first.schema])
            batches = (batch.cast(schema) for rows in chain([first], passes) for batch in rows)
            part = self.case.write("lake", name, stem, batches, schema, inputs=key, replaces=replaces)
        if self._fresh:
            self._only[name] = [self.case.path / part.path]
        self._bound.discard(name)

    def _computed(self, view: View) -> Iterator[pa.RecordBatchReader]:
        """The rows of a view; of `scope: trace` or `request` for as many of these at a time as memory is
        sure to hold. Each is to be read out before the next is asked for."""
        leaves = self._leaves(view) if view.scope in PASS_KEYS and not self._only else []
        passes = self._passes(leaves) if leaves else 1
        for number in range(passes):
            for name in leaves if passes > 1 else ():
                self._define(name, narrowed(self._body(name), view.scope, passes, number))
            yield self._run(view.sql).to_arrow_reader(_BATCH_ROWS)
        for name in leaves if passes > 1 else ():
            self._define(name, self._body(name))

    def _passes(self, leaves: Sequence[str]) -> int:
        names = {
            *leaves,
            *(step.full_name for step in closure(leaves, lambda view: bool(self._rows_of(view)))),
        }
        rows = max(sum(part.rows for part in self.case.parts("lake", name)) for name in names)
        [[limit]] = self._db.sql("select parse_formatted_bytes(current_setting('memory_limit'))").fetchall()
        return passes_of(rows, limit)

    def _leaves(self, view: View) -> list[str]:
        """What is narrowed for this view: what it reads of requests, for whom a line belongs to is not told
        by one request; of traces what lies in the case as rows with a `trace_key`."""
        if view.scope == "request":
            return [need for need in view.needs if need in tree() and "request_id" in tree()[need].columns]
        steps = closure(view.needs, lambda view: bool(self._rows_of(view)))
        kept = [step.full_name for step in steps if self._rows_of(step) and "trace_key" in step.columns]
        read = {need for step in (view, *steps) if step.full_name not in kept for need in step.needs}
        return kept + sorted(n for n in read & BASE_TABLES.keys() if "trace_key" in BASE_TABLES[n].names)

    def describe(self) -> None:
        """Give what is bound its comments, for those who ask DuckDB's catalogue. They cost half a
        millisecond each, a second for the whole tree, and are therefore not made by `bind`."""
        for name in sorted(self._bound - self._described):
            for comment in comments(tree()[name]):
                self._db.execute(comment)
        self._described |= self._bound

    def fence(self) -> None:
        """From here on: reading the case's tables only, and no way to change that."""
        tables = ", ".join(quoted(os.fspath(self.case.path.resolve() / area)) for area in _AREAS)
        self._db.execute(f"set allowed_directories=[{tables}]")
        self._db.execute("set enable_external_access=false")
        self._db.execute("set lock_configuration=true")
        self._fenced = True

    def ask(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        unsafe: bool = False,
        on_progress: OnProgress = no_progress,
    ) -> Iterator[pa.RecordBatch]:
        """A user's query, streamed: SELECT and EXPLAIN only, fenced to the case unless `unsafe`.

        Values are bound to `$name`. Raises QueryError with the nearest names where a view, column or
        parameter is unknown.
        """
        self._prepare(sql, parameters or {}, unsafe)
        return run(self._db, sql, dict(parameters or {}), on_progress)

    def relation(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, unsafe: bool = False
    ) -> duckdb.DuckDBPyRelation | None:
        """The same, not yet run, on a connection of its own; None where it is no SELECT."""
        self._prepare(sql, parameters or {}, unsafe)
        return self._run(sql, dict(parameters or {}), self._db.cursor())  # type: ignore[no-any-return]

    def split(self, sql: str) -> list[str]:
        """The statements of a text. Raises QueryError where it is no SQL."""
        return [statement.query for statement in self._statements(sql)]

    def _statements(self, sql: str) -> list[duckdb.Statement]:
        try:
            return self._db.extract_statements(sql)
        except duckdb.Error as error:
            raise QueryError(*told(error)) from None

    def _prepare(self, sql: str, parameters: Mapping[str, Any], unsafe: bool) -> None:
        statements = self._statements(sql)
        if not unsafe:
            refuse_all_but_questions(self._db, sql, [*tree(), *BASE_TABLES])
        check_parameters({name for one in statements for name in one.named_parameters}, parameters)
        self.bind(_names(sql))
        if _CATALOGUE.search(sql):
            self.describe()
        if not unsafe and not self._fenced:
            self.fence()

    def _run(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = (), db: Any = None) -> Any:
        try:
            return (db or self._db).sql(sql, params=parameters or None)
        except duckdb.Error as error:
            raise QueryError(*told(error)) from None

    def _rows_of(self, view: View) -> str:
        """The scan of what is kept of a view, empty where it is to be computed."""
        return scan(self._only.get(view.full_name, ())) or ("" if self._fresh else kept_rows(self.case, view))

    def _bind_view(self, view: View) -> None:
        self._define(view.full_name, self._body(view.full_name))
        self._described.discard(view.full_name)

    def _body(self, name: str) -> str:
        if name == "evidence.read_window" and self._is_narrowed:
            return no_rows(BASE_TABLES[name])  # a part's records do not depend on it
        if name in BASE_TABLES:
            return base_body(self.case, name, self._only.get(name))
        return self._rows_of(tree()[name]) or tree()[name].sql

    def _define(self, name: str, body: str) -> None:
        self._db.execute(f"create or replace view {name} as {body}")


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
        "python_enable_replacements": False,  # a name in a query is a view, never a variable of ours
        "temp_directory": os.fspath(case / ".spill"),
    }
    if threads:
        config["threads"] = threads
    if memory:
        config["memory_limit"] = memory
    return config


def _stored(kind: pa.DataType) -> pa.DataType:
    """Types that every reader of Parquet has: no 128-bit integers (DuckDB's sum of bigint)."""
    if pa.types.is_decimal(kind) and kind.scale == 0:
        return pa.int64()
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return pa.string()
    return kind
