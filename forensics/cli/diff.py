"""`forensics diff`: two windows, or the values of one dimension, held against each other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.console import Bar, write
from forensics.cli.options import (
    CaseOption,
    FileOption,
    ForceOption,
    QuietOption,
    SecretsOption,
    TextOrJson,
    VerboseOption,
    stretch,
)
from forensics.errors import UsageError

__all__ = ["register"]

_EXAMPLE = "forensics diff --good 2h/1h --bad 1h/0m   (or --by version)"


def register(app: typer.Typer) -> None:
    app.command()(diff)


def diff(
    good: Annotated[
        str | None,
        typer.Option(
            "--good", metavar="A/B", help="A healthy stretch: ISO times, or 2h before the case's end."
        ),
    ] = None,
    bad: Annotated[str | None, typer.Option("--bad", metavar="C/D", help="The stretch to explain.")] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            help="version, environment, zone, caller, cold start, memory, region, or an annotation's key.",
        ),
    ] = None,
    case: CaseOption = Path("case"),
    output: Annotated[TextOrJson, typer.Option("-o", "--output", help="What to print.")] = TextOrJson.text,
    file: FileOption = None,
    force: ForceOption = False,
    show_secrets: SecretsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """What differs between two windows (--good, --bad), or between populations (--by).

    Two windows: failures and durations of their chains, the traits that set the bad ones apart, and the
    nodes that most likely began it. By a dimension: failures and durations per value, and what the node
    itself took there, the worst first.
    """
    from forensics.api import Case
    from forensics.report.diff_text import render_difference, render_split
    from forensics.report.json import plain_json
    from forensics.report.mask import masked

    if (by is None) == (good is None or bad is None) or (by is not None and (good or bad)):
        raise UsageError("give --good and --bad, or --by", _EXAMPLE)
    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
        if by is not None:
            split = opened.diff_by(by if by in _KINDS else f"annotation {by}")
            split = split if show_secrets else masked(split)
            text = render_split(split) if output is TextOrJson.text else plain_json(split) + "\n"
        else:
            windows = stretch(good or "", opened.ends_at), stretch(bad or "", opened.ends_at)
            found = opened.diff(*windows)
            found = found if show_secrets else masked(found)
            text = render_difference(found) if output is TextOrJson.text else plain_json(found) + "\n"
        write([text], file, force=force)
    return 0


_KINDS = ("version", "environment", "zone", "caller", "cold start", "memory", "region", "account", "entry")
