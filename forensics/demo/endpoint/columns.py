"""Numbers and records on disk, read through the page cache: memory stays small at ten million events."""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

import polars as pl
import pyarrow as pa

__all__ = ["Spool", "map_bytes", "map_doubles", "map_numbers", "order_by", "write_numbers", "write_ordered"]

Numbers = memoryview  # of signed 64-bit integers


def map_bytes(path: Path) -> memoryview:
    """The file as bytes; an empty file cannot be mapped, and is empty bytes."""
    if path.stat().st_size == 0:
        return memoryview(b"")
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def map_numbers(path: Path) -> Numbers:
    return map_bytes(path).cast("q")


def map_doubles(path: Path) -> memoryview[float]:
    return map_bytes(path).cast("d")


def write_numbers(path: Path, numbers: array[int] | array[float] | pl.Series) -> None:
    if isinstance(numbers, pl.Series):
        kept = numbers if numbers.dtype == pl.Float64 else numbers.cast(pl.Int64)
        whole = kept.rechunk().to_arrow()
        buffer = whole.buffers()[1]
        path.write_bytes(
            memoryview(buffer)[whole.offset * 8 : (whole.offset + len(whole)) * 8] if buffer else b""
        )
    else:
        path.write_bytes(numbers.tobytes())


def series(numbers: array[int] | array[float]) -> pl.Series:
    """Without a copy."""
    kind = pa.float64() if numbers.typecode == "d" else pa.int64()
    column = pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(numbers)])
    made = pl.from_arrow(column)
    assert isinstance(made, pl.Series)
    return made


def order_by(keys: Mapping[str, array[int]]) -> pl.Series:
    """Row numbers in the order of the keys, and of arrival where all are equal."""
    frame = pl.DataFrame({name: series(numbers) for name, numbers in keys.items()})
    frame = frame.with_row_index("arrival").with_columns(pl.col("arrival").cast(pl.Int64))
    return frame.sort([*keys, "arrival"])["arrival"]


class Spool:
    """Records in order of arrival, and where each begins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offsets = array("q", [0])
        self._file = path.open("wb")

    def add(self, records: Iterable[bytes]) -> None:
        records = list(records)
        end, add = self.offsets[-1], self.offsets.append
        for record in records:
            end += len(record)
            add(end)
        self._file.write(b"".join(records))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()


def write_ordered(spool: Spool, order: pl.Series, path: Path) -> array[int]:
    """Copy the records into `path` in that order; gives where each begins, and the end."""
    source, at = map_bytes(spool.path), spool.offsets
    offsets = array("q", [0])
    end, add = 0, offsets.append
    with path.open("wb") as file:
        for numbers in _blocks(order):
            pieces = [source[at[n] : at[n + 1]] for n in numbers]
            for piece in pieces:
                end += len(piece)
                add(end)
            file.write(b"".join(pieces))
    return offsets


def _blocks(order: pl.Series) -> Iterator[list[int]]:
    for start in range(0, len(order), 10_000):
        yield order.slice(start, 10_000).to_list()
