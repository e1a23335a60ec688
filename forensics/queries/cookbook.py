"""The cookbook: questions that are asked often, each one file of `queries/cookbook/`.

A recipe is a header of `-- ` lines and one SELECT:

    -- The question that it answers, in words.
    -- topic: failures
    -- param: n = 20: how many rows
    -- param: node: without a default it has to be given
    -- column: what it means, with unit
    select …

Values are bound, never pasted in, and always as text: where DuckDB cannot tell the type from what a
parameter is compared with, the SELECT casts it. A default of `null` is NULL.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from forensics.errors import NotFoundError, QueryError, UsageError
from forensics.queries.views import folder

__all__ = ["TOPICS", "Parameter", "Recipe", "parse_recipe", "recipe", "recipes"]

# In the order in which the catalogue lists them.
TOPICS = ("failures", "changes", "slowness", "chains", "messages", "functions", "logs", "cost", "coverage")

_PARAM = re.compile(r"^([a-z_]\w*)(?: = (.*?))?: +(.*)$")
_KEY = re.compile(r"^([a-z_][a-z0-9_]*): +(.*)$")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`default` is None where it is NULL, and also where there is none (`required`)."""

    name: str
    default: str | None
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """One question. `columns` maps a column of the answer to its meaning, in order."""

    name: str
    description: str
    topic: str
    parameters: tuple[Parameter, ...]
    columns: dict[str, str]
    sql: str

    def values(self, given: Mapping[str, str]) -> dict[str, str | None]:
        """What to bind: what is given, else the defaults. Raises UsageError."""
        names = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in names:
                close = difflib.get_close_matches(name, names, 1, 0.4) or names
                hint = f"did you mean {', '.join(close)}?" if names else "it takes none"
                raise UsageError(f"{self.name} has no parameter {name}", hint)
        missing = [p for p in self.parameters if p.required and p.name not in given]
        if missing:
            asked = " ".join(f"--param {p.name}=…" for p in missing)
            raise UsageError(f"{self.name} needs {missing[0].name}: {missing[0].meaning}", f"add {asked}")
        return {p.name: given.get(p.name, p.default) for p in self.parameters}


@cache
def recipes() -> dict[str, Recipe]:
    """Every recipe by its name: topic by topic, in the order of names."""
    files = sorted((folder() / "cookbook").glob("*.sql"))
    found = [parse_recipe(file.read_text("utf-8"), file.stem) for file in files]
    return {r.name: r for r in sorted(found, key=lambda r: (TOPICS.index(r.topic), r.name))}


def recipe(name: str) -> Recipe:
    """Raises NotFoundError with the nearest names."""
    known = recipes()
    if name not in known:
        close = difflib.get_close_matches(name.replace("-", "_"), known, 3, 0.4)
        hint = f"did you mean {', '.join(close)}?" if close else "forensics catalog recipes"
        raise NotFoundError(f"no recipe {name}", hint)
    return known[name]


def parse_recipe(text: str, name: str, *, own: bool = False) -> Recipe:
    """A Recipe from the text of its file; of a user's `own` file nothing but the query is asked."""
    lines = text.splitlines()
    length = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    prose: list[str] = []
    topic = ""
    parameters: list[Parameter] = []
    columns: dict[str, str] = {}
    for line in (line[2:].strip() for line in lines[:length]):
        key, rest = match.groups() if (match := _KEY.match(line)) else ("", line)
        if key == "topic":
            topic = rest
        elif key == "param":
            parameters.append(_parameter(rest, name))
        elif key:
            columns[key] = rest
        elif columns:
            columns[list(columns)[-1]] += f" {rest}"
        else:
            prose.append(rest)
    if topic not in TOPICS and not own:
        raise QueryError(f"cookbook/{name}.sql: topic must be one of {', '.join(TOPICS)}")
    sql = "\n".join(lines[length:]).strip().rstrip(";")
    return Recipe(name, " ".join(prose), topic, tuple(parameters), columns, sql)


def _parameter(text: str, recipe: str) -> Parameter:
    match = _PARAM.match(text)
    if match is None:
        raise QueryError(f"{recipe}.sql: a parameter is `-- param: name = default: meaning`, not `{text}`")
    name, default, meaning = match.groups()
    return Parameter(name, None if default == "null" else default, default is None, meaning)
