"""Column lists of the tables that segment documents fill."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from forensics.schema import NORMALIZED

__all__ = ["NormalizedRows"]


class NormalizedRows:
    """Rows of `span`, `link` and `warning` on their way into Arrow; `len` counts spans.

    `source` is the table of evidence that they are made from.
    """

    def __init__(self, source: str = "segment_document") -> None:
        self.source = source
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in NORMALIZED}
        self._spans = self._rows["span"]
        self.size = 0

    def __len__(self) -> int:
        return len(self._spans)

    def add_span(self, row: tuple[Any, ...]) -> None:
        """One value per column of `schema.NORMALIZED["span"]`, in its order."""
        self._spans.append(row)

    def add_link(self, row: tuple[Any, ...]) -> None:
        """One value per column of `schema.NORMALIZED["link"]`, in its order."""
        self._rows["link"].append(row)

    def warn(self, code: str, message: str, trace_id: str, segment_id: str) -> None:
        row = ("warning", code, message, self.source, f"{trace_id}/{segment_id}")
        self._rows["warning"].append(row)

    def tables(self) -> dict[str, pa.RecordBatch]:
        return {name: _batch(rows, NORMALIZED[name]) for name, rows in self._rows.items()}


def _batch(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    """Turned round at once: appending to 47 lists per span costs twice what the rest does."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
