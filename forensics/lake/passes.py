"""Views of `scope: trace` and `request`, for some of these at a time: so memory is bounded by its limit, not
by the case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from forensics.errors import QueryError
from forensics.lake.nearest import TOO_LITTLE_MEMORY

__all__ = ["PASS_KEYS", "in_memory", "narrowed", "passes_of"]

# By scope: a whole number that all rows of one trace, of one request, share.
PASS_KEYS = {"trace": "coalesce(trace_key, 0)", "request": "hash(request_id)"}

# What one row of the largest table takes while such a view is computed: 330 to 430 bytes at
# 1.6 million spans or log lines, and half as much again to spare.
_ROW_BYTES = 600


def passes_of(rows: int, limit: int) -> int:
    """How many passes, a power of two, so that each stays below `limit` bytes.

    >>> passes_of(1_600_000, 3 << 30), passes_of(10_000_000, 3 << 30)
    (1, 2)
    """
    passes = 1
    while rows * _ROW_BYTES > limit * passes:
        passes *= 2
    return passes


def narrowed(body: str, scope: str, passes: int, number: int) -> str:
    """The rows of those whose turn it is; without a trace they are none's, and come first."""
    return f"select * from ({body}) where {PASS_KEYS[scope]} & {passes - 1} = {number}"


@contextmanager
def in_memory(name: str) -> Iterator[None]:
    """DuckDB's two ways to say that it had too little memory, as an error that says what to do."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise _too_little(name, error) from error
    except OSError as error:  # in the middle of a stream it comes by way of Arrow
        if not str(error).startswith("Out of Memory Error"):
            raise
        raise _too_little(name, error) from error


def _too_little(name: str, error: Exception) -> QueryError:
    said = str(error).partition("\n")[0].removeprefix("Out of Memory Error: ")
    return QueryError(f"{name} needs more memory than it may take: {said}", TOO_LITTLE_MEMORY)
