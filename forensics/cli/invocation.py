"""`forensics invocation REQUEST_ID`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.options import (
    CaseOption,
    FileOption,
    ForceOption,
    QuietOption,
    SecretsOption,
    TextOrJson,
    VerboseOption,
)

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(invocation)


def invocation(
    identifier: Annotated[str, typer.Argument(metavar="REQUEST_ID")],
    case: CaseOption = Path("case"),
    output: Annotated[TextOrJson, typer.Option("-o", "--output", help="What to print.")] = TextOrJson.text,
    file: FileOption = None,
    force: ForceOption = False,
    show_secrets: SecretsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """One invocation by its request id: its chain with logs, and the verdict."""
    from forensics.cli.ask import ask
    from forensics.report.trace_text import render_answer

    return ask(
        lambda opened: opened.invocation(identifier), render_answer,
        case=case, output=output, file=file, force=force, quiet=quiet,
        show_secrets=show_secrets,
    )  # fmt: skip
