"""Where the rows of a query go: text to stdout or a file, Parquet to a file or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from forensics.cli.console import check_file, note, write
from forensics.errors import UsageError
from forensics.report.rows import render_rows, write_parquet

__all__ = ["check_sink", "write_rows"]


def check_sink(form: str, file: Path | None, *, force: bool) -> None:
    """Before anything is asked: what could not be written at the end."""
    check_file(file, force=force)
    if form == "parquet" and file is None and sys.stdout.isatty():
        raise UsageError("Parquet is no text for a terminal", "add -f rows.parquet")


def write_rows(
    rows: Iterator[pa.RecordBatch], form: str, file: Path | None, *, raw: bool = False, force: bool = False
) -> None:
    """The query runs while its rows are written; where it fails at once, no file is made."""
    begun = _begun(rows)
    if form != "parquet":
        terminal = file is None and sys.stdout.isatty()
        write(render_rows(begun, form, raw=raw, terminal=terminal), file, force=force)
    elif file is None:
        write_parquet(begun, sys.stdout.buffer)
    else:
        check_sink(form, file, force=force)
        with open(file, "wb") as sink:
            write_parquet(begun, sink)
        note(f"Wrote {file}")


def _begun(rows: Iterator[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
    """Waits for the first answer, so that a refused query leaves nothing behind."""
    first = next(rows, None)

    def all_of_them() -> Iterator[pa.RecordBatch]:
        if first is not None:
            yield first
        yield from rows

    return all_of_them()
