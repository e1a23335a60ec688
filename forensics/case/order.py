"""Which rows of a table are new, and in which order a part keeps them.

The order is that of the cluster column, then of the rest of a record's identity: total, so that the
same rows give the same file. Events come in order of time or nearly so; only those that share a
time are compared by anything else, since to sort by texts costs ten times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from forensics.case.carried import plain_table
from forensics.schema import CLUSTER, IDENTITY

# Imported where it is used: a fifth of the start of commands that write nothing.
if TYPE_CHECKING:
    import polars as pl

__all__ = ["Stretches", "distinct", "in_one", "in_order", "meet", "stretches_of", "without"]

# From where rows came, with the lowest and highest value of their cluster column; None = not known.
Stretches = list[tuple[tuple[Any, ...], int, int]] | None

_ROW = "row of the table"

# Texts that make up nearly all of a table. They are put in order as views, and stay where they are.
_LARGE = ("message", "event_id", "document")


def in_one(tables: Sequence[pa.Table]) -> pa.Table:
    """The rows of tables one after another, in one piece, without a copy of their large texts."""
    rows = pa.concat_tables(tables)
    large = {name: _views(rows[name]) for name in rows.schema.names if name in _LARGE}
    rest = rows.drop_columns([*large]).combine_chunks()
    return pa.table({name: large.get(name) or rest[name] for name in rows.schema.names})


def distinct(name: str, rows: pa.Table) -> pa.Table:
    """The first row of each identity. That ids alone differ, which is usual, is seen faster."""
    ids = _frame(rows.select(IDENTITY[name][-1:])).to_series()
    if ids.hash().n_unique() == rows.num_rows:
        return rows
    frame = _frame(plain_table(rows.select(list(IDENTITY[name])))).with_row_index(_ROW)
    kept = frame.unique(IDENTITY[name], keep="first", maintain_order=True)
    return _take(rows, kept.get_column(_ROW))


def without(name: str, rows: pa.Table, there: pa.Table) -> pa.Table:
    """The rows whose identity is not among those of the other table."""
    frame = _frame(plain_table(rows.select(list(IDENTITY[name])))).with_row_index(_ROW)
    kept = frame.join(_frame(there), on=IDENTITY[name], how="anti", nulls_equal=True, maintain_order="left")
    if kept.height == rows.num_rows:
        return rows
    return _take(rows, kept.get_column(_ROW))


def in_order(name: str, rows: pa.Table) -> pa.Table:
    """The rows of a part in the order in which it keeps them, the same for the same rows."""
    import polars as pl

    cluster = rows[CLUSTER[name]]
    if not pa.types.is_timestamp(cluster.type) or cluster.null_count:
        return _take(rows, _by_identity(name, rows))
    times = pl.Series(_frame(rows.select([CLUSTER[name]])).to_series()).to_physical()
    order = times.arg_sort()
    sorted_times = times.gather(order)
    again = (sorted_times == sorted_times.shift(1)).fill_null(value=False)
    tied = (again | again.shift(-1).fill_null(value=False)).arg_true()
    if tied.len():
        numbers = order.gather(tied)
        keys = rows.select(list(dict.fromkeys([CLUSTER[name], *IDENTITY[name]])))
        inner = _by_identity(name, _take(keys, numbers))
        order = order.scatter(tied, numbers.gather(inner))
    return _take(rows, order)


def _take(rows: pa.Table, numbers: pl.Series) -> pa.Table:
    """The rows of these numbers; Arrow cannot take views, polars does."""
    views = [field.name for field in rows.schema if field.type == pa.string_view()]
    taken = rows.drop_columns(views).take(numbers.to_arrow())
    for name in views:
        at = rows.schema.get_field_index(name)
        taken = taken.add_column(at, name, _views(rows[name], numbers))
    return taken


def _views(column: pa.ChunkedArray, numbers: pl.Series | None = None) -> pa.Array:
    """Texts as views, in one piece; those of some rows where numbers are given."""
    import polars as pl

    texts = pl.Series(pl.from_arrow(column))
    texts = texts.rechunk() if numbers is None else texts.gather(numbers)
    return texts.to_arrow(compat_level=pl.CompatLevel.newest())


def _by_identity(name: str, rows: pa.Table) -> pl.Series:
    """The numbers of the rows in order, by all that identifies them."""
    columns = [CLUSTER[name], *(c for c in IDENTITY[name] if c != CLUSTER[name])]
    keys = pa.table({column: _rank(rows[column]) for column in columns})
    frame = _frame(keys).with_row_index(_ROW)
    return frame.sort(columns, nulls_last=True, maintain_order=True).get_column(_ROW)


def _rank(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """What sorts as the column does: numbers in place of a dictionary's texts."""
    if not pa.types.is_dictionary(column.type):
        return column
    encoded = column.unify_dictionaries().combine_chunks()
    encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    ranks = pc.rank(encoded.dictionary, tiebreaker="dense")
    return pa.chunked_array([ranks.take(encoded.indices)])


def stretches_of(name: str, tables: Sequence[pa.Table]) -> Stretches:
    """One for each table whose rows differ only in their cluster column and the last of their ids.

    Two parts whose stretches do not meet share no record, though their times overlap: so what other
    log groups did at the time need not be read.
    """
    found: list[tuple[tuple[Any, ...], int, int]] = []
    for table in tables:
        source = [_only(table[column]) for column in IDENTITY[name][:-1]]
        times = table[CLUSTER[name]]
        if not all(source) or not pa.types.is_timestamp(times.type) or times.null_count:
            return None
        bounds = pc.min_max(times.cast(pa.int64())).as_py()
        found.append((tuple(source), bounds["min"], bounds["max"]))
    return found


def meet(some: Stretches, others: Stretches) -> bool:
    """Whether the two may have a record in common."""
    if some is None or others is None:
        return True
    return any(a == b and low <= top and bottom <= high for a, low, high in some for b, bottom, top in others)


def _only(column: pa.ChunkedArray) -> tuple[str | None] | None:
    """The one value of a column that was made as a constant; None where it may have several."""
    if not pa.types.is_dictionary(column.type) or column.num_chunks != 1:
        return None
    chunk = column.chunk(0)
    if len(chunk.dictionary) != 1 or chunk.null_count:
        return None
    return (chunk.dictionary[0].as_py(),)


def _frame(rows: pa.Table) -> pl.DataFrame:
    import polars as pl

    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    return frame
