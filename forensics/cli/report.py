"""`forensics report`: root causes of every failure, grouped into issues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from forensics.api import Case
from forensics.cli.console import Bar, write
from forensics.cli.options import (
    CaseOption,
    FileOption,
    ForceOption,
    MemoryOption,
    QuietOption,
    SinceOption,
    ThreadsOption,
    UntilOption,
    VerboseOption,
    window,
)
from forensics.report import document_json, document_schema, failure_lines, plain_json, render_report

__all__ = ["register"]

_FOUND_FAILURES = 20


class Format(StrEnum):
    text = "text"
    json = "json"
    ndjson = "ndjson"


def register(app: typer.Typer) -> None:
    app.command()(report)


def report(
    case: CaseOption = Path("case"),
    output: Annotated[Format, typer.Option("-o", "--output", help="What to print.")] = Format.text,
    file: FileOption = None,
    brief: Annotated[bool, typer.Option("--brief", help="Only the first issue, in text.")] = False,
    since: SinceOption = None,
    until: UntilOption = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 20 where there are failures.")] = False,
    json_schema: Annotated[bool, typer.Option("--json-schema", help="Print the schema of -o json.")] = False,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Root causes of every failure, grouped into issues, each sentence with the record behind it.

    text is for reading; json is one document with coverage, issues, failures and map; ndjson is
    every failure, one a line. The same case gives the same bytes.
    """
    if json_schema:
        write([plain_json(document_schema()) + "\n"], file, force=force)
        return 0
    with Bar(quiet=quiet) as bar, Case(case, threads=threads, memory=memory, on_progress=bar) as opened:
        bounds = window(since, until, opened.ends_at)
        write(_lines(opened, output, bounds, brief), file, force=force)
        failed = exit_code and next(opened.failures(*bounds), None) is not None
    return _FOUND_FAILURES if failed else 0


def _lines(
    case: Case, output: Format, bounds: tuple[datetime | None, datetime | None], brief: bool
) -> Iterator[str]:
    if output is Format.ndjson:
        yield from (f"{line}\n" for line in failure_lines(case.failures(*bounds)))
    elif output is Format.json:
        yield document_json(case.report(*bounds)) + "\n"
    else:
        yield render_report(case.report(*bounds), brief=brief)
