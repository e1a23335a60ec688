"""`forensics export`: traces for another viewer."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from forensics.cli.console import Bar, note, write
from forensics.cli.options import (
    CaseOption,
    FileOption,
    ForceOption,
    QuietOption,
    SecretsOption,
    VerboseOption,
)

__all__ = ["register"]


class Format(StrEnum):
    otlp = "otlp"
    perfetto = "perfetto"
    jaeger = "jaeger"


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    form: Annotated[Format, typer.Argument(metavar="otlp|perfetto|jaeger", help="The format to write.")],
    identifier: Annotated[
        list[str], typer.Argument(metavar="ID...", help="A trace, or any id that `why` takes.")
    ],
    case: CaseOption = Path("case"),
    file: FileOption = None,
    force: ForceOption = False,
    show_secrets: SecretsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Hand traces to another viewer: OTLP/JSON, Jaeger's JSON, or Perfetto's.

    A trace id stands for that trace, any other id for all traces of its chains (a message's chain often has
    several). Log lines go along as events of the span in which they happened, and links between traces stay.

    otlp goes to any OTLP backend:
      forensics export otlp ID -f trace.json
      curl -H 'Content-Type: application/json' -d @trace.json http://localhost:4318/v1/traces

    jaeger is for the upload of Jaeger's user interface ("JSON File"), perfetto for ui.perfetto.dev ("Open
    trace file"; nothing leaves the browser). `forensics import` reads otlp and jaeger back: the same chains.
    """
    from forensics.api import Case
    from forensics.report.json import plain_json
    from forensics.report.mask import masked

    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
        found = opened.export(identifier)
    if not show_secrets:
        found = masked(found)
    write([plain_json(_renderer(form)(found)) + "\n"], file, force=force)
    for text in found.notes if not quiet else ():
        note(f"note: {text}")
    return 0


def _renderer(form: Format) -> Callable[[Any], Any]:
    from forensics.report.jaeger import jaeger_document
    from forensics.report.otlp import otlp_document
    from forensics.report.perfetto import perfetto_document

    return {Format.otlp: otlp_document, Format.jaeger: jaeger_document, Format.perfetto: perfetto_document}[
        form
    ]
