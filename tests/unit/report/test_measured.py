"""The metric's line of the first screen: which count, of when, and what came then."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from forensics.api import Case, import_into
from forensics.report.measured import _told

FAILED_AT = datetime(2020, 10, 12, 21, 16, 17, tzinfo=UTC)


def _metric(name, values, node="orders"):
    """A count a minute from 21:14 on; None: no datapoint."""
    start = FAILED_AT.replace(minute=14, second=0)
    points = [(start + timedelta(minutes=n), v) for n, v in enumerate(values) if v is not None]
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": name,
        "Dimensions": [{"Name": "FunctionName", "Value": node}],
    }
    return {
        "MetricDataQueries": [{"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}],
        "MetricDataResults": [
            {"Id": "a", "Timestamps": [at.isoformat() for at, _ in points], "Values": [v for _, v in points]}
        ],
    }


@pytest.fixture
def measured(tmp_path):
    def of(*metrics):
        started = FAILED_AT.timestamp()
        trace = {
            "id": "a1b2c3d4e5f60718", "trace_id": "1-5f84c7a1-0123456789abcdef01234567", "name": "orders",
            "origin": "AWS::Lambda::Function", "start_time": started, "end_time": started + 0.2,
            "fault": True, "http": {"response": {"status": 500}},
        }  # fmt: skip
        files = {"trace": trace} | {f"metric-{n}": metric for n, metric in enumerate(metrics)}
        for name, told in files.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(told))
        import_into(tmp_path / "case", [tmp_path])
        with Case(tmp_path / "case") as case:
            return case.report().summary.measured

    return of


def test_the_count_that_rose_is_told_and_what_came_then(measured):
    found = measured(
        _metric("Errors", [0, 0, 5, 2, 0, 0, 3]),
        _metric("Invocations", [50] * 7),
        _metric("Throttles", [0, 0, 1, 0, 0, 0, 0]),
        _metric("Errors", [9] * 7, node="another"),
    )
    assert (found.metric, found.node, len(found.points)) == ("Errors", "orders", 7)
    assert found.told == "CloudWatch counted 7 Errors of orders, 21:16 to 21:17, again from 21:20 on"


def test_no_datapoint_is_not_called_zero():
    at = FAILED_AT.replace(tzinfo=None)
    rows = [{"starts_at": at.replace(second=0), "value": 5}]
    said = _told({"period_s": 60, "metric": "Errors", "node": "orders"}, rows, at, at)
    assert said == "CloudWatch counted 5 Errors of orders, 21:16, no datapoint since, which is not zero"


def test_where_no_count_rose_none_is_shown(measured):
    assert measured(_metric("Errors", [7, 0, 0, 0]), _metric("Invocations", [50] * 4)) is None
