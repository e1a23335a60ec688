"""`forensics connect`: a DuckDB file with every view, for any client."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.console import Bar, note
from forensics.cli.options import CaseOption, ForceOption, QuietOption, VerboseOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(connect)


def connect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make, such as case-42.duckdb.")],
    case: CaseOption = Path("case"),
    force: ForceOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Make a DuckDB file with all views over the case: for DBeaver, Harlequin, Metabase, dbt, …

    It holds no rows: they stay in the case, which must stay where it is. It is not fenced: whoever
    opens it can read and write every file that they may. Readable by DuckDB 1.4 and newer.
    """
    from forensics.api import Case
    from forensics.api import connect as write

    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar):
        write(case, file, force=force)
    if not quiet:
        note("not fenced, unlike `forensics sql`: a client of this file reads and writes whatever it may")
    note(f"Wrote {file}")
    return 0
