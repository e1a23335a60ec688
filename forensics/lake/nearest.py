"""What DuckDB complains of, in one line, and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

import duckdb

from forensics.errors import QueryError, UsageError
from forensics.queries import tree

__all__ = ["TOO_LITTLE_MEMORY", "check_parameters", "no_view", "told"]

_CATALOG = "forensics catalog lists views and columns"
TOO_LITTLE_MEMORY = "forensics analyse --threads 1, or with a higher --memory; what is finished is kept"


def no_view(name: str) -> QueryError:
    """A view or table that nobody knows: a typo, a view without its schema, or a file."""
    stem = name.rsplit(".", 1)[-1]
    same = [known for known in tree() if known.endswith(f".{stem}")]
    close = same or difflib.get_close_matches(name, tree(), 3, 0.5)
    close = close or [known for known in tree() if stem in known][:3]
    return QueryError(f"no view {name}", f"did you mean {', '.join(close)}?" if close else _CATALOG)


def check_parameters(asked: Iterable[str], given: Iterable[str]) -> None:
    """What a query asks for by `$name`, and what it is given. Raises UsageError."""
    asked, given = set(asked), set(given)
    for name in sorted(given - asked):
        close = difflib.get_close_matches(name, asked, 1, 0.4)
        hint = f"did you mean {close[0]}?" if close else f"write ${name} in the query, where it belongs"
        raise UsageError(f"the query has no parameter {name}", hint)
    for name in sorted(asked - given):
        raise UsageError(f"no value for ${name}", f"add --param {name}=…")


def told(error: duckdb.Error) -> tuple[str, str]:
    """Message and hint: DuckDB names the nearest columns and functions itself."""
    text = str(error).strip()
    first = text.split("\n")[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        return first, TOO_LITTLE_MEMORY
    bindings = re.search(r"Candidate bindings: (.*)", text)
    if bindings:
        return first, f"did you mean {bindings[1]}?"
    meant = re.search(r"Did you mean (.*)", text)
    return first, f"did you mean {meant[1]}" if meant else _place(text)


def _place(text: str) -> str:
    """The line of the query at which the parser stopped, where it says so."""
    line = re.search(r"\n(LINE \d+: .*)", text)
    return f"at {line[1]}" if line and "syntax error" in text else _CATALOG
