"""GetMetricData from one-minute statistic sets, ListMetrics, and alarms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from botocore.exceptions import ClientError

from forensics.demo.endpoint import Endpoint
from tests.unit.demo.endpoint.estate import START

Point = tuple[float, float]  # minute from the start, value


def at(minute: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(START + minute * 60, dt.UTC)


def query(
    stat: str = "Sum", period: int = 60, metric: str = "Errors", id: str = "a", **dimensions: str
) -> Any:
    names = dimensions or {"FunctionName": "pay"}
    given = [{"Name": name, "Value": value} for name, value in names.items()]
    told = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": given}
    return {"Id": id, "MetricStat": {"Metric": told, "Period": period, "Stat": stat}}


def points(result: Any) -> list[Point]:
    minutes = [(time.timestamp() - START) / 60 for time in result["Timestamps"]]
    return list(zip(minutes, result["Values"], strict=True))


@pytest.fixture
def ask(client: Any) -> Any:
    """The datapoints of one query, oldest first."""

    def asked(one: Any, start: float = 0, end: float = 10, **params: Any) -> list[Point]:
        given = {"ScanBy": "TimestampAscending", "StartTime": at(start), "EndTime": at(end), **params}
        answer = client("cloudwatch").get_metric_data(MetricDataQueries=[one], **given)
        return points(answer["MetricDataResults"][0])

    return asked


def test_missing_minute_is_absent_not_zero(ask: Any) -> None:
    assert [minute for minute, _ in ask(query())] == [0, 1, 2, 4, 5, 6, 7, 8, 9]


def test_start_is_inclusive_and_rounded_down_and_end_is_exclusive(ask: Any) -> None:
    assert ask(query(), 1, 5) == [(1, 2.0), (2, 3.0), (4, 5.0)]
    assert ask(query(), 1.9, 2.1) == [(1, 2.0), (2, 3.0)]


@pytest.mark.parametrize(
    ("stat", "early", "late"),
    [("Sum", 11, 40), ("SampleCount", 11, 40), ("Average", 1, 1), ("Minimum", 1, 1), ("Maximum", 1, 1)],
)
def test_longer_periods_are_put_together_from_minutes(ask: Any, stat: str, early: float, late: float) -> None:
    """Minutes 0, 1, 2, 4 have 1, 2, 3, 5 errors; minutes 5 to 9 have 6 to 10."""
    assert ask(query(stat, 300)) == [(0, early), (5, late)]


def test_extremes_are_those_of_all_minutes(ask: Any) -> None:
    duration = [ask(query(stat, 600, "Duration")) for stat in ("Minimum", "Average", "Maximum")]
    assert duration == [[(0, 10.0)], [(0, pytest.approx(130 / 3))], [(0, 100.0)]]


@pytest.mark.parametrize(
    ("stat", "value"), [("p50", 20.0), ("p90", 80.0), ("p99", 98.0), ("p70", 50.0), ("p100", 100.0)]
)
def test_percentiles_lie_on_the_line_between_known_ones(ask: Any, stat: str, value: float) -> None:
    assert ask(query(stat, 600, "Duration")) == [(0, pytest.approx(value))]


def test_percentile_of_a_bare_statistic_set_is_absent(ask: Any) -> None:
    assert ask(query("p50", metric="Throttles")) == []
    assert ask(query("p50"), 0, 1) == [(0, 1.0)]


def test_dimensions_are_not_rolled_up(ask: Any) -> None:
    assert ask(query(FunctionName="pay", Resource="pay:live")) == [(0, 1.0)]
    assert ask(query(Resource="pay:live")) == []


def test_newest_first_by_default(client: Any) -> None:
    answer = client("cloudwatch").get_metric_data(MetricDataQueries=[query()], StartTime=at(0), EndTime=at(3))
    assert points(answer["MetricDataResults"][0]) == [(2, 3.0), (1, 2.0), (0, 1.0)]


def test_pages_of_datapoints_add_up(client: Any, every: Any, endpoint: Endpoint) -> None:
    given = {
        "MetricDataQueries": [query(), query(metric="Duration", id="b"), query(metric="None", id="c")],
        "StartTime": at(0),
        "EndTime": at(10),
    }
    whole = client("cloudwatch").get_metric_data(**given)["MetricDataResults"]
    first = client("cloudwatch").get_metric_data(**given, MaxDatapoints=4)["MetricDataResults"]
    assert [one["StatusCode"] for one in first] == ["PartialData", "PartialData", "PartialData"]
    endpoint.change(limits={"datapoints": 4})
    found: dict[str, list[Point]] = {"a": [], "b": [], "c": []}
    for result in every("cloudwatch", "get_metric_data", "MetricDataResults", **given):
        found[result["Id"]] += points(result)
    assert found == {one["Id"]: points(one) for one in whole}
    assert [len(one) for one in found.values()] == [9, 10, 0]


@pytest.mark.parametrize(
    "params",
    [
        {"MetricDataQueries": [query(id=f"a{n}") for n in range(501)]},
        {"MetricDataQueries": [query(), query()]},
        {"MetricDataQueries": [query(id="Upper")]},
        {"MetricDataQueries": [query(period=90)]},
        {"MetricDataQueries": [query("tm99")]},
        {"MetricDataQueries": [{"Id": "a", "Expression": "SUM(METRICS())"}]},
        {"MetricDataQueries": [query()], "EndTime": at(0)},
        {"MetricDataQueries": [query()], "MaxDatapoints": 100_801},
    ],
)
def test_wrong_queries_are_refused(client: Any, params: Any) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        client("cloudwatch").get_metric_data(**{"StartTime": at(0), "EndTime": at(10), **params})


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 4),
        ({"MetricName": "Errors"}, 2),
        ({"Dimensions": [{"Name": "Resource"}]}, 1),
        ({"Dimensions": [{"Name": "FunctionName", "Value": "other"}]}, 0),
        ({"Namespace": "AWS/SQS"}, 0),
    ],
)
def test_metrics_are_listed_by_what_they_have(client: Any, params: Any, count: int) -> None:
    assert len(client("cloudwatch").list_metrics(**params)["Metrics"]) == count


def test_composite_alarms_are_shown_only_when_asked_for(client: Any) -> None:
    alarms = client("cloudwatch").describe_alarms
    assert [one["AlarmName"] for one in alarms()["MetricAlarms"]] == ["calm", "pay errors"]
    assert alarms()["CompositeAlarms"] == []
    both = alarms(AlarmTypes=["CompositeAlarm", "MetricAlarm"], AlarmNamePrefix="shop")
    assert [len(both[name]) for name in ("CompositeAlarms", "MetricAlarms")] == [1, 0]


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({}, [2, 1, 0]),
        ({"ScanBy": "TimestampAscending"}, [0, 1, 2]),
        ({"HistoryItemType": "StateUpdate"}, [1, 0]),
        ({"StartDate": at(1)}, [2, 1]),
        ({"EndDate": at(1)}, [0]),
        ({"AlarmTypes": ["CompositeAlarm"]}, [3]),
        ({"AlarmName": "calm"}, []),
    ],
)
def test_history_of_alarms(client: Any, params: Any, numbers: list[int]) -> None:
    found = client("cloudwatch").describe_alarm_history(**params)["AlarmHistoryItems"]
    assert [one["HistorySummary"] for one in found] == [f"number {n}" for n in numbers]
