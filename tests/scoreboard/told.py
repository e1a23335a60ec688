"""Healthy stretches of a recording, as the rows from which suspects are told, and a lake of such rows.

A trace is its invocations (`chains.own_time`) and their steps (`chains.step`), times in microseconds. What
is laid into a lake is asked by the product's own queries; a case and its files are needed once, to read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from forensics.api import Case

Row = dict[str, Any]
HOUR = 3_600_000_000
_OWN = "select * from chains.own_time where started_at < $until order by started_at, invocation"
_STEP = """
    select s.* from chains.step as s join chains.own_time as o using (invocation)
    where o.started_at < $until order by s.occurred_at, s.locator, s.step
"""


@dataclass
class Trace:
    """One trace; `steps` in order of time."""

    invocations: dict[str, Row] = field(default_factory=dict)
    steps: list[Row] = field(default_factory=list)

    @property
    def started_at(self) -> int:
        return min(row["started_at"] for row in self.invocations.values())

    def above(self, invocation: str) -> Iterator[str]:
        """Who waits for it, the nearest first."""
        seen = {invocation}
        caller = self.invocations[invocation]["caller"]
        while caller in self.invocations and caller not in seen:
            seen.add(caller)
            yield caller
            caller = self.invocations[caller]["caller"]

    def steps_of(self, row: Row) -> list[Row]:
        return [step for step in self.steps if step["invocation"] == row["invocation"]]

    def again(self) -> Trace:
        """A copy whose rows may be changed."""
        rows = {name: dict(row) for name, row in self.invocations.items()}
        return Trace(rows, [dict(step) for step in self.steps])

    def moved(self, by: int) -> Trace:
        """The same at another time."""
        other = self.again()
        for row in other.invocations.values():
            row["started_at"] += by
        for row in other.steps:
            row["occurred_at"] += by
        return other


Stretch = list[Trace]


def work_of(traces: Iterable[Trace], node: str) -> list[tuple[Trace, Row]]:
    """The node's own invocations, with their traces."""
    return [
        (trace, row)
        for trace in traces
        for row in list(trace.invocations.values())
        if row["node"] == node and row["own_us"] is not None
    ]


def read(case: Path, until: datetime = datetime(2100, 1, 1)) -> Stretch:
    """All traces of a case that began before."""
    with Case(case, threads=1) as opened:
        return _traces(*(opened.sql(sql, {"until": until}).arrow().to_pylist() for sql in (_OWN, _STEP)))


def kept(cache: Path | None, name: str, tell: Callable[[], Stretch]) -> Stretch:
    """What was told once is kept where a folder is given."""
    files = [cache / f"{name}.{part}.parquet" for part in ("own", "step")] if cache else []
    if files and all(file.exists() for file in files):
        return _traces(*(pq.read_table(file).to_pylist() for file in files))
    stretch = tell()
    for file, table in zip(files, tables(stretch), strict=False):
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, file)
    return stretch


def _traces(own: Sequence[Row], steps: Sequence[Row]) -> Stretch:
    found: dict[str, Trace] = defaultdict(Trace)
    of: dict[str, str] = {}
    for row in own:
        found[row["trace"]].invocations[row["invocation"]] = row | {"started_at": _us(row["started_at"])}
        of[row["invocation"]] = row["trace"]
    for row in steps:
        if row["invocation"] in of:
            found[of[row["invocation"]]].steps.append(row | {"occurred_at": _us(row["occurred_at"])})
    return [found[name] for name in sorted(found, key=lambda n: (found[n].started_at, n))]


def _us(at: datetime) -> int:
    return round(at.replace(tzinfo=UTC).timestamp() * 1_000_000)


def begun_at(stretch: Iterable[Trace], at: int) -> Stretch:
    """The stretch as if it had begun at another time."""
    traces = list(stretch)
    by = at - min(trace.started_at for trace in traces)
    return [trace.moved(by) for trace in traces]


def when(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, UTC).replace(tzinfo=None)


_EDGES = """
    create view links.edge as
    select caller_node, node as callee_node, 'call' as kind from chains.own_time where caller_node is not null
"""


class Rows:
    """A lake that holds these rows and nothing else: what `suspects` asks of a Lake."""

    def __init__(self, own: pa.Table, steps: pa.Table) -> None:
        self._db = duckdb.connect(config={"threads": 1})
        self._db.execute("create schema chains")
        for name, table in (("own_time", own), ("step", steps)):
            self._db.register("rows_given", table)
            self._db.execute(f"create table chains.{name} as from rows_given")
            self._db.unregister("rows_given")
        self._db.execute(
            "create view chains.spoken as select locator as event_id from chains.step where sort = 'line'"
        )
        self._db.execute("create schema links")
        self._db.execute(_EDGES)

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def rows(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> list[Row]:
        found: list[Row] = self._db.sql(sql, params=parameters or None).to_arrow_table().to_pylist()
        return found

    @contextmanager
    def given(self, name: str, rows: pa.Table) -> Iterator[None]:
        self._db.register(name, rows)
        try:
            yield
        finally:
            self._db.unregister(name)

    @contextmanager
    def computed(self, name: str, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[None]:
        self._db.execute(f"create temp table {name} as {sql}", parameters)
        try:
            yield
        finally:
            self._db.execute(f"drop table {name}")

    @contextmanager
    def cut(self, _: Mapping[str, str]) -> Iterator[None]:
        """These rows are made of nothing that could be cut."""
        yield


_TEXT = pa.string()
_TIME = pa.timestamp("us")
OWN_SCHEMA = pa.schema([
    ("invocation", _TEXT), ("node", _TEXT), ("kind", _TEXT), ("operation", _TEXT), ("caller", _TEXT),
    ("caller_node", _TEXT), ("trace", _TEXT), ("trace_id", _TEXT), ("started_at", _TIME),
    ("duration_us", pa.int64()), ("own_us", pa.int64()), ("gap_us", pa.int64()),
    ("is_failed", pa.bool_()), ("is_passed_on", pa.bool_()),
])  # fmt: skip
STEP_SCHEMA = pa.schema([
    ("invocation", _TEXT), ("sort", _TEXT), ("step", _TEXT), ("callee", _TEXT), ("occurred_at", _TIME),
    ("locator", _TEXT),
])  # fmt: skip


def tables(traces: Iterable[Trace]) -> tuple[pa.Table, pa.Table]:
    """The rows of traces as Arrow tables of `chains.own_time` and `chains.step`."""
    own, steps = [], []
    for trace in traces:
        own += list(trace.invocations.values())
        steps += trace.steps
    return pa.Table.from_pylist(own, schema=OWN_SCHEMA), pa.Table.from_pylist(steps, schema=STEP_SCHEMA)
