"""The SQL tree: its views (`views`) and the recipes that ask them (`cookbook`)."""

from __future__ import annotations

from forensics.queries.cookbook import Parameter, Recipe, parse_recipe, recipe, recipes
from forensics.queries.views import (
    BASE_SCHEMAS,
    SCHEMAS,
    VIEWS_VERSION,
    View,
    closure,
    parse,
    tree,
    tree_sha256,
)

__all__ = [
    "BASE_SCHEMAS",
    "SCHEMAS",
    "VIEWS_VERSION",
    "Parameter",
    "Recipe",
    "View",
    "closure",
    "parse",
    "parse_recipe",
    "recipe",
    "recipes",
    "tree",
    "tree_sha256",
]
