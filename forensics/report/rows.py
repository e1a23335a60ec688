"""Rows of a query as a table, JSON, NDJSON or CSV, streamed batch by batch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from forensics.chains.times import iso
from forensics.report.json import plain_json
from forensics.report.safe import safe

__all__ = ["render_rows"]

_TABLE_ROWS = 200
_CELL = 60
# A spreadsheet takes a cell that begins so for a formula, and log lines are written by anybody.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render_rows(batches: Iterable[pa.RecordBatch], form: str, *, raw: bool = False) -> Iterator[str]:
    """Text in pieces. A table shows the first rows and says how many there are."""
    if form == "json":
        yield from _json(batches)
    elif form == "ndjson":
        for row in _rows(batches):
            yield plain_json(row) + "\n"
    elif form == "csv":
        yield from _csv(batches, raw)
    else:
        yield from _table(batches)


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        for row in batch.to_pylist():
            yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _json(batches: Iterable[pa.RecordBatch]) -> Iterator[str]:
    opening = "["
    for row in _rows(batches):
        yield f"{opening}\n{plain_json(row)}"
        opening = ","
    yield "[]\n" if opening == "[" else "\n]\n"


def _csv(batches: Iterable[pa.RecordBatch], raw: bool) -> Iterator[str]:
    # CRLF, as RFC 4180 says; Python then quotes cells with a bare \r, which would begin a row
    named = False
    for batch in batches:
        sink = io.StringIO()
        writer = csv.writer(sink, lineterminator="\r\n")
        if not named:
            writer.writerow(batch.schema.names)
            named = True
        for row in _rows([batch]):
            writer.writerow([_csv_cell(value, raw) for value in row.values()])
        yield sink.getvalue()


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
        names = batch.schema.names
        room = _TABLE_ROWS - len(shown)
        shown += [[_cell(v) for v in row.values()] for row in _rows([batch.slice(0, max(0, room))])]
        total += batch.num_rows
    widths = [max([len(name), *(len(row[i]) for row in shown)]) for i, name in enumerate(names)]
    yield "  ".join(name.ljust(w) for name, w in zip(names, widths, strict=True)).rstrip() + "\n"
    yield "  ".join("─" * w for w in widths) + "\n"
    for row in shown:
        yield "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() + "\n"
    if total > len(shown):
        yield f"{len(shown):,} of {total:,} rows; -o csv, json or ndjson gives all\n"


def _cell(value: Any) -> str:
    text = "" if value is None else plain_json(value) if isinstance(value, dict | list) else str(value)
    text = safe(text)
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"
