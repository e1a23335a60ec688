"""`forensics sql`: one query over the documented views, or a recipe of the cookbook."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.console import Bar
from forensics.cli.options import CaseOption, FileOption, ForceOption, QuietOption, VerboseOption
from forensics.errors import UsageError

__all__ = ["Format", "parameters", "register"]


class Format(StrEnum):
    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"
    parquet = "parquet"


def register(app: typer.Typer) -> None:
    app.command()(sql)


def sql(
    query: Annotated[
        str | None, typer.Argument(help="One SELECT, a file that ends in .sql, or - for stdin.")
    ] = None,
    case: CaseOption = Path("case"),
    recipe: Annotated[
        str | None, typer.Option("--recipe", help="A question of the cookbook: forensics catalog recipes.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", help="A value for $name: name=value. Repeatable.")
    ] = None,
    output: Annotated[Format, typer.Option("-o", "--output", help="How to print the rows.")] = Format.table,
    file: FileOption = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV cells as they are, even those that spreadsheets run.")
    ] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Any statement, outside the case too.")] = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Ask the case with DuckDB's SQL. `forensics catalog` lists views, columns and recipes.

    Read-only and fenced to the case: SELECT and EXPLAIN, nothing else. Values are bound, never pasted.

    forensics sql "select node, count(*) from failures.failure group by all"

    forensics sql --recipe slowest_chains --param n=5
    """
    from forensics.api import Case
    from forensics.cli.rows import check_sink, write_rows

    check_sink(output.value, file, force=force)
    text, values = _question(query, recipe, parameters(param or []))
    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
        rows = opened.stream(text, values, unsafe=unsafe, on_progress=bar)
        write_rows(rows, output.value, file, raw=raw, force=force)
    return 0


def parameters(words: list[str]) -> dict[str, str]:
    """`name=value` pairs. Raises UsageError."""
    pairs = [word.partition("=") for word in words]
    for name, equals, _ in pairs:
        if not equals or not name.isidentifier():
            raise UsageError(f"{name}{equals} is no name=value", "--param node=checkout")
    return {name: value for name, _, value in pairs}


def _question(
    query: str | None, recipe: str | None, given: dict[str, str]
) -> tuple[str, dict[str, str | None]]:
    """The text and what to bind to it; a file may carry the header of a recipe."""
    from forensics.queries import parse_recipe
    from forensics.queries import recipe as named

    if (query is None) == (recipe is None):
        raise UsageError("one query, or one --recipe", "forensics catalog recipes")
    if recipe is not None:
        found = named(recipe)
        return found.sql, found.values(given)
    if query == "-":
        return sys.stdin.read(), {**given}
    if query is not None and query.endswith(".sql") and not any(c.isspace() for c in query):
        own = parse_recipe(_read(Path(query)), Path(query).stem, own=True)
        defaults = own.values({}) if not own.parameters else own.values(given)
        return own.sql, {**given, **defaults}
    return query or "", {**given}


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"cannot read {path}: {why}", "one SELECT, or a file that ends in .sql") from None
