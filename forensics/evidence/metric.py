"""Rows of `evidence.metric`: one statistic of one metric in one period.

Shapes: GetMetricData's and GetMetricStatistics' answers (CloudWatch API reference), records of a
metric stream in JSON ("CloudWatch metric stream output in JSON format"), and statistic sets of a
minute, which PutMetricData takes. The first two name neither namespace nor dimensions: those are
read from the request, where it stands beside the answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from forensics.evidence.times import micros

__all__ = ["METRIC_KEYS", "datapoint_rows", "metric_rows"]

Row = dict[str, Any]

# A value is about metrics where it has one of these members.
METRIC_KEYS = ("MetricDataResults", "Datapoints", "metric_stream_name", "MetricName")
_STATISTICS = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")
_STREAMED = {"count": "SampleCount", "sum": "Sum", "min": "Minimum", "max": "Maximum"}
_MINUTE = 60


def metric_rows(value: Mapping[str, Any]) -> Iterator[Row]:
    """The datapoints of an answer or a record; none where it is no such thing."""
    if "MetricDataResults" in value:
        yield from _results(value)
    elif "Datapoints" in value:
        yield from _statistics(value)
    elif "metric_stream_name" in value:
        yield from _streamed(value)
    elif "Timestamp" in value and isinstance(value.get("Dimensions", {}), dict):
        yield from _statistic_set(value)


def datapoint_rows(
    about: Mapping[str, Any], stat: str | None, period_s: int | None, times: list[Any], values: list[Any]
) -> Iterator[Row]:
    """Rows of one result. `about` is GetMetricData's `Metric`: Namespace, MetricName, Dimensions."""
    same = _about(about) | {"stat": stat, "period_s": period_s, "unit": None}
    for at, number in zip(times, values, strict=False):
        yield from _row(same, at, number)


def _results(value: Mapping[str, Any]) -> Iterator[Row]:
    asked = {one.get("Id"): one for one in value.get("MetricDataQueries") or ()}
    for result in value["MetricDataResults"]:
        query = asked.get(result.get("Id")) or {}
        stat = query.get("MetricStat") or {}
        about = stat.get("Metric") or {"MetricName": result.get("Label")}
        times, values = result.get("Timestamps") or [], result.get("Values") or []
        period = stat.get("Period") or query.get("Period")
        yield from datapoint_rows(about, stat.get("Stat"), period, times, values)


def _statistics(value: Mapping[str, Any]) -> Iterator[Row]:
    about = {"MetricName": value.get("Label")} | {k: v for k, v in value.items() if k in _NAMES}
    for point in value["Datapoints"]:
        found = {name: point[name] for name in _STATISTICS if name in point}
        for stat, number in (found | (point.get("ExtendedStatistics") or {})).items():
            same = {"stat": stat, "period_s": value.get("Period"), "unit": point.get("Unit")}
            yield from _row(_about(about) | same, point.get("Timestamp"), number)


_NAMES = ("Namespace", "MetricName", "Dimensions")


def _streamed(value: Mapping[str, Any]) -> Iterator[Row]:
    about = {"Namespace": value.get("namespace"), "MetricName": value.get("metric_name")}
    same = _about(about | {"Dimensions": value.get("dimensions")})
    same |= {"account": value.get("account_id"), "region": value.get("region")}
    same |= {"period_s": _MINUTE, "unit": _unit(value.get("unit"))}
    at = value.get("timestamp")
    for name, number in (value.get("value") or {}).items():
        seconds = at / 1000 if isinstance(at, int) else at
        yield from _row(same | {"stat": _STREAMED.get(name, name)}, seconds, number)


def _statistic_set(value: Mapping[str, Any]) -> Iterator[Row]:
    """Statistics are all members that are numbers: SampleCount, Sum, …, and percentiles such as p99."""
    same = _about(value) | {"period_s": value.get("Period", _MINUTE), "unit": _unit(value.get("Unit"))}
    for stat, number in value.items():
        if stat in _STATISTICS or (stat[:1] == "p" and stat[1:2].isdigit()):
            yield from _row(same | {"stat": stat}, value["Timestamp"], number)


def _about(metric: Mapping[str, Any]) -> Row:
    return {
        "namespace": metric.get("Namespace"),
        "metric": metric.get("MetricName"),
        "dimensions": _dimensions(metric.get("Dimensions")),
    }


def _dimensions(said: Any) -> str:
    """As JSON with sorted names: of GetMetricData's list of Name and Value, or of a map."""
    named = said if isinstance(said, dict) else {one["Name"]: one["Value"] for one in said or ()}
    return json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _unit(unit: Any) -> Any:
    return None if unit in ("None", "") else unit


def _row(same: Row, at: Any, number: Any) -> Iterator[Row]:
    starts_at = micros(at)
    if starts_at is not None and isinstance(number, int | float):
        yield same | {"starts_at": starts_at, "value": float(number)}
