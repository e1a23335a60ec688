"""The catalogue of views and recipes as text, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from forensics.model import Catalog, RecipeInfo, ViewInfo
from forensics.report.json import document_json

__all__ = ["render_catalog"]

_WIDTH = 100


def render_catalog(catalog: Catalog, form: str) -> Iterator[str]:
    if form == "json":
        yield document_json(catalog) + "\n"
    elif form == "md":
        yield from _markdown(catalog)
    else:
        yield from _text(catalog)


def _text(catalog: Catalog) -> Iterator[str]:
    for view in catalog.views:
        yield f"{view.name}\n{_wrapped(view.description, 4)}\n"
        yield from _aligned([(column.name, _type(column.type), column.meaning) for column in view.columns])
        yield "\n"
    if catalog.columns:
        yield from _aligned([(f"{c.view}.{c.name}", _type(c.type), c.meaning) for c in catalog.columns], 0)
        yield "\n"
    topic = ""
    for recipe in catalog.recipes:
        if recipe.topic != topic:
            topic = recipe.topic
            yield f"{topic}\n\n"
        yield f"  {_call(recipe)}\n{_wrapped(recipe.description, 6)}\n"
        if len(catalog.recipes) == 1:
            yield from _aligned(
                [(f"--param {p.name}={_default(p.default)}", p.meaning) for p in recipe.parameters]
            )
            yield from _aligned(list(recipe.columns.items()))
            yield f"\n{recipe.sql}\n"
    yield f"Version {catalog.version} of the views.\n"


def _call(recipe: RecipeInfo) -> str:
    asked = "".join(f" --param {p.name}={_default(p.default)}" for p in recipe.parameters)
    return f"{recipe.name}{asked}"


def _default(default: str | None) -> str:
    return "…" if default is None else default


def _type(name: str) -> str:
    """A struct or list of one is spelled out in Markdown and JSON."""
    return name if len(name) <= 24 else name[:23] + "…"


def _aligned(rows: Sequence[tuple[str, ...]], indent: int = 6) -> Iterator[str]:
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)][:-1]
    for *cells, last in rows:
        shown = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield f"{' ' * indent}{shown}  {last}\n"


def _wrapped(text: str, indent: int) -> str:
    margin = " " * indent
    return fill(text, _WIDTH, initial_indent=margin, subsequent_indent=margin, break_long_words=False)


_HEAD = """# Views and recipes

Version {version} of the views. A view or column that goes, or gets another name or type, raises the first
number, one that is new the second, a meaning that is mended the third. Times are UTC.

Ask with `forensics sql "select …"`, `forensics shell`, or any client of DuckDB after `forensics connect`.
This page is generated from the database's own comments: `forensics catalog -o md`.
"""


def _markdown(catalog: Catalog) -> Iterator[str]:
    yield _HEAD.format(version=catalog.version)
    if catalog.views:
        yield "\n## Views\n"
    for view in catalog.views:
        yield from _markdown_view(view)
    if catalog.columns:
        yield "\n| column | type | meaning |\n|---|---|---|\n"
        for column in catalog.columns:
            yield f"| `{column.view}.{column.name}` | {_cell(column.type)} | {_cell(column.meaning)} |\n"
    if catalog.recipes:
        yield "\n## Recipes\n\n`forensics sql --recipe NAME --param name=value`; defaults are shown.\n"
    topic = ""
    for recipe in catalog.recipes:
        if recipe.topic != topic:
            topic = recipe.topic
            yield f"\n### {topic}\n\n| recipe | parameters | answers |\n|---|---|---|\n"
        takes = _cell(", ".join(f"`{p.name}={_default(p.default)}`" for p in recipe.parameters))
        link = f"[{recipe.name}](cookbook/{recipe.name}.sql)"
        yield f"| {link} | {takes} | {_cell(recipe.description)} |\n"


def _markdown_view(view: ViewInfo) -> Iterator[str]:
    yield f"\n### {view.name}\n\n{view.description}\n\n| column | type | meaning |\n|---|---|---|\n"
    for column in view.columns:
        yield f"| `{column.name}` | {_cell(column.type)} | {_cell(column.meaning)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
