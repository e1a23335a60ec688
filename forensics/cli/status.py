"""`forensics status`: what a case holds, and what is missing from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.console import write
from forensics.cli.options import CaseOption, QuietOption, TextOrJson, VerboseOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(status)


def status(
    case: CaseOption = Path("case"),
    output: Annotated[TextOrJson, typer.Option("-o", "--output", help="What to print.")] = TextOrJson.text,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """What was collected and imported, which units are still open, and the gaps."""
    from forensics.api import status as read
    from forensics.report.json import document_json
    from forensics.report.status import render_status

    found = read(case)
    write([document_json(found) + "\n" if output is TextOrJson.json else render_status(found)], None)
    return 0
