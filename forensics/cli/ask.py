"""What `trace`, `why` and `invocation` have in common: questions by ids, each answered alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from forensics.cli.options import (
    BaselineOption,
    CaseOption,
    FileOption,
    ForceOption,
    QuietOption,
    SecretsOption,
    TextOrJson,
    VerboseOption,
    case_words,
    stretch,
)

__all__ = ["Question", "ask_by_id"]

# Of a case, by an id and a baseline (two moments, or None).
Question = Callable[..., Any]


def ask_by_id(app: typer.Typer, name: str, metavar: str, help_: str, question: Question) -> None:
    """Add a command that asks `question` of a case for each id, and shows or writes the answers."""

    def command(
        identifier: list[str] = typer.Argument(metavar=f"{metavar}..."),  # noqa: B008 typer's own form
        case: CaseOption = Path("case"),
        output: Annotated[
            TextOrJson, typer.Option("-o", "--output", help="What to print; json of several ids is a list.")
        ] = TextOrJson.text,
        baseline: BaselineOption = None,
        file: FileOption = None,
        force: ForceOption = False,
        show_secrets: SecretsOption = False,
        quiet: QuietOption = False,
        verbose: VerboseOption = False,
    ) -> int:
        from forensics.api import Case
        from forensics.cli.console import Bar, write
        from forensics.report.mask import masked

        with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
            healthy = stretch(baseline, opened.ends_at) if baseline else None
            found = [question(opened, one, baseline=healthy) for one in identifier]
        shown = found if show_secrets else masked(found)
        write([_shown(shown, output, case_words(case))], file, force=force)
        return 0

    app.command(name, help=help_)(command)


def _shown(answers: list[Any], output: TextOrJson, case: str) -> str:
    from forensics.model import TraceDocument
    from forensics.report.json import document_json
    from forensics.report.trace_text import render_answer, render_trace

    if output is TextOrJson.json:
        return document_json(answers[0] if len(answers) == 1 else answers) + "\n"
    return "\n".join(
        render_trace(one, case) if isinstance(one, TraceDocument) else render_answer(one, case)
        for one in answers
    )
