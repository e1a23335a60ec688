"""`forensics trace ID`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.console import Bar, write
from forensics.cli.options import CaseOption, FileOption, ForceOption, QuietOption, TextOrJson, VerboseOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(trace)


def trace(
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    case: CaseOption = Path("case"),
    output: Annotated[TextOrJson, typer.Option("-o", "--output", help="What to print.")] = TextOrJson.text,
    file: FileOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """One trace: its tree with logs, the critical path, where the time went, the verdict."""
    from forensics.api import Case
    from forensics.report.json import document_json
    from forensics.report.trace_text import render_trace

    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
        found = opened.trace(identifier)
    text = document_json(found) + "\n" if output is TextOrJson.json else render_trace(found)
    write([text], file, force=force)
    return 0
