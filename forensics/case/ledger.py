"""The ledger: which parts a case holds, which units of work are done, what is missing.

One SQLite file; a part counts only once its row is here. Every method is one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from forensics.model import Gap

__all__ = ["Ledger", "Part", "Unit"]

_TABLES = """
create table if not exists part (
    area text not null, name text not null, path text primary key, rows integer not null,
    bytes integer not null, sha256 text not null, mtime_ns integer not null, low, high,
    inputs text not null default '');
create table if not exists unit (
    kind text not null, what text not null, state text not null, rows integer not null,
    bytes integer not null, sha256 text not null, detail text not null default '',
    primary key (kind, what));
create table if not exists gap (
    kind text not null, what text not null, starts_at text, ends_at text, reason text not null,
    closable integer not null, unique (kind, what, starts_at, ends_at, reason));
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A committed Parquet file. `low` and `high` bound its cluster column; `inputs` names what a
    derived part was made from."""

    area: str
    name: str
    path: str
    rows: int
    bytes: int
    sha256: str
    mtime_ns: int
    low: int | str | None
    high: int | str | None
    inputs: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of collecting or importing that is asked for and done as a whole."""

    kind: str
    what: str
    state: str
    rows: int
    bytes: int
    sha256: str
    detail: str = ""


class Ledger:
    """The SQLite file of a case. Raises sqlite3.DatabaseError where the file is no database."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        mode = "rwc" if writable else "ro"
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=30)
        if writable:
            self._db.execute("pragma synchronous=full")
            self._db.executescript(_TABLES)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._db:
            self._db.execute("begin immediate")
            yield self._db

    def parts(self, area: str, name: str | None = None) -> list[Part]:
        """The committed parts of an area (`evidence`, `lake`), in order of path."""
        rows = self._db.execute(
            "select area, name, path, rows, bytes, sha256, mtime_ns, low, high, inputs from part"
            " where area = ? and (? is null or name = ?) order by path",
            (area, name, name),
        )
        return [Part(*row) for row in rows]

    def commit(
        self, parts: Iterable[Part] = (), units: Iterable[Unit] = (), replaces: Iterable[str] = ()
    ) -> None:
        """Make new parts and finished units visible, and drop the parts they replace, at once."""
        with self._transaction() as db:
            db.executemany("delete from part where path = ?", [(path,) for path in replaces])
            db.executemany(
                "insert or replace into part values (?,?,?,?,?,?,?,?,?,?)",
                [
                    (p.area, p.name, p.path, p.rows, p.bytes, p.sha256, p.mtime_ns, p.low, p.high, p.inputs)
                    for p in parts
                ],
            )
            db.executemany(
                "insert or replace into unit values (?,?,?,?,?,?,?)",
                [(u.kind, u.what, u.state, u.rows, u.bytes, u.sha256, u.detail) for u in units],
            )

    def units(self, kind: str) -> dict[str, Unit]:
        rows = self._db.execute(
            "select kind, what, state, rows, bytes, sha256, detail from unit where kind = ?", (kind,)
        )
        return {row[1]: Unit(*row) for row in rows}

    def touch(self, path: str, mtime_ns: int) -> None:
        """Remember a new modification time of a part whose content was found unchanged."""
        with self._transaction() as db:
            db.execute("update part set mtime_ns = ? where path = ?", (mtime_ns, path))

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        with self._transaction() as db:
            db.executemany(
                "insert or ignore into gap values (?,?,?,?,?,?)",
                [(g.kind, g.what, g.starts_at, g.ends_at, g.reason, g.closable) for g in gaps],
            )

    def gaps(self) -> list[Gap]:
        rows = self._db.execute(
            "select kind, what, starts_at, ends_at, reason, closable from gap"
            " order by kind, what, starts_at, ends_at, reason"
        )
        return [Gap(k, w, s, e, r, bool(c)) for k, w, s, e, r, c in rows]
