"""`forensics why ID`."""

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
    app.command()(why)


def why(
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    case: CaseOption = Path("case"),
    output: Annotated[TextOrJson, typer.Option("-o", "--output", help="What to print.")] = TextOrJson.text,
    file: FileOption = None,
    force: ForceOption = False,
    show_secrets: SecretsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """What an id stands for, its chain and its verdict.

    Takes a trace, request, message, execution, span, event or failure id, a pod, or any text that
    log lines hold, and says what it took it for.
    """
    from forensics.cli.ask import ask
    from forensics.report.trace_text import render_answer

    return ask(
        lambda opened: opened.why(identifier), render_answer,
        case=case, output=output, file=file, force=force, quiet=quiet,
        show_secrets=show_secrets,
    )  # fmt: skip
