"""Answers and records become the same rows, however their times and members are written."""

# ruff: noqa: E501 - a case is one line

import json
from datetime import UTC, datetime

import pytest

from forensics.evidence import change_rows, metric_rows, micros
from forensics.schema import EVIDENCE

AT = 1_791_165_600
MICROS = AT * 1_000_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (AT, MICROS),
        (AT + 0.7080001, MICROS + 708_000),
        ("2026-10-05T02:00:00Z", MICROS),
        ("2026-10-05T04:00:00.000+0200", MICROS),
        ("2026-10-05T02:00:00", MICROS),
        (datetime(2026, 10, 5, 2, tzinfo=UTC), MICROS),
        (None, None),
        (True, None),
        ("soon", None),
        (float("nan"), None),
        (1e30, None),
        ([], None),
    ],
)
def test_times(value, expected):
    assert micros(value) == expected


METRIC = {"Namespace": "AWS/Lambda", "MetricName": "Errors"}
NAMED = METRIC | {"Dimensions": [{"Name": "FunctionName", "Value": "orders"}]}
QUERY = {"Id": "a", "MetricStat": {"Metric": NAMED, "Period": 60, "Stat": "Sum"}}
RESULT = {"Id": "a", "Label": "Errors", "Timestamps": ["2026-10-05T02:00:00+00:00"], "Values": [2]}
STREAM = {
    "metric_stream_name": "all", "account_id": "111122223333", "region": "eu-west-1", "namespace": "AWS/Lambda",
    "metric_name": "Errors", "dimensions": {"FunctionName": "orders"}, "timestamp": AT * 1000,
    "value": {"count": 9.0, "sum": 2.0, "max": 1.0, "min": 0.0, "p99": 1.0}, "unit": "Count",
}  # fmt: skip
SET = METRIC | {
    "Dimensions": {"FunctionName": "orders"}, "Timestamp": AT, "SampleCount": 9, "Sum": 2, "Minimum": 0,
    "Maximum": 1, "p99": 1,
}  # fmt: skip
STATISTICS = {
    "Label": "Errors",
    "Datapoints": [{"Timestamp": "2026-10-05T02:00:00Z", "Sum": 2.0, "Unit": "Count"}],
}


@pytest.mark.parametrize(
    "value",
    [
        {"MetricDataQueries": [QUERY], "MetricDataResults": [RESULT]},
        STREAM,
        SET,
        STATISTICS | NAMED | {"Period": 60},
    ],
    ids=["get-metric-data", "metric stream", "statistic set", "get-metric-statistics"],
)
def test_a_datapoint_is_the_same_row_from_any_shape(value):
    rows = [row for row in metric_rows(value) if row["stat"] == "Sum"]
    (row,) = rows
    assert (row["namespace"], row["metric"], row["dimensions"]) == (
        "AWS/Lambda", "Errors", '{"FunctionName":"orders"}',
    )  # fmt: skip
    assert (row["starts_at"], row["period_s"], row["value"]) == (MICROS, 60, 2.0)
    assert set(row) <= set(EVIDENCE["metric"].names)


def test_statistics_of_a_set_are_rows_of_their_own():
    assert {row["stat"]: row["value"] for row in metric_rows(SET)} == {
        "SampleCount": 9, "Sum": 2, "Minimum": 0, "Maximum": 1, "p99": 1,
    }  # fmt: skip


def test_dimensions_are_in_order_of_name():
    pairs = [{"Name": "Stage", "Value": "v1"}, {"Name": "ApiName", "Value": 'a"b'}]
    query = {"Id": "a", "MetricStat": {"Metric": METRIC | {"Dimensions": pairs}}}
    (row,) = metric_rows({"MetricDataQueries": [query], "MetricDataResults": [RESULT]})
    assert row["dimensions"] == r'{"ApiName":"a\"b","Stage":"v1"}'


def test_an_answer_without_its_request_names_only_its_label():
    (row,) = metric_rows({"MetricDataResults": [RESULT]})
    assert (row["namespace"], row["metric"], row["stat"], row["period_s"]) == (None, "Errors", None, None)


@pytest.mark.parametrize("values", [[], [None], ["x"], [{}]])
def test_what_is_no_number_is_no_datapoint(values):
    assert list(metric_rows({"MetricDataResults": [RESULT | {"Values": values}]})) == []


TRAIL = {
    "eventVersion": "1.11", "eventTime": "2026-10-05T02:00:00Z", "eventSource": "sqs.amazonaws.com",
    "eventName": "TagQueue", "awsRegion": "eu-west-1", "eventID": "e-1", "recipientAccountId": "111122223333",
}  # fmt: skip
SERVICE = {
    "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/shop/search", "serviceName": "search",
    "deployments": [{"id": "ecs-svc/1", "createdAt": AT, "rolloutState": "FAILED"}],
    "events": [{"id": "ev-1", "createdAt": AT, "message": "(service search) has reached a steady state."}],
}  # fmt: skip
TASK = {"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/shop/1", "lastStatus": "STOPPED", "stoppedAt": AT}
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:orders:7"
ALARM = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:high"
SHAPES = {
    "lookup-events": ({"Events": [{"EventId": "e-1", "CloudTrailEvent": json.dumps(TRAIL)}]}, ["cloudtrail"]),
    "trail file": ({"Records": [TRAIL]}, ["cloudtrail"]),
    "record": (TRAIL, ["cloudtrail"]),
    "alarm history": ({"AlarmHistoryItems": [{"AlarmName": "high", "Timestamp": AT}]}, ["alarm_history"]),
    "alarm item": ({"AlarmName": "high", "Timestamp": AT, "HistoryItemType": "StateUpdate"}, ["alarm_history"]),
    "alarms": (
        {"MetricAlarms": [{"AlarmArn": ALARM, "AlarmConfigurationUpdatedTimestamp": AT}], "CompositeAlarms": []},
        ["alarm"],
    ),
    "get-deployment": ({"deploymentInfo": {"deploymentId": "d-1", "createTime": AT}}, ["codedeploy"]),
    "describe-services": ({"services": [SERVICE], "failures": []}, ["ecs_deployment", "ecs_event"]),
    "describe-tasks": ({"tasks": [TASK, {"taskArn": "arn:…/2", "lastStatus": "RUNNING"}]}, ["ecs_task"]),
    "versions": (
        {"Versions": [{"FunctionArn": FUNCTION, "LastModified": "2026-10-05T02:00:00.000+0000"}]},
        ["lambda_version"],
    ),
    "update": ({"clusterName": "shop", "update": {"id": "u-1", "createdAt": AT}}, ["eks_update"]),
    "health": ({"events": [{"arn": "arn:…", "eventTypeCode": "AWS_LAMBDA_X", "startTime": AT}]}, ["health"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_changes_by_shape(name):
    value, sources = SHAPES[name]
    rows = list(change_rows(value))
    assert [row["source"] for row in rows] == sources
    assert {row["occurred_at"] for row in rows} == {MICROS}
    assert all(row["event_id"] for row in rows)
    assert all(set(row) == set(EVIDENCE["change"].names) for row in rows)


@pytest.mark.parametrize(
    "value",
    [
        {"Records": [{"eventSource": "aws:s3", "eventTime": "2026-10-05T02:00:00Z"}]},
        {"services": {"web": {"image": "x"}}},
        {"tasks": ["build"], "Versions": 3},
        {"events": [{"timestamp": 1, "message": "x"}]},
        {"update": True},
        {"Events": [None]},
        {"AlarmHistoryItems": [{"AlarmName": "no time"}]},
    ],
)
def test_other_files_hold_no_changes(value):
    assert list(change_rows(value)) == []


def test_the_same_record_from_the_api_and_from_a_file_is_the_same_row():
    assert list(change_rows(SHAPES["lookup-events"][0])) == list(change_rows(TRAIL))


def test_an_alarm_item_has_one_id_however_its_time_is_written():
    item = {"AlarmName": "high", "HistoryItemType": "StateUpdate", "Timestamp": AT + 0.25}
    again = item | {"Timestamp": datetime.fromtimestamp(AT + 0.25, UTC)}
    assert [row["event_id"] for row in change_rows(item)] == [row["event_id"] for row in change_rows(again)]
