"""Units that are read but not yet packed into a part.

Parts are large, units are small, and a killed run must not ask for a finished unit again. So a
worker lays each finished unit down here first (write, fsync, rename), and the writer clears the
spool once the parts that hold them are committed. What a killed run left is packed by the next.
The file is Arrow's stream format, a table after another; it is no evidence until it is committed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa

from forensics.case import Unit, plain_schema
from forensics.collect.outcome import Finished
from forensics.errors import ForensicsError
from forensics.model import Gap
from forensics.schema import EVIDENCE

__all__ = ["Spool"]

_KEY = b"unit"
_BUFFER = 1 << 17


class _Header(msgspec.Struct):
    unit: Unit
    gaps: list[Gap]
    tables: list[str]


class Spool:
    """The folder `unpacked/` of a case. Names come from the hash of the unit's own name."""

    def __init__(self, case: Path) -> None:
        self._folder = case / "unpacked"

    def put(self, finished: Finished) -> Path:
        """Lay a unit down. Raises ForensicsError where the disk refuses. Safe between threads."""
        path = self.path_of(finished)
        temporary = path.with_suffix(".writing")
        try:
            self._folder.mkdir(exist_ok=True)
            # Arrow's file and not Python's, which would lock for every buffer; most buffers are small.
            with pa.output_stream(str(temporary), compression=None, buffer_size=_BUFFER) as sink:
                _write(sink, finished)
            _fsync(temporary)
            os.replace(temporary, path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise disk_error(self._folder, error) from error
        return path

    def path_of(self, finished: Finished) -> Path:
        name = msgspec.json.encode([finished.unit.kind, finished.unit.what])
        return self._folder / f"{hashlib.sha256(name).hexdigest()[:40]}.arrows"

    def left(self) -> Iterator[Finished]:
        """What a run that was killed had finished; files that cannot be read are removed."""
        for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
            try:
                finished = _read(path) if path.suffix == ".arrows" else None
            except (pa.ArrowInvalid, OSError, KeyError, msgspec.MsgspecError):
                finished = None
            if finished is None:
                path.unlink()
            else:
                yield finished

    def clear(self, paths: list[Path]) -> None:
        """Remove units whose parts are committed."""
        for path in paths:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the folder where nothing is left in it."""
        if self._folder.is_dir() and not any(self._folder.iterdir()):
            self._folder.rmdir()


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_error(folder: Path, error: OSError) -> ForensicsError:
    return ForensicsError(
        f"cannot write {folder}: {error.strerror or error}",
        "free some space and run the same command again; what was committed is kept",
    )


def _write(sink: object, finished: Finished) -> None:
    header = _Header(finished.unit, list(finished.gaps), list(finished.tables))
    empty = pa.schema([], metadata={_KEY: msgspec.json.encode(header)})
    with pa.ipc.new_stream(sink, empty):
        pass
    for table in finished.tables.values():
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)


def _read(path: Path) -> Finished:
    with pa.OSFile(str(path)) as source:
        metadata = pa.ipc.open_stream(source).read_all().schema.metadata
        header = msgspec.json.decode(metadata[_KEY], type=_Header)
        tables = {name: pa.ipc.open_stream(source).read_all() for name in header.tables}
    if any(plain_schema(table.schema) != EVIDENCE[name] for name, table in tables.items()):
        raise pa.ArrowInvalid("written by another version")
    return Finished(header.unit, tables, tuple(header.gaps))
