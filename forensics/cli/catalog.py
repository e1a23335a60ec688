"""`forensics catalog`: the documented views, their columns, and the recipes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from forensics.cli.console import write
from forensics.cli.options import FileOption, ForceOption, VerboseOption

__all__ = ["register"]


class Format(StrEnum):
    text = "text"
    md = "md"
    json = "json"


def register(app: typer.Typer) -> None:
    app.command()(catalog)


def catalog(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[views|columns|recipes|NAME]",
            help="All views, all columns, all recipes, or one view (lake.span), schema (lake) or recipe.",
        ),
    ] = None,
    output: Annotated[Format, typer.Option("-o", "--output", help="What to print.")] = Format.text,
    file: FileOption = None,
    force: ForceOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Every view with its columns, types and meaning, as the database itself tells them, and every recipe.

    forensics catalog recipes
    """
    from forensics.api import catalog as read
    from forensics.report.catalog import render_catalog

    write(render_catalog(read(name), output.value), file, force=force)
    return 0
