"""The case folder: opening, locking, committing parts, what lies in it."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa

from forensics.case.custody import append_entry, write_manifest
from forensics.case.disk import make_folder, replace_file, writing
from forensics.case.ledger import Ledger, Part, Unit
from forensics.case.parts import PartWriter, check_part, file_sha256, write_part
from forensics.errors import CaseFormatError, CaseLockedError, IntegrityError, NoCaseError
from forensics.model import Gap
from forensics.schema import CASE_FORMAT, CLUSTER, EVIDENCE

__all__ = ["Case"]

# So many cases are named where one is not there.
_NAMED = 3


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
            if writable:
                self._tidy()
        except BaseException:
            self.close()
            raise

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
        """The largest first, since DuckDB takes it for all others where it guesses how large a table is, and
        plans a scan of ten million rows for none where the first is empty; empty ones where all are."""
        parts = sorted(self.ledger.parts(area, name), key=lambda part: -part.rows)
        return [self.path / part.path for part in parts if part.rows or not parts[0].rows]

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
        """Write and commit one derived part, in place of others.

        A part that is made from one part of evidence has that one's file name, without suffix, as
        its `stem`: it goes when the evidence is packed.
        """
        part = write_part(self.path, area, name, stem, rows, schema, inputs=inputs)
        self.commit([part], replaces=[p for p in replaces if p.path != part.path])
        return part

    def writing(self, area: str, name: str, stem: str, schema: pa.Schema, *, inputs: str = "") -> PartWriter:
        """A derived part, to be written batch by batch; `finish` gives what is to be committed."""
        return PartWriter(self.path, area, name, stem, schema, inputs=inputs)

    def stage(self, name: str, rows: pa.Table) -> Part:
        """Write a part of evidence, not yet committed."""
        taken = [int(Path(part.path).name[:6]) for part in self.ledger.parts("evidence", name)]
        stem, schema = f"{max(taken, default=0) + 1:06d}", EVIDENCE[name]
        return write_part(self.path, "evidence", name, stem, rows, schema, cluster=CLUSTER[name])

    def commit(
        self, parts: Iterable[Part] = (), units: Iterable[Unit] = (), replaces: Sequence[Part] = ()
    ) -> None:
        """Make parts and units visible in one transaction, and those that they replace invisible.

        The replaced files stay until the next writer opens the case: a reader that holds the old
        list reads on.
        """
        parts = list(parts)
        self.ledger.commit(parts, units, replaces)
        if any(part.area == "evidence" for part in parts):
            write_manifest(self.path, self.ledger.parts("evidence"))

    def check(self, area: str = "evidence", *, thorough: bool = False) -> None:
        """Raise IntegrityError at the first part that is not what was committed."""
        for part in self.ledger.parts(area):
            new_time = check_part(self.path, part, thorough=thorough)
            if new_time is not None and self._lock is not None:
                self.ledger.touch(part.path, new_time)

    def check_content(self, part: Part) -> None:
        """Raise IntegrityError unless the part's hash is the committed one; for what is about to be read."""
        check_part(self.path, part, thorough=True)

    def seal(self, command: str, **detail: Any) -> None:
        """Write the manifest of the evidence, and who did what into the journal of custody."""
        manifest = write_manifest(self.path, self.ledger.parts("evidence"))
        sealed = {name: file_sha256(self.path / name) for name in ("case.json", "ledger.sqlite")}
        append_entry(self.path, command, {**detail, "manifest_sha256": manifest, "sealed": sealed})

    def _tidy(self) -> None:
        """Put aside what a killed writer left, and remove what earlier commits replaced."""
        with writing(self.path):
            retired = self.ledger.retired()
            for name in retired:
                (self.path / name).unlink(missing_ok=True)
            if retired:  # else the ledger stays as it was sealed, byte for byte
                self.ledger.forget_retired()
            for area in ("evidence", "lake"):
                known = {part.path for part in self.ledger.parts(area)}
                for file in sorted((self.path / area).rglob("*")):
                    if file.is_file() and file.relative_to(self.path).as_posix() not in known:
                        self._put_aside(area, file)
        write_manifest(self.path, self.ledger.parts("evidence"))

    def _put_aside(self, area: str, file: Path) -> None:
        """A file that no row of the ledger vouches for; what is derived can be made again."""
        if area == "lake" or file.name.startswith(".writing-"):
            file.unlink()
            return
        aside = self.path / "quarantine"
        aside.mkdir(exist_ok=True)
        file.rename(aside / file.relative_to(self.path).as_posix().replace("/", "-"))


def _create(path: Path) -> None:
    """`case.json` comes last: with it the case is there, and whole."""
    with writing(path):
        make_folder(path)
        Ledger(path / "ledger.sqlite", writable=True, create=True).close()
        info = {"format": CASE_FORMAT, "id": path.resolve().name}
        replace_file(path / "case.json", json.dumps(info, indent=2) + "\n")


def _read_info(path: Path) -> dict[str, Any]:
    file = path / "case.json"
    try:
        info: dict[str, Any] = json.loads(file.read_text())
        version = int(info["format"])
    except (FileNotFoundError, NotADirectoryError):
        raise NoCaseError(f"no case in {path}", _instead(path)) from None
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"{file} cannot be read: {error}") from None
    if version > CASE_FORMAT:
        raise CaseFormatError(
            f"{path} has case format {version}, this version reads up to {CASE_FORMAT}",
            "pip install --upgrade trace-forensics",
        )
    return info


def _instead(path: Path) -> str:
    """Cases that lie beside the missing one, else how to make it."""
    beside = sorted(shlex.quote(str(file.parent)) for file in path.parent.glob("*/case.json"))
    if beside:
        return f"--case {beside[0]}" + "".join(f", or {other}" for other in beside[1:_NAMED])
    return f"forensics import PATH --case {path}   (or forensics pull, forensics demo)"


def _lock(path: Path) -> int:
    with writing(path):
        handle = os.open(path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise CaseLockedError(
            f"another process writes into {path}", "wait for it to end, or use another --case"
        ) from None
    return handle
