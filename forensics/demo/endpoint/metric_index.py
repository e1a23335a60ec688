"""Builds the index of metrics: the statistic sets of each series, by minute."""

from __future__ import annotations

from array import array
from pathlib import Path

import msgspec
import polars as pl

from forensics.demo.endpoint.columns import order_by, series, write_numbers
from forensics.demo.endpoint.reading import Datapoint, read_datapoints

__all__ = ["PERCENTILES", "STATISTICS", "Series", "build_metrics"]

STATISTICS = ("SampleCount", "Sum", "Minimum", "Maximum")
PERCENTILES = ("p50", "p90", "p99")
_NAN = float("nan")


class Series(msgspec.Struct):
    """One metric; `first` and `last` are a range of datapoints."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    first: int = 0
    last: int = 0


class _Columns:
    def __init__(self) -> None:
        self.series, self.time = array("q"), array("q")
        self.values = {name: array("d") for name in (*STATISTICS, *PERCENTILES)}
        self.numbers: dict[tuple[str, str, tuple[tuple[str, str], ...]], int] = {}
        self.known: list[Series] = []

    def add(self, point: Datapoint) -> None:
        self.series.append(self._number(point))
        self.time.append(int(point.Timestamp))
        for name, column in self.values.items():
            value = getattr(point, name)
            column.append(_NAN if value is None else value)

    def _number(self, point: Datapoint) -> int:
        key = (point.Namespace, point.MetricName, tuple(sorted(point.Dimensions.items())))
        if key not in self.numbers:
            self.numbers[key] = len(self.known)
            self.known.append(Series(point.Namespace, point.MetricName, point.Dimensions))
        return self.numbers[key]


def build_metrics(paths: list[Path], folder: Path) -> None:
    columns = _Columns()
    for batch in read_datapoints(paths):
        for point in batch:
            columns.add(point)
    order = order_by({"series": columns.series, "time": columns.time})
    write_numbers(folder / "metric_time.q", series(columns.time)[order])
    for name, column in columns.values.items():
        write_numbers(folder / f"metric_{name}.d", series(column)[order])
    _find_ranges(columns)
    (folder / "metrics.json").write_bytes(msgspec.json.encode(columns.known))


def _find_ranges(columns: _Columns) -> None:
    counts = pl.DataFrame({"series": series(columns.series)}).group_by("series").len().sort("series")
    at = 0
    for number, count in counts.rows():
        columns.known[number].first, columns.known[number].last = at, at + count
        at += count
