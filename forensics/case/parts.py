"""Writing a Parquet part so that it is whole or not there, and telling whether one is unchanged."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from forensics.case.disk import fsync_folder, make_folder, writing
from forensics.case.ledger import Part
from forensics.errors import IntegrityError

__all__ = ["check_part", "file_sha256", "write_part"]

# Columns that single records are looked up by: a bloom filter finds a request id in ten million
# rows in a tenth of the time. It needs the dictionary off, else pyarrow writes both.
_LOOKUP = {"event_id", "request_id", "trace_key", "invocation", "trace_id"}
_BLOBS = ("message", "document", "aws", "metadata", "exceptions")
# Without smallest and largest value: nothing is looked for by them, or (event_id) by its filter.
_NO_RANGE = (*_BLOBS, "event_id")
_ROW_GROUP = 120_000


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
    folder = root / area / name
    temporary = folder / f".writing-{secrets.token_hex(6)}"
    try:
        with writing(folder):
            make_folder(folder)
            rows, low, high = _write(temporary, batches, schema, cluster)
            digest = file_sha256(temporary)
            final = folder / f"{stem}-{digest[:12]}.parquet"
            os.replace(temporary, final)
            fsync_folder(folder)
    finally:
        temporary.unlink(missing_ok=True)
    stat = final.stat()
    path = final.relative_to(root).as_posix()
    return Part(area, name, path, rows, stat.st_size, digest, stat.st_mtime_ns, low, high, inputs)


def _write(
    path: Path, batches: pa.Table | Iterable[pa.RecordBatch], schema: pa.Schema, cluster: str | None
) -> tuple[int, int | str | None, int | str | None]:
    rows, low, high = 0, None, None
    lookup = [c for c in schema.names if c in _LOOKUP]
    with open(path, "wb") as sink:
        written = batches.schema if isinstance(batches, pa.Table) else schema
        writer = pq.ParquetWriter(
            sink,
            written,
            compression="zstd",
            write_page_checksum=True,
            # A dictionary is how it is written, and must not become the type that is read.
            store_schema=written.equals(schema),
            write_statistics=[c.name for c in schema if c.name not in _NO_RANGE],
            use_dictionary=[c.name for c in schema if _repeats(c)],
            column_encoding={c.name: e for c in schema if (e := _encoding(c))},
            bloom_filter_options={c: {"ndv": _ROW_GROUP} for c in lookup} or None,
        )
        with writer:
            for batch in batches.to_batches() if isinstance(batches, pa.Table) else batches:
                if not batch.num_rows:
                    continue
                writer.write_batch(batch, row_group_size=_ROW_GROUP)
                rows += batch.num_rows
                if cluster:
                    low, high = _widen(low, high, batch.column(cluster))
        sink.flush()
        os.fsync(sink.fileno())
    return rows, low, high


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
