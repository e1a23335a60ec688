"""Rows of a query as a table, JSON, NDJSON, CSV or Parquet, streamed batch by batch."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from forensics.chains.times import iso
from forensics.report.json import plain_json
from forensics.report.safe import safe

__all__ = ["plain_cell", "render_rows", "write_parquet"]

_TABLE_ROWS = 200
_CELL = 60
# A spreadsheet takes a cell that begins so for a formula, and log lines are written by anybody.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render_rows(
    batches: Iterable[pa.RecordBatch], form: str, *, raw: bool = False, terminal: bool = False
) -> Iterator[str]:
    """Text in pieces. A table shows the first rows and says how many there are.

    On a `terminal` CSV too is free of control characters; JSON escapes them always.
    """
    if form == "json":
        yield from _json(batches)
    elif form == "ndjson":
        for row in _objects(batches):
            yield plain_json(row) + "\n"
    elif form == "csv":
        for text in _csv(batches, raw):
            yield safe(text, lines=True) if terminal else text
    else:
        yield from _table(batches)


def write_parquet(batches: Iterable[pa.RecordBatch], sink: IO[bytes]) -> None:
    """Rows as they come; the first batch gives the types, also where it has no rows."""
    writer = None
    for batch in batches:
        if writer is None:
            writer = pq.ParquetWriter(sink, batch.schema, compression="zstd")
        writer.write_batch(batch)
    if writer is not None:
        writer.close()


def _objects(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        for row in _rows(batch):
            yield dict(zip(batch.schema.names, row, strict=True))


def _rows(batch: pa.RecordBatch) -> Iterator[list[Any]]:
    """Column by column: a query may give one name to two of them."""
    columns = [column.to_pylist() for column in batch.columns]
    for row in zip(*columns, strict=True):
        yield [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _json(batches: Iterable[pa.RecordBatch]) -> Iterator[str]:
    opening = "["
    for row in _objects(batches):
        yield f"{opening}\n{plain_json(row)}"
        opening = ","
    yield "[]\n" if opening == "[" else "\n]\n"


def _csv(batches: Iterable[pa.RecordBatch], raw: bool) -> Iterator[str]:
    named = False
    for batch in batches:
        lines = _Lines()
        writer = csv.writer(lines, lineterminator="\r\n")
        if not named:  # names too are cells: PIVOT makes names of values
            writer.writerow([_csv_cell(name, raw) for name in batch.schema.names])
            named = True
        for row in _rows(batch):
            writer.writerow([_csv_cell(value, raw) for value in row])
        yield "".join(lines)


class _Lines(list[str]):
    """Rows as csv.writer hands them over, one at a time, each ended by a bare newline: `cut`, `tail` and
    `while read` take the carriage return of RFC 4180 for a part of the last cell. The writer is asked for
    CRLF, since Python quotes cells with a bare carriage return only then."""

    def write(self, row: str) -> None:
        self.append(row.removesuffix("\r\n") + "\n")


def _csv_cell(value: Any, raw: bool) -> Any:
    if isinstance(value, dict | list):
        value = plain_json(value)
    if not raw and isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _table(batches: Iterable[pa.RecordBatch]) -> Iterator[str]:
    names: list[str] = []
    shown: list[list[str]] = []
    total = 0
    for batch in batches:
        if batch.schema.names == ["explain_key", "explain_value"]:  # a plan is a drawing of many lines
            yield from (safe(str(plan), lines=True) for _, plan in _rows(batch))
            continue
        names = [_cell(name) for name in batch.schema.names]
        room = _TABLE_ROWS - len(shown)
        shown += [[_cell(v) for v in row] for row in _rows(batch.slice(0, max(0, room)))]
        total += batch.num_rows
    if not names:
        return
    widths = [max([len(name), *(len(row[i]) for row in shown)]) for i, name in enumerate(names)]
    yield "  ".join(name.ljust(w) for name, w in zip(names, widths, strict=True)).rstrip() + "\n"
    yield "  ".join("─" * w for w in widths) + "\n"
    for row in shown:
        yield "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() + "\n"
    if total > len(shown):
        yield f"{len(shown):,} of {total:,} rows; -o csv, json or ndjson gives all\n"


def plain_cell(value: Any) -> str:
    """A value as a cell shows it, whole and not yet made harmless."""
    value = _plain(value)
    return "" if value is None else plain_json(value) if isinstance(value, dict | list | bool) else str(value)


def _cell(value: Any) -> str:
    text = safe(plain_cell(value))
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"
