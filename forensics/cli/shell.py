"""`forensics shell`: a prompt over the documented views."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.console import Bar
from forensics.cli.options import CaseOption, QuietOption, VerboseOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(shell)


def shell(
    case: CaseOption = Path("case"),
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Any statement, outside the case too.")] = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    r"""A prompt: SQL until a semicolon, \? for commands, Tab for views, columns and recipes.

    Read-only and fenced to the case, as `forensics sql` is. Reads a script from a pipe, too.
    """
    from forensics.api import Case
    from forensics.cli.prompt import prompted
    from forensics.cli.session import Session

    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
        bar.stop()
        session = Session(opened, unsafe=unsafe, quiet=quiet)
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            return session.read(sys.stdin)
        with prompted(session.words) as lines:
            return session.talk(lines)
