"""The rows of a query, in whatever frame a notebook wants them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from forensics.errors import ForensicsError, QueryError
from forensics.lake.lake import Lake
from forensics.lake.nearest import told

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Rows"]

_BATCH_ROWS = 100_000


class Rows:
    """A question that is asked anew by each method, and costs nothing until then.

    Names and types are checked at once: QueryError names what was probably meant.
    """

    def __init__(
        self, lake: Lake, sql: str, parameters: Mapping[str, Any] | None = None, *, unsafe: bool = False
    ) -> None:
        relation = lake.relation(sql, parameters, unsafe=unsafe)
        if relation is None:
            raise QueryError("this statement has no rows", "ask for rows: select …")
        self.relation: duckdb.DuckDBPyRelation = relation
        """DuckDB's own lazy relation, to be filtered, joined and aggregated further."""

    @property
    def columns(self) -> list[str]:
        return list(self.relation.columns)

    def arrow(self) -> pa.Table:
        with _ours():
            return self.relation.to_arrow_table()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Streamed, in bounded memory."""
        with _ours():
            yield from self.relation.to_arrow_reader(_BATCH_ROWS)

    def polars(self) -> pl.DataFrame:
        with _ours():
            frame: pl.DataFrame = self.relation.pl()
        return frame

    def lazy(self) -> pl.LazyFrame:
        """A polars LazyFrame: what it selects and filters is asked of DuckDB."""
        frame: pl.LazyFrame = self.relation.pl(lazy=True)
        return frame

    def pandas(self) -> Any:
        """A pandas DataFrame. pandas is none of our dependencies."""
        try:
            with _ours():
                return self.relation.df()
        except ImportError as error:
            raise ForensicsError("pandas is not installed", "python3 -m pip install pandas") from error

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for batch in self.batches():
            yield from batch.to_pylist()


@contextmanager
def _ours() -> Iterator[None]:
    """DuckDB's complaints as QueryError; in the middle of a stream pyarrow makes OSErrors of them."""
    try:
        yield
    except duckdb.Error as error:
        raise QueryError(*told(error)) from error
    except OSError as error:
        raise QueryError(str(error).split("\n")[0]) from error
