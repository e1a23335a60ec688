"""The window that is asked about, and what it is held against."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from forensics.lake import Lake

__all__ = ["BASELINE", "REST", "WINDOW", "Period", "periods_given", "told"]

WINDOW, BASELINE, REST = "window", "baseline", "rest"
_SCHEMA = pa.schema(
    [("period", pa.string()), ("starts_at", pa.timestamp("us")), ("ends_at", pa.timestamp("us"))]
)

_TOLD = """
    select o.*, coalesce(p.period, 'rest') as period
    from chains.own_time as o
    left join period as p on o.started_at >= p.starts_at and o.started_at < p.ends_at
"""


@dataclass(frozen=True, slots=True)
class Period:
    """[starts_at, ends_at), naive UTC."""

    starts_at: datetime
    ends_at: datetime


@contextmanager
def periods_given(lake: Lake, window: Period, baseline: Period | None) -> Iterator[None]:
    """Let queries inside read `period`; what lies in neither is the rest of the case."""
    named = [(WINDOW, window)] + ([(BASELINE, baseline)] if baseline else [])
    rows = [{"period": name, "starts_at": p.starts_at, "ends_at": p.ends_at} for name, p in named]
    with lake.given("period", pa.Table.from_pylist(rows, schema=_SCHEMA)):
        yield


@contextmanager
def told(lake: Lake, window: Period, baseline: Period | None) -> Iterator[None]:
    """Let queries inside read `told`: where the time of every invocation went, and its `period`."""
    with periods_given(lake, window, baseline), lake.computed("told", _TOLD):
        yield
