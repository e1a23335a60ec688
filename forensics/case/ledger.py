"""The ledger: which parts a case holds, which units of work are done, what is missing.

One SQLite file; a part counts only once its row is here. Every method is one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from forensics.errors import ForensicsError, IntegrityError
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
create table if not exists retired (path text primary key);
create table if not exists gap (
    kind text not null, what text not null, starts_at text, ends_at text, reason text not null,
    closable integer not null, unique (kind, what, starts_at, ends_at, reason));
"""
# What is the disk's fault (or a lock's), not the file's.
_DISK_ERRORS = (
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY,
)  # fmt: skip


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
    """The SQLite file of a case.

    Raises IntegrityError where the file is damaged, ForensicsError where it cannot be written.
    """

    def __init__(self, path: Path, *, writable: bool, create: bool = False) -> None:
        self._path = path
        # Readers too may have to roll back what a killed writer left half done; where the file is
        # write-protected, SQLite falls back to reading by itself.
        mode = "rwc" if create else "rw"
        with self._errors():
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=30)
        try:
            self._prepare(writable=writable)
        except BaseException:
            self.close()
            raise

    def _prepare(self, *, writable: bool) -> None:
        with self._errors():
            if writable:
                self._db.execute("pragma synchronous=extra")
                self._db.executescript(_TABLES)
            else:
                self._db.execute("pragma query_only=on")
                self._db.execute("select path from part where false")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            full = getattr(error, "sqlite_errorcode", None) in _DISK_ERRORS
            hint = "free some space and run the same command again; what was committed is kept"
            if full:
                raise ForensicsError(f"cannot write {self._path}: {error}", hint) from error
            raise IntegrityError(f"the ledger {self._path} cannot be read: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._errors(), self._db:
            self._db.execute("begin immediate")
            yield self._db

    def _rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._errors():
            return self._db.execute(sql, parameters).fetchall()

    def parts(self, area: str, name: str | None = None) -> list[Part]:
        """The committed parts of an area (`evidence`, `lake`), in order of path."""
        rows = self._rows(
            "select area, name, path, rows, bytes, sha256, mtime_ns, low, high, inputs from part"
            " where area = ? and (? is null or name = ?) order by path",
            (area, name, name),
        )
        return [Part(*row) for row in rows]

    def forget(self, units: Iterable[Unit], instead: Iterable[Unit] = ()) -> None:
        """Units that others stand for, those in the ledger or `instead`. A pull that follows an account would
        heap them up without end."""
        with self._transaction() as db:
            db.executemany("delete from unit where kind = ? and what = ?", [(u.kind, u.what) for u in units])
            db.executemany(
                "insert or replace into unit values (?,?,?,?,?,?,?)", [astuple(unit) for unit in instead]
            )

    def commit(
        self, parts: Iterable[Part] = (), units: Iterable[Unit] = (), replaces: Iterable[Part] = ()
    ) -> None:
        """Make new parts and finished units visible, and retire the parts they replace, at once."""
        new, old = [astuple(part) for part in parts], [(part.path,) for part in replaces]
        with self._transaction() as db:
            db.executemany("delete from part where path = ?", old)
            db.executemany("insert or ignore into retired values (?)", old)
            db.executemany("insert or replace into part values (?,?,?,?,?,?,?,?,?,?)", new)
            db.executemany("delete from retired where path = ?", [(row[2],) for row in new])
            db.executemany(
                "insert or replace into unit values (?,?,?,?,?,?,?)", [astuple(unit) for unit in units]
            )

    def retired(self) -> list[str]:
        """Paths of files that were replaced, and may still be there."""
        return [row[0] for row in self._rows("select path from retired order by path")]

    def forget_retired(self) -> None:
        with self._transaction() as db:
            db.execute("delete from retired")

    def units(self, kind: str) -> dict[str, Unit]:
        """The units of a kind (`import`) that are in the ledger, by what they are."""
        rows = self._rows(
            "select kind, what, state, rows, bytes, sha256, detail from unit where kind = ?", (kind,)
        )
        return {row[1]: Unit(*row) for row in rows}

    def states(self, kind: str) -> list[tuple[str, str]]:
        """What the units of a kind are, each with its state; without their details, which are most of it."""
        return self._rows("select what, state from unit where kind = ? order by what", (kind,))

    def unit_kinds(self) -> list[str]:
        return [kind for (kind,) in self._rows("select distinct kind from unit order by kind")]

    def touch(self, path: str, mtime_ns: int) -> None:
        """Remember a new modification time of a part whose content was found unchanged."""
        with self._transaction() as db:
            db.execute("update part set mtime_ns = ? where path = ?", (mtime_ns, path))

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        """Note what is known to be missing; the same gap is kept once, also where it has no times."""
        with self._transaction() as db:
            db.executemany(
                "insert into gap select ?1, ?2, ?3, ?4, ?5, ?6 where not exists (select 1 from gap"
                " where kind = ?1 and what = ?2 and starts_at is ?3 and ends_at is ?4 and reason = ?5)",
                [(g.kind, g.what, g.starts_at, g.ends_at, g.reason, g.closable) for g in gaps],
            )

    def drop_gaps(self, gaps: Iterable[Gap]) -> None:
        """Forget gaps that were filled."""
        with self._transaction() as db:
            db.executemany(
                "delete from gap where kind = ? and what = ? and starts_at is ? and ends_at is ?"
                " and reason = ?",
                [(g.kind, g.what, g.starts_at, g.ends_at, g.reason) for g in gaps],
            )

    def gaps(self) -> list[Gap]:
        rows = self._rows(
            "select kind, what, starts_at, ends_at, reason, closable from gap"
            " order by kind, what, starts_at, ends_at, reason"
        )
        return [Gap(k, w, s, e, r, bool(c)) for k, w, s, e, r, c in rows]
