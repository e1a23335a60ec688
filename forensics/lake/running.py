"""A query under way: streamed, watched, and stopped where nobody wants the rest.

DuckDB runs in a thread of its own. The thread that waits can be interrupted by Ctrl-C at any moment,
also in a scan of minutes that hands out no row.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import Empty, Full, Queue
from typing import Any

import duckdb
import pyarrow as pa

from forensics.errors import QueryError
from forensics.lake.nearest import told
from forensics.model import OnProgress, Progress

__all__ = ["run"]

_BATCH_ROWS = 100_000
_TICK_S = 0.1


def run(
    db: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None, on_progress: OnProgress
) -> Iterator[pa.RecordBatch]:
    """Batches of rows; the first has none and names the columns. Raises QueryError.

    Where the reader goes away, or is interrupted, so is the query.
    """
    found: Queue[pa.RecordBatch | BaseException | None] = Queue(maxsize=2)
    unwanted = threading.Event()
    work = threading.Thread(target=_work, args=(db, sql, parameters, found, unwanted), daemon=True)
    work.start()
    try:
        while (item := _next(db, found, on_progress)) is not None:
            if isinstance(item, BaseException):
                raise _as_ours(item)
            yield item
    finally:
        unwanted.set()
        while work.is_alive():
            db.interrupt()
            work.join(_TICK_S)


def _next(
    db: duckdb.DuckDBPyConnection, found: Queue[Any], on_progress: OnProgress
) -> pa.RecordBatch | BaseException | None:
    while True:
        try:
            return found.get(timeout=_TICK_S)
        except Empty:
            share = max(0.0, db.query_progress())
            on_progress(Progress("query", int(share), 100, "%"))


def _work(
    db: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: dict[str, Any] | None,
    found: Queue[Any],
    unwanted: threading.Event,
) -> None:
    put = _putter(found, unwanted)
    try:
        relation = db.sql(sql, params=parameters or None)
        if relation is not None:
            reader = relation.to_arrow_reader(_BATCH_ROWS)
            put(pa.RecordBatch.from_pylist([], schema=reader.schema))
            for batch in reader:
                if not put(batch):
                    return
        put(None)
    except BaseException as error:
        put(error)


def _putter(found: Queue[Any], unwanted: threading.Event) -> Callable[[Any], bool]:
    def put(item: Any) -> bool:
        while not unwanted.is_set():
            try:
                found.put(item, timeout=_TICK_S)
                return True
            except Full:
                continue
        return False

    return put


def _as_ours(error: BaseException) -> BaseException:
    """pyarrow wraps what DuckDB raises in the middle of a stream into an OSError."""
    if isinstance(error, duckdb.Error):
        return QueryError(*told(error))
    return QueryError(str(error).split("\n")[0]) if isinstance(error, OSError) else error
