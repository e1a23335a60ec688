"""The datapoints of one minute, as CloudWatch keeps them: a statistic set per metric and dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
Dimensions = dict[str, str]

MINUTE = 60_000_000  # microseconds
_PERCENTILES = (("p50", 0.50), ("p90", 0.90), ("p99", 0.99))


class Sheet:
    """`at`: seconds since the epoch at which the minute begins; `number`: minutes since the epoch."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.at = number * 60
        self.rows: list[Row] = []

    def count(self, namespace: str, name: str, dimensions: Dimensions, total: int) -> None:
        """Something that was counted one by one: as many samples of 1."""
        self._put(namespace, name, dimensions, total or 1, total, int(total > 0), int(total > 0))

    def hits(self, namespace: str, name: str, dimensions: Dimensions, hits: int, of: int) -> None:
        """A sample of 0 or 1 for each of `of`, so that the average is a rate."""
        self._put(namespace, name, dimensions, of, hits, int(hits >= of), int(hits > 0))

    def gauge(self, namespace: str, name: str, dimensions: Dimensions, value: float) -> None:
        self._put(namespace, name, dimensions, 1, value, value, value)

    def gauges(self, namespace: str, name: str, dimensions: Dimensions, values: Sequence[float]) -> None:
        """One sample each, without percentiles."""
        self._put(namespace, name, dimensions, len(values), sum(values), min(values), max(values))

    def times(
        self, namespace: str, name: str, dimensions: Dimensions, micros: list[int], unit: int = 1000
    ) -> None:
        """Durations, of which CloudWatch was sent every single one; sorts `micros`. `unit`: micros in one."""
        micros.sort()
        last = len(micros) - 1
        self._put(
            namespace, name, dimensions, last + 1, sum(micros) / unit, micros[0] / unit, micros[-1] / unit
        )
        self.rows[-1].update({key: micros[round(share * last)] / unit for key, share in _PERCENTILES})

    def _put(
        self,
        namespace: str,
        name: str,
        dimensions: Dimensions,
        samples: float,
        total: float,
        least: float,
        most: float,
    ) -> None:
        self.rows.append(
            {
                "Namespace": namespace,
                "MetricName": name,
                "Dimensions": dimensions,
                "Timestamp": self.at,
                "SampleCount": samples,
                "Sum": total,
                "Minimum": least,
                "Maximum": most,
            }
        )


def key_of(row: Row) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """What tells one metric from another, and puts them into an order."""
    return row["Namespace"], row["MetricName"], tuple(sorted(row["Dimensions"].items()))
