"""Writing a Parquet part so that it is whole or not there, and telling whether one is unchanged."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from forensics.case.disk import fsync_folder, make_folder, writing
from forensics.case.ledger import Part
from forensics.errors import IntegrityError

__all__ = ["PartWriter", "check_part", "file_sha256", "write_part"]

# Columns that single records are looked up by: a bloom filter finds a request id in ten million
# rows in a tenth of the time. It needs the dictionary off, else pyarrow writes both.
_LOOKUP = {"event_id", "request_id", "trace_key", "invocation", "trace_id", "chain", "caller", "callee"}
_BLOBS = ("message", "document", "aws", "metadata", "exceptions")
# Without smallest and largest value: nothing is looked for by them, or (event_id) by its filter.
_NO_RANGE = (*_BLOBS, "event_id")
_ROW_GROUP = 120_000
# What is derived is asked for one trace or chain at a time, and a group that holds one wanted row is read
# whole: with a sixth of the rows a lookup takes a quarter of the time, a scan as long as before.
_DERIVED_ROW_GROUP = 20_000


def write_part(
    root: Path,
    area: str,
    name: str,
    stem: str,
    batches: pa.Table | Iterable[pa.RecordBatch],
    schema: pa.Schema,
    *,
    cluster: str | None = None,
    inputs: str = "",
) -> Part:
    """Write, fsync, rename, fsync the folder; the caller commits the returned Part to the ledger.

    Raises ForensicsError where the disk refuses (full, read-only); nothing half-written stays.
    """
    with PartWriter(root, area, name, stem, schema, cluster=cluster, inputs=inputs) as writer:
        if isinstance(batches, pa.Table):
            # A dictionary is how it is written, and must not become the type that is read.
            writer.written = batches.schema
            batches = batches.to_batches()
        for batch in batches:
            writer.write(batch)
        return writer.finish()


class PartWriter:
    """A part that is written batch by batch: whole after `finish`, and gone after any other end.

    Raises ForensicsError where the disk refuses.
    """

    def __init__(
        self,
        root: Path,
        area: str,
        name: str,
        stem: str,
        schema: pa.Schema,
        *,
        cluster: str | None = None,
        inputs: str = "",
    ) -> None:
        self._root, self._area, self._name, self._stem = root, area, name, stem
        self._schema, self._cluster, self._inputs = schema, cluster, inputs
        self._row_group = _DERIVED_ROW_GROUP if area == "lake" else _ROW_GROUP
        self._folder = root / area / name
        self._temporary = self._folder / f".writing-{secrets.token_hex(6)}"
        self._sink: BinaryIO | None = None
        self._writer: pq.ParquetWriter | None = None
        self._low: int | str | None = None
        self._high: int | str | None = None
        self.written = schema
        self.rows = 0

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # a disk that refused once refuses to close as well: the first error is the one to tell
            with suppress(OSError, pa.ArrowException):
                self._close()
        finally:
            self._temporary.unlink(missing_ok=True)

    def write(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        with writing(self._folder):
            self._opened().write_batch(batch, row_group_size=self._row_group)
        self.rows += batch.num_rows
        if self._cluster:
            self._low, self._high = _widen(self._low, self._high, batch.column(self._cluster))

    def finish(self) -> Part:
        """Fsync, rename, fsync the folder; the part is to be committed to the ledger."""
        with writing(self._folder):
            self._opened()
            self._close(sync=True)
            digest = file_sha256(self._temporary)
            final = self._folder / f"{self._stem}-{digest[:12]}.parquet"
            os.replace(self._temporary, final)
            fsync_folder(self._folder)
        stat = final.stat()
        return Part(
            self._area, self._name, final.relative_to(self._root).as_posix(), self.rows, stat.st_size, digest,
            stat.st_mtime_ns, self._low, self._high, self._inputs,
        )  # fmt: skip

    def _opened(self) -> pq.ParquetWriter:
        if self._writer is None:
            make_folder(self._folder)
            self._sink = open(self._temporary, "wb")  # noqa: SIM115 - closed in `_close`
            self._writer = _parquet_writer(self._sink, self.written, self._schema, self._row_group)
        return self._writer

    def _close(self, *, sync: bool = False) -> None:
        if self._writer is None or self._sink is None or self._sink.closed:
            return
        with self._sink:
            self._writer.close()
            if sync:
                self._sink.flush()
                os.fsync(self._sink.fileno())


def _parquet_writer(
    sink: BinaryIO, written: pa.Schema, schema: pa.Schema, row_group: int
) -> pq.ParquetWriter:
    lookup = [c for c in schema.names if c in _LOOKUP]
    return pq.ParquetWriter(
        sink,
        written,
        compression="zstd",
        write_page_checksum=True,
        store_schema=written.equals(schema),
        write_statistics=[c.name for c in schema if c.name not in _NO_RANGE],
        use_dictionary=[c.name for c in schema if _repeats(c)],
        column_encoding={c.name: e for c in schema if (e := _encoding(c))},
        bloom_filter_options={c: {"ndv": row_group} for c in lookup} or None,
    )


def _repeats(column: pa.Field) -> bool:
    """Whether values are likely to come again: looking for that in times and texts costs a third."""
    return column.name not in _LOOKUP and column.name not in _BLOBS and not pa.types.is_timestamp(column.type)


def _encoding(column: pa.Field) -> str | None:
    """Differences for times, common beginnings for ids of evidence, which come in order: a fifth of
    the CPU of writing log events, and a tenth of their size."""
    if pa.types.is_timestamp(column.type):
        return "DELTA_BINARY_PACKED"
    if column.name == "event_id":
        return "DELTA_BYTE_ARRAY"
    return "DELTA_LENGTH_BYTE_ARRAY" if column.name in _BLOBS else None


def _widen(
    low: int | str | None, high: int | str | None, column: pa.Array
) -> tuple[int | str | None, int | str | None]:
    """The range of a column's values; None where it holds none but nulls."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    bounds = pc.min_max(column).as_py()
    found = [v for v in (low, high, bounds["min"], bounds["max"]) if v is not None]
    return (min(found), max(found)) if found else (None, None)


def file_sha256(path: Path) -> str:
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def check_part(root: Path, part: Part, *, thorough: bool = False) -> int | None:
    """Raise IntegrityError unless the file is the one that was committed.

    Size and time decide; a difference (a copied case has new times) is hashed. Returns the file's
    modification time where it is new but the content is right, else None.
    """
    path = root / part.path
    hint = f"restore {part.path} from a copy, or collect it again into a new case"
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise IntegrityError(f"{part.path} of {root} is missing", hint) from None
    same = stat.st_size == part.bytes and stat.st_mtime_ns == part.mtime_ns
    if same and not thorough:
        return None
    if stat.st_size != part.bytes or file_sha256(path) != part.sha256:
        raise IntegrityError(f"{part.path} of {root} is not what was committed", hint)
    return stat.st_mtime_ns
