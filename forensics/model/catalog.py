"""The documented views, as the database itself describes them, and the recipes over them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Catalog", "ColumnInfo", "ColumnOf", "ParameterInfo", "RecipeInfo", "ViewInfo"]


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """`type` is DuckDB's name of it."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ViewInfo:
    name: str
    description: str
    scope: str
    needs: tuple[str, ...]
    columns: tuple[ColumnInfo, ...]


@dataclass(frozen=True, slots=True)
class ColumnOf:
    """A column together with the view that it belongs to, for who looks for a word."""

    view: str
    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """`default` is None where the value has to be given, and `null` where it may be left out."""

    name: str
    default: str | None
    meaning: str


@dataclass(frozen=True, slots=True)
class RecipeInfo:
    name: str
    topic: str
    description: str
    parameters: tuple[ParameterInfo, ...]
    columns: dict[str, str]
    sql: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """What was asked for; what was not is empty. `version` is that of the views, semantic."""

    version: str
    views: tuple[ViewInfo, ...] = ()
    columns: tuple[ColumnOf, ...] = ()
    recipes: tuple[RecipeInfo, ...] = ()
