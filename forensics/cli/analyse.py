"""`forensics analyse`: evidence → lake → chains → verdicts."""

from __future__ import annotations

from pathlib import Path

import typer

from forensics.cli.console import Bar, note
from forensics.cli.options import CaseOption, MemoryOption, QuietOption, ThreadsOption, VerboseOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(analyse)


def analyse(
    case: CaseOption = Path("case"),
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Read the evidence, build the chains, explain the failures: only what is new.

    The commands that show something call this themselves.
    """
    from forensics.api import Case

    with Bar(quiet=quiet) as bar, Case(case, threads=threads, memory=memory, on_progress=bar):
        pass
    if not quiet:
        note(f"Wrote {case}")
    return 0
