"""Evidence on its way into a case: buffered into large parts, free of what is there already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from forensics.case.folder import Case
from forensics.case.ledger import Part, Unit
from forensics.case.parts import check_part
from forensics.errors import IntegrityError
from forensics.schema import CLUSTER, EVIDENCE, IDENTITY

__all__ = ["EvidenceWriter", "in_order"]

# Small parts cost every query that opens them, so rows of many units share a part.
_PART_ROWS = 240_000
_PART_BYTES = 96_000_000
_ROW = "row of the buffer"


class EvidenceWriter:
    """Collects evidence rows and commits them in parts, with the units that they complete.

    Rows that the case holds already (by `schema.IDENTITY`) are counted in `known`, not written.
    A unit becomes visible with the part that holds its last row, never before.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._tables: dict[str, list[pa.Table]] = {name: [] for name in EVIDENCE}
        self._units: list[Unit] = []
        self._rows = 0
        self._bytes = 0
        self.added: dict[str, int] = dict.fromkeys(EVIDENCE, 0)
        self.known: dict[str, int] = dict.fromkeys(EVIDENCE, 0)

    def add(self, name: str, columns: Mapping[str, list[Any]]) -> None:
        """Add rows given as equally long lists, one per column of the evidence table."""
        table = pa.table(dict(columns), schema=EVIDENCE[name])
        self._tables[name].append(table)
        self._rows += table.num_rows
        self._bytes += table.nbytes
        if self._rows >= _PART_ROWS or self._bytes >= _PART_BYTES:
            self.flush()

    def finish(self, unit: Unit) -> None:
        """Say that every row of this unit was added."""
        self._units.append(unit)

    def flush(self) -> None:
        """Commit what is buffered: one part per table, and the finished units, at once."""
        parts = [part for name in EVIDENCE if (part := self._stage(name)) is not None]
        if parts or self._units:
            self._case.commit(parts, self._units)
        self._units = []
        self._rows = self._bytes = 0

    def _stage(self, name: str) -> Part | None:
        tables, self._tables[name] = self._tables[name], []
        if not tables:
            return None
        rows = pa.concat_tables(tables).combine_chunks()
        del tables  # the largest part there is lies in memory twice, not three times
        fresh = self._unknown(name, _distinct(name, _keys(name, rows)))
        self.added[name] += fresh.height
        self.known[name] += rows.num_rows - fresh.height
        if not fresh.height:
            return None
        order = fresh.sort(_order(name), nulls_last=True, maintain_order=True).get_column(_ROW)
        rows = rows.take(order.to_arrow())
        return self._case.stage(name, rows)

    def _unknown(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that no committed part holds; only what overlaps in range is read."""
        column = rows.get_column(CLUSTER[name])
        low: Any = column.min()
        high: Any = column.max()
        for part in self._case.parts("evidence", name):
            if rows.height and _may_overlap(part, _bound(column, low), _bound(column, high)):
                there = _identities(self._case.path, part, None if column.has_nulls() else (low, high))
                rows = rows.join(
                    there, on=IDENTITY[name], how="anti", nulls_equal=True, maintain_order="left"
                )
        return rows


def _keys(name: str, rows: pa.Table) -> pl.DataFrame:
    """What identifies and orders the rows, and their numbers: the texts stay out of polars."""
    frame = pl.from_arrow(rows.select(_order(name)))
    assert isinstance(frame, pl.DataFrame)
    return frame.with_row_index(_ROW)


def _order(name: str) -> list[str]:
    return [CLUSTER[name], *(c for c in IDENTITY[name] if c != CLUSTER[name])]


def _distinct(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The first row of each identity. That ids alone differ, which is usual, is seen faster."""
    last = rows.get_column(IDENTITY[name][-1])
    if last.n_unique() == rows.height:
        return rows
    return rows.unique(IDENTITY[name], keep="first", maintain_order=True)


def _bound(column: pl.Series, value: Any) -> Any:
    """A value of the cluster column as `Part.low` and `Part.high` hold it."""
    if value is None or not column.dtype.is_temporal():
        return value
    return pl.Series([value], dtype=pl.Datetime("us")).to_physical().item()


def in_order(name: str, rows: pa.Table) -> pa.Table:
    """The rows of a part in the order in which it keeps them, the same for the same rows."""
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    return frame.sort(_order(name), nulls_last=True, maintain_order=True).to_arrow().cast(EVIDENCE[name])


def _may_overlap(part: Part, low: Any, high: Any) -> bool:
    if part.low is None or part.high is None or low is None:
        return True
    return bool(part.low <= high and low <= part.high)


def _identities(root: Path, part: Part, within: tuple[Any, Any] | None) -> pl.DataFrame:
    """Which records a part holds in a range of its cluster column (None = all of them).

    Raises IntegrityError: a damaged part would let some be lost.
    """
    check_part(root, part)
    cluster, where = CLUSTER[part.name], None
    if within is not None:
        low, high = (pa.scalar(bound, EVIDENCE[part.name].field(cluster).type) for bound in within)
        where = (pc.field(cluster) >= low) & (pc.field(cluster) <= high)
    columns = list(IDENTITY[part.name])
    try:
        table = pq.read_table(
            root / part.path, columns=columns, filters=where, page_checksum_verification=True
        )
    except (OSError, pa.ArrowException) as error:
        raise IntegrityError(f"{part.path} of {root} cannot be read: {error}") from error
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
