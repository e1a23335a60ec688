"""The case folder: opening, locking, committing parts, what lies in it."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa

from forensics.case.custody import append_entry, write_manifest
from forensics.case.ledger import Ledger, Part, Unit
from forensics.case.parts import check_part, fsync_folder, write_part
from forensics.errors import CaseFormatError, CaseLockedError, IntegrityError, NoCaseError
from forensics.model import Gap
from forensics.schema import CASE_FORMAT, CLUSTER, EVIDENCE

__all__ = ["Case"]


class Case:
    """One investigation on disk. Use it as a context manager; `writable` takes the lock.

    Raises NoCaseError, CaseLockedError, CaseFormatError (a newer version wrote it) and
    IntegrityError (its own files are damaged).
    """

    def __init__(self, path: Path, *, writable: bool = False, create: bool = False) -> None:
        self.path = path
        self._lock: int | None = None
        if create and not (path / "case.json").exists():
            _create(path)
        self.info = _read_info(path)
        if writable:
            self._lock = _lock(path)
        try:
            self.ledger = Ledger(path / "ledger.sqlite", writable=writable)
            self.ledger.gaps()
        except sqlite3.DatabaseError as error:
            self.close()
            raise IntegrityError(f"the ledger of {path} cannot be read: {error}") from error
        if writable:
            self._quarantine()

    def __enter__(self) -> Case:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def parts(self, area: str, name: str | None = None) -> list[Part]:
        return self.ledger.parts(area, name)

    def files(self, area: str, name: str) -> list[Path]:
        return [self.path / part.path for part in self.ledger.parts(area, name)]

    def gaps(self) -> list[Gap]:
        return self.ledger.gaps()

    def write(
        self,
        area: str,
        name: str,
        stem: str,
        rows: pa.Table | Iterable[pa.RecordBatch],
        schema: pa.Schema,
        *,
        inputs: str = "",
        replaces: Sequence[Part] = (),
    ) -> Part:
        """Write and commit one derived part, in place of others (whose files are removed)."""
        part = write_part(self.path, area, name, stem, rows, schema, inputs=inputs)
        self.commit([part], replaces=[p for p in replaces if p.path != part.path])
        return part

    def stage(self, name: str, rows: pa.Table) -> Part:
        """Write a part of evidence, not yet committed."""
        count = len(self.ledger.parts("evidence", name)) + 1
        schema = EVIDENCE[name]
        return write_part(
            self.path, "evidence", name, f"{count:06d}", rows, schema, cluster=CLUSTER[name]
        )

    def commit(
        self, parts: Iterable[Part] = (), units: Iterable[Unit] = (), replaces: Sequence[Part] = ()
    ) -> None:
        """Make parts and units visible in one transaction, then remove the files they replace."""
        self.ledger.commit(parts, units, [part.path for part in replaces])
        for part in replaces:
            (self.path / part.path).unlink(missing_ok=True)

    def check(self, area: str = "evidence", *, thorough: bool = False) -> None:
        """Raise IntegrityError at the first part that is not what was committed."""
        for part in self.ledger.parts(area):
            new_time = check_part(self.path, part, thorough=thorough)
            if new_time is not None and self._lock is not None:
                self.ledger.touch(part.path, new_time)

    def seal(self, command: str, **detail: Any) -> None:
        """Write the manifest of the evidence, and who did what into the journal of custody."""
        manifest = write_manifest(self.path, self.ledger.parts("evidence"))
        append_entry(self.path, command, {**detail, "manifest_sha256": manifest})

    def _quarantine(self) -> None:
        """Put aside what a killed writer left: a file that no ledger row vouches for."""
        for area in ("evidence", "lake"):
            known = {part.path for part in self.ledger.parts(area)}
            for file in (self.path / area).rglob("*"):
                name = file.relative_to(self.path).as_posix()
                if not file.is_file() or name in known:
                    continue
                if area == "lake" or file.name.startswith(".writing-"):
                    file.unlink()  # derived, or never finished: nothing to keep
                    continue
                aside = self.path / "quarantine"
                aside.mkdir(exist_ok=True)
                file.rename(aside / name.replace("/", "-"))


def _create(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    info = {"format": CASE_FORMAT, "id": path.resolve().name}
    temporary = path / ".case.json"
    temporary.write_text(json.dumps(info, indent=2) + "\n")
    os.replace(temporary, path / "case.json")
    Ledger(path / "ledger.sqlite", writable=True).close()
    fsync_folder(path)


def _read_info(path: Path) -> dict[str, Any]:
    file = path / "case.json"
    try:
        info: dict[str, Any] = json.loads(file.read_text())
        version = int(info["format"])
    except (FileNotFoundError, NotADirectoryError):
        raise NoCaseError(
            f"no case in {path}", f"forensics import PATH --case {path}   (or forensics demo)"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"{file} cannot be read: {error}") from None
    if version > CASE_FORMAT:
        raise CaseFormatError(
            f"{path} has case format {version}, this version reads up to {CASE_FORMAT}",
            "pip install --upgrade trace-forensics",
        )
    return info


def _lock(path: Path) -> int:
    handle = os.open(path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise CaseLockedError(
            f"another process writes into {path}", "wait for it to end, or use another --case"
        ) from None
    return handle
