"""Which metrics left their usual course, and since when."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def series(values: dict[int, float], metric: str = "Errors", stat: str = "Sum") -> list[dict[str, Any]]:
    """Values by minute."""
    return [
        {
            "account": "1", "region": "r", "namespace": "AWS/Lambda", "metric": metric, "stat": stat,
            "period_s": 60, "starts_at": minute * 60, "value": value, "dimensions": '{"FunctionName":"pay"}',
        }
        for minute, value in values.items()
    ]  # fmt: skip


def shifts(query: Any, *told: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    rows = query("failures.metric_shift", {"evidence.metric": [row for rows in told for row in rows]})
    return [
        (row["metric"], row["stat"], row["usual"], row["furthest"], row["periods"], row["first_at"].minute)
        for row in rows
    ]


STEADY = series({minute: 100.0 + minute % 3 for minute in range(30)}, "Invocations")


def test_nothing_moved(query: Any) -> None:
    assert query("failures.metric_shift", {}) == []
    assert shifts(query, STEADY) == []


def test_a_count_that_is_only_sent_when_there_was_one_is_zero_else(query: Any) -> None:
    told = series({12: 9.0, 13: 9.0})
    assert shifts(query, STEADY, told) == [("Errors", "Sum", 0.0, 9.0, 2, 12)]


def test_what_is_sent_at_all_times_is_held_against_its_median(query: Any) -> None:
    told = series({minute: 20.0 if minute < 20 else 400.0 for minute in range(30)}, "Duration", "p99")
    assert shifts(query, told) == [("Duration", "p99", 20.0, 400.0, 10, 20)]


def test_a_gauge_that_is_always_the_same_does_not_move(query: Any) -> None:
    told = series({3: 1024.0, 4: 1024.0}, "MemorySize", "Maximum")
    assert shifts(query, STEADY, told) == []


def test_a_datapoint_that_was_read_again_counts_as_it_was_then(query: Any) -> None:
    early = [row | {"fetched_at": datetime(2026, 1, 1, 1)} for row in series({5: 50.0})]
    late = [row | {"fetched_at": datetime(2026, 1, 1, 2)} for row in series({5: 90.0})]
    assert shifts(query, STEADY, late, early) == [("Errors", "Sum", 0.0, 90.0, 1, 5)]


def test_metrics_of_failure_are_told_by_their_name(query: Any) -> None:
    rows = query(
        "failures.metric_shift", {"evidence.metric": STEADY + series({1: 9.0}) + series({2: 9e9}, "Busy")}
    )
    assert {row["metric"]: row["is_of_failure"] for row in rows} == {"Errors": True, "Busy": False}
