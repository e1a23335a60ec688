"""The views of the SQL tree: find, order and describe them.

A file is a header of `-- ` lines and one SELECT. Its folder is the schema, its stem the view:

    -- What one row is, and what it is good for.
    -- needs: lake.invocation links.edge
    -- scope: record | request | trace | chain | case
    -- materialize
    -- column: what it means, with unit
    select …

`needs` names every table and view that the SELECT reads. `scope: record` means that a row depends on
one row of evidence alone; where such a view is materialized it is computed once per part of evidence,
and names that table too, though it may read it through another view. `scope: trace` means that a row
depends on rows of its own `trace_key` alone, `scope: request` that it depends on those of its own
`request_id` in the views that it names; where such a view is materialized, a large case computes it for
some traces or requests at a time. The tree ships in the wheel as `forensics/_sql`; an editable install
reads the repository's `queries/`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from forensics.errors import QueryError

__all__ = [
    "BASE_SCHEMAS",
    "SCHEMAS",
    "VIEWS_VERSION",
    "View",
    "closure",
    "folder",
    "parse",
    "tree",
    "tree_sha256",
]

# Semantic: a view or column that goes, or gets another name or type, raises the first number; one that
# is new the second; a meaning that is mended the third.
VIEWS_VERSION = "1.0.0"
# What lies on disk as Parquet and is not a file of the tree.
BASE_SCHEMAS = ("evidence", "normalized", "rootcause")
# The order in which a reader meets the folders, and in which they build on each other.
SCHEMAS = ("lake", "links", "chains", "failures", "issues", "cost", "report")

_SCOPES = ("record", "request", "trace", "chain", "case")
_KEY = re.compile(r"^([a-z_][a-z0-9_]*): +(.*)$")


@dataclass(frozen=True, slots=True)
class View:
    """One file of the tree. `columns` maps a column to its meaning, in the order of the header."""

    schema: str
    name: str
    description: str
    needs: tuple[str, ...]
    scope: str
    materialize: bool
    columns: dict[str, str]
    sql: str

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


def folder() -> Path:
    """Where the tree lies: in the wheel, or in the repository."""
    package = Path(__file__).parents[1]
    return package / "_sql" if (package / "_sql").is_dir() else package.parent / "queries"


@cache
def tree() -> dict[str, View]:
    """Every view by its full name, in the order of `SCHEMAS`, needed ones first.

    Raises QueryError where a header is malformed or names a view that does not exist.
    """
    views = [
        parse(file.read_text("utf-8"), schema, file.stem)
        for schema in SCHEMAS
        for file in sorted((folder() / schema).glob("*.sql"))
    ]
    named = {view.full_name: view for view in views}
    return {name: named[name] for name in _in_order(named)}


@cache
def tree_sha256() -> str:
    """The hash that a derived table is keyed by: any change of the tree makes it anew."""
    text = "\0".join(f"{view.full_name}\0{view.sql}" for view in tree().values())
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text: str, schema: str, name: str) -> View:
    """A View from the text of its file."""
    prose: list[str] = []
    keys: dict[str, str] = {}
    columns: dict[str, str] = {}
    lines = text.splitlines()
    header = [line[2:].strip() for line in lines[: _header_length(lines)]]
    last = None
    for line in header:
        match = _KEY.match(line)
        if line == "materialize":
            keys["materialize"] = "yes"
        elif match and match[1] in ("needs", "scope"):
            keys[match[1]] = match[2]
        elif match:
            last = match[1]
            columns[last] = match[2]
        elif last:
            columns[last] += f" {line}"
        else:
            prose.append(line)
    sql = "\n".join(lines[len(header) :]).strip().rstrip(";")
    if keys.get("scope") not in _SCOPES:
        raise QueryError(f"{schema}/{name}.sql: scope must be one of {', '.join(_SCOPES)}")
    needs = tuple(keys.get("needs", "").split())
    return View(schema, name, " ".join(prose), needs, keys["scope"], "materialize" in keys, columns, sql)


def _header_length(lines: list[str]) -> int:
    return next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))


def closure(names: Iterable[str], is_kept: Callable[[View], bool] = lambda view: False) -> list[View]:
    """The views that these need, and these, each after what it needs itself. What is kept needs nothing."""
    views, wanted = tree(), set()
    left = [name for name in names if name in views]
    while left:
        name = left.pop()
        if name not in wanted:
            wanted.add(name)
            if not is_kept(views[name]):
                left += [need for need in views[name].needs if need in views]
    return [view for name, view in views.items() if name in wanted]


def _in_order(views: dict[str, View]) -> list[str]:
    done: list[str] = []
    placed: set[str] = set()
    visiting: set[str] = set()

    def place(name: str) -> None:
        if name in placed or name.split(".")[0] in BASE_SCHEMAS:
            return
        if name not in views or name in visiting:
            raise QueryError(f"the SQL tree has no view {name}, or it needs itself")
        visiting.add(name)
        for need in views[name].needs:
            place(need)
        placed.add(name)
        done.append(name)

    for name in views:
        place(name)
    return done
