"""`forensics catalog`: the documented views and columns."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from forensics.cli.console import write
from forensics.cli.options import FileOption, ForceOption, VerboseOption
from forensics.errors import NotFoundError
from forensics.queries import View, tree
from forensics.report.json import plain_json

__all__ = ["register"]


class Format(StrEnum):
    text = "text"
    md = "md"
    json = "json"


def register(app: typer.Typer) -> None:
    app.command()(catalog)


def catalog(
    name: Annotated[str | None, typer.Argument(help="One view (lake.span) or one schema (lake).")] = None,
    output: Annotated[Format, typer.Option("-o", "--output", help="What to print.")] = Format.text,
    file: FileOption = None,
    force: ForceOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Every view with its columns and what they mean, in the order in which they build on each other."""
    views = [v for v in tree().values() if name is None or name in (v.schema, v.full_name)]
    if not views:
        raise NotFoundError(f"no view or schema {name}", "forensics catalog")
    write(_RENDER[output](views), file, force=force)
    return 0


def _text(views: list[View]) -> Iterator[str]:
    for view in views:
        yield f"{view.full_name}\n    {view.description}\n"
        width = max(len(column) for column in view.columns)
        for column, meaning in view.columns.items():
            yield f"      {column:<{width}}  {meaning}\n"
        yield "\n"


def _markdown(views: list[View]) -> Iterator[str]:
    for view in views:
        yield f"### {view.full_name}\n\n{view.description}\n\n| column | meaning |\n|---|---|\n"
        for column, meaning in view.columns.items():
            yield f"| `{column}` | {meaning.replace('|', chr(92) + '|')} |\n"
        yield "\n"


def _json(views: list[View]) -> Iterator[str]:
    rows = [
        {
            "view": v.full_name,
            "description": v.description,
            "scope": v.scope,
            "needs": v.needs,
            "columns": v.columns,
        }
        for v in views
    ]
    yield plain_json(rows) + "\n"


_RENDER = {Format.text: _text, Format.md: _markdown, Format.json: _json}
