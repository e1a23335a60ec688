"""Metrics as GetMetricData gives them: aggregated from one-minute statistic sets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isnan
from pathlib import Path

import msgspec

from forensics.demo.endpoint.columns import map_doubles, map_numbers
from forensics.demo.endpoint.metric_index import PERCENTILES, STATISTICS, Series

__all__ = ["MetricStore", "is_statistic"]

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
_BASIC = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")


def is_statistic(name: str) -> bool:
    """Whether it can be told from statistic sets; trimmed means and their like cannot."""
    return name in _BASIC or _PERCENTILE.fullmatch(name) is not None


@dataclass(slots=True)
class _Period:
    """The minutes of one period, put together."""

    count: float = 0.0
    sum: float = 0.0
    minimum: float = inf
    maximum: float = -inf
    # By percentile: its values weighted by their counts, and these counts.
    weighted: dict[float, float] | None = None
    weights: float = 0.0

    def statistic(self, name: str) -> float | None:
        """None where the datapoint has no such statistic: it is then absent from the answer."""
        if name.startswith("p"):
            return self._percentile(float(name[1:]))
        if name == "Average":
            return self.sum / self.count if self.count else None
        known = {"SampleCount": self.count, "Sum": self.sum, "Minimum": self.minimum, "Maximum": self.maximum}
        return known[name]

    def _percentile(self, wanted: float) -> float | None:
        """On the line between the known ones. AWS: of statistic sets only where all values are equal."""
        if self.minimum == self.maximum:
            return self.minimum
        if not self.weighted:
            return None
        means = {percent: total / self.weights for percent, total in self.weighted.items()}
        known = sorted({0.0: self.minimum, 100.0: self.maximum, **means}.items())
        after = next(place for place, (percent, _) in enumerate(known) if percent >= wanted)
        (left, low), (right, high) = known[max(0, after - 1)], known[after]
        return high if left == right else low + (high - low) * (wanted - left) / (right - left)


class MetricStore:
    """Every series that has data, and its datapoints."""

    def __init__(self, folder: Path) -> None:
        self.series = msgspec.json.decode((folder / "metrics.json").read_bytes(), type=list[Series])
        self._time = map_numbers(folder / "metric_time.q")
        self._values = {n: map_doubles(folder / f"metric_{n}.d") for n in (*STATISTICS, *PERCENTILES)}
        self._known = {(s.namespace, s.name, frozenset(s.dimensions.items())): s for s in self.series}

    def find(self, namespace: str, name: str, dimensions: dict[str, str]) -> Series | None:
        """Dimensions have to be all of its own and no others: CloudWatch does not roll up."""
        return self._known.get((namespace, name, frozenset(dimensions.items())))

    def values(
        self, found: Series, start: float, end: float, period: int, statistic: str
    ) -> Iterator[tuple[int, float]]:
        """(start of a period, value), oldest first: periods from `start` on, of them minutes before `end`."""
        periods: dict[int, _Period] = {}
        first = bisect_left(self._time, start, found.first, found.last)
        for point in range(first, bisect_left(self._time, end, first, found.last)):
            begins = self._time[point] // period * period
            if begins >= start:
                self._add(periods.setdefault(begins, _Period()), point)
        for begins, whole in periods.items():
            value = whole.statistic(statistic)
            if value is not None:
                yield begins, value

    def _add(self, period: _Period, point: int) -> None:
        values = self._values
        count = values["SampleCount"][point]
        period.count += count
        period.sum += values["Sum"][point]
        period.minimum = min(period.minimum, values["Minimum"][point])
        period.maximum = max(period.maximum, values["Maximum"][point])
        if isnan(values["p50"][point]):
            return
        weighted = period.weighted or dict.fromkeys((50.0, 90.0, 99.0), 0.0)
        for percent, name in zip(weighted, PERCENTILES, strict=True):
            value = values[name][point]
            weighted[percent] += count * (values["Maximum"][point] if isnan(value) else value)
        period.weighted, period.weights = weighted, period.weights + count
