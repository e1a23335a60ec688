"""Evidence on its way into a case: buffered into large parts, free of what is there already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from forensics.case.folder import Case
from forensics.case.ledger import Part, Unit
from forensics.case.order import Stretches, distinct, in_one, in_order, meet, stretches_of, without
from forensics.case.parts import check_part
from forensics.errors import IntegrityError
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
        self._stretches: dict[str, Stretches] = {}
        self.added: dict[str, int] = dict.fromkeys(EVIDENCE, 0)
        self.known: dict[str, int] = dict.fromkeys(EVIDENCE, 0)

    def add(self, name: str, columns: Mapping[str, list[Any]]) -> None:
        """Add rows given as equally long lists, one per column of the evidence table."""
        self.add_table(name, pa.table(dict(columns), schema=EVIDENCE[name]))

    def add_table(self, name: str, table: pa.Table) -> None:
        """Add rows, all of one call in the same form: plain, or as `carried` has them."""
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
        stretches = stretches_of(name, tables)
        rows = in_one(tables)
        del tables
        count = rows.num_rows
        rows = self._unknown(name, distinct(name, rows), stretches)
        self.added[name] += rows.num_rows
        self.known[name] += count - rows.num_rows
        if not rows.num_rows:
            return None
        rows = in_order(name, rows)
        part = self._case.stage(name, rows)
        self._stretches[part.path] = stretches
        return part

    def _unknown(self, name: str, rows: pa.Table, stretches: Stretches) -> pa.Table:
        """The rows that no committed part holds; only what overlaps in range is read."""
        bounds = pc.min_max(rows[CLUSTER[name]])
        low, high = bounds["min"], bounds["max"]
        within = None if rows[CLUSTER[name]].null_count else (low, high)
        for part in self._case.parts("evidence", name):
            if _may_overlap(part, _bound(low), _bound(high)) and meet(
                stretches, self._stretches.get(part.path)
            ):
                rows = without(name, rows, _identities(self._case.path, part, within))
        return rows


def _bound(value: pa.Scalar) -> Any:
    """A value of the cluster column as `Part.low` and `Part.high` hold it."""
    return value.cast(pa.int64()).as_py() if pa.types.is_timestamp(value.type) else value.as_py()


def _may_overlap(part: Part, low: Any, high: Any) -> bool:
    if part.low is None or part.high is None or low is None:
        return True
    return bool(part.low <= high and low <= part.high)


def _identities(root: Path, part: Part, within: tuple[pa.Scalar, pa.Scalar] | None) -> pa.Table:
    """Which records a part holds in a range of its cluster column (None = all of them).

    Raises IntegrityError: a damaged part would let some be lost.
    """
    check_part(root, part)
    cluster, where = CLUSTER[part.name], None
    if within is not None:
        where = (pc.field(cluster) >= within[0]) & (pc.field(cluster) <= within[1])
    columns = list(IDENTITY[part.name])
    try:
        return pq.read_table(
            root / part.path, columns=columns, filters=where, page_checksum_verification=True
        )
    except (OSError, pa.ArrowException) as error:
        raise IntegrityError(f"{part.path} of {root} cannot be read: {error}") from error
