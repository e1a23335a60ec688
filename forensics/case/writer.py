"""Evidence on its way into a case: buffered into large parts, free of what is there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from forensics.case.folder import Case
from forensics.case.ledger import Part, Unit
from forensics.schema import CLUSTER, EVIDENCE, IDENTITY

__all__ = ["EvidenceWriter"]

# Small parts cost every query that opens them, so rows of many units share a part.
_PART_ROWS = 240_000
_PART_BYTES = 96_000_000


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
        rows = pl.from_arrow(pa.concat_tables(tables))
        assert isinstance(rows, pl.DataFrame)
        fresh = self._unknown(name, rows.unique(IDENTITY[name], keep="first", maintain_order=True))
        self.added[name] += fresh.height
        self.known[name] += rows.height - fresh.height
        if not fresh.height:
            return None
        keys = [CLUSTER[name], *(c for c in IDENTITY[name] if c != CLUSTER[name])]
        ordered = fresh.sort(keys, nulls_last=True, maintain_order=True)
        return self._case.stage(name, ordered.to_arrow().cast(EVIDENCE[name]))

    def _unknown(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that no committed part holds; only parts with an overlapping range are read."""
        column = rows[CLUSTER[name]]
        if column.dtype.is_temporal():
            column = column.cast(pl.Datetime("us")).to_physical()
        low, high = column.min(), column.max()
        identity = list(IDENTITY[name])
        for part in self._case.parts("evidence", name):
            apart = part.low is not None and low is not None and (part.high < low or part.low > high)
            if apart or not rows.height:
                continue
            there = pl.from_arrow(pq.read_table(self._case.path / part.path, columns=identity))
            assert isinstance(there, pl.DataFrame)
            rows = rows.join(there, on=identity, how="anti", nulls_equal=True, maintain_order="left")
        return rows
