"""The catalogue: what can be asked of a case. Needs none."""

from __future__ import annotations

import difflib

from forensics.errors import NotFoundError
from forensics.lake import describe
from forensics.model import Catalog, ColumnOf, ParameterInfo, RecipeInfo, ViewInfo
from forensics.queries import SCHEMAS, VIEWS_VERSION, Recipe, recipes, tree

__all__ = ["catalog"]


def catalog(name: str | None = None) -> Catalog:
    """All of it; `views`, `columns` or `recipes`; or one view, schema or recipe.

    Raises NotFoundError with the nearest names.
    """
    if name is None:
        return Catalog(VIEWS_VERSION, views=describe(), recipes=_recipes())
    if name == "views":
        return Catalog(VIEWS_VERSION, views=describe())
    if name == "columns":
        return Catalog(VIEWS_VERSION, columns=tuple(c for view in describe() for c in _columns(view)))
    if name in ("recipes", *recipes()):
        return Catalog(VIEWS_VERSION, recipes=_recipes(None if name == "recipes" else name))
    if name not in tree() and name not in SCHEMAS:
        raise _unknown(name)
    chosen = tuple(v for v in describe() if name in (v.name, v.name.split(".")[0]))
    return Catalog(VIEWS_VERSION, views=chosen)


def _unknown(name: str) -> NotFoundError:
    known = ["views", "columns", "recipes", *SCHEMAS, *tree(), *recipes()]
    stems = [view for view in tree() if view.split(".")[1] == name]
    close = stems or difflib.get_close_matches(name, known, 3, 0.5)
    hint = f"did you mean {', '.join(close)}?" if close else "forensics catalog"
    return NotFoundError(f"no view, schema or recipe {name}", hint)


def _columns(view: ViewInfo) -> list[ColumnOf]:
    return [ColumnOf(view.name, c.name, c.type, c.meaning) for c in view.columns]


def _recipes(name: str | None = None) -> tuple[RecipeInfo, ...]:
    return tuple(_told(r) for r in recipes().values() if name in (None, r.name))


def _told(recipe: Recipe) -> RecipeInfo:
    asked = tuple(
        ParameterInfo(p.name, None if p.required else "null" if p.default is None else p.default, p.meaning)
        for p in recipe.parameters
    )
    return RecipeInfo(recipe.name, recipe.topic, recipe.description, asked, recipe.columns, recipe.sql)
