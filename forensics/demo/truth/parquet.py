"""Rows on their way into a Parquet file: a batch in memory at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Row = tuple[Any, ...]
# Small enough for the memory of a laptop, large enough for pages that compress well.
_BATCH = 8_192


class Table:
    """Takes rows in the order of the schema's columns."""

    def __init__(self, schema: pa.Schema, path: Path) -> None:
        self._schema = schema
        self._path = path
        self._rows: list[Row] = []
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def add(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        # An empty table is a file with a schema and no row group.
        if self._rows:
            columns: Sequence[Sequence[Any]] = list(zip(*self._rows, strict=True))
            arrays = [
                pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)
            ]
            self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
            self._rows.clear()


def fill_from(path: Path, column: str, key: str, known: dict[str, Any]) -> None:
    """Fill `column` with what is `known` of `key`, batch by batch, in a file that is closed.

    For what nobody can say before the end, as the first failure of a fault.
    """
    unfilled = path.rename(path.with_suffix(".unfilled"))
    with pq.ParquetFile(unfilled) as source:
        schema = source.schema_arrow
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in source.iter_batches(_BATCH):
                writer.write_batch(_filled(batch, schema, column, key, known))
    unfilled.unlink()


def _filled(
    batch: pa.RecordBatch, schema: pa.Schema, column: str, key: str, known: dict[str, Any]
) -> pa.RecordBatch:
    values = pc.cast(batch.column(key), pa.string()).to_pylist()
    filled = pa.array([known.get(value) for value in values], schema.field(column).type)
    columns = [filled if name == column else batch.column(name) for name in schema.names]
    return pa.record_batch(columns, schema=schema)
