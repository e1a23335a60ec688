"""`forensics sql`: one query over the documented views."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.console import Bar, write
from forensics.cli.options import CaseOption, FileOption, ForceOption, QuietOption, VerboseOption

__all__ = ["register"]


class Format(StrEnum):
    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"


def register(app: typer.Typer) -> None:
    app.command()(sql)


def sql(
    query: Annotated[str, typer.Argument(help="One SELECT, or - to read it from stdin.")],
    case: CaseOption = Path("case"),
    output: Annotated[Format, typer.Option("-o", "--output", help="How to print the rows.")] = Format.table,
    file: FileOption = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV cells as they are, even those that spreadsheets run.")
    ] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Any statement, outside the case too.")] = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Ask the case with DuckDB's SQL. `forensics catalog` lists the views.

    Read-only and fenced to the case: SELECT and EXPLAIN, nothing else.

    forensics sql "select node, count(*) from failures.failure group by all"
    """
    from forensics.api import Case
    from forensics.report.rows import render_rows

    text = sys.stdin.read() if query == "-" else query
    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
        write(render_rows(opened.sql(text, unsafe=unsafe), output.value, raw=raw), file, force=force)
    return 0
