"""Metrics and changes from files of every shape, through the command line's own door."""

import json

import pytest

from forensics.api import Case, import_into

AT = "2026-10-05T02:00:00+00:00"
QUERY = {
    "Id": "a",
    "MetricStat": {
        "Metric": {
            "Namespace": "AWS/Lambda", "MetricName": "Errors",
            "Dimensions": [{"Name": "FunctionName", "Value": "orders"}],
        },
        "Period": 60, "Stat": "Sum",
    },
}  # fmt: skip
ANSWER = {
    "MetricDataResults": [
        {"Id": "a", "Label": "Errors", "Timestamps": [AT], "Values": [2.0], "StatusCode": "Complete"}
    ]
}
RECORD = {
    "eventVersion": "1.11", "eventTime": "2026-10-05T02:00:00Z", "eventSource": "lambda.amazonaws.com",
    "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "eventID": "e-1",
    "userIdentity": {"arn": "arn:aws:iam::111122223333:user/kim"}, "recipientAccountId": "111122223333",
    "requestParameters": {"functionName": "orders", "environment": {"variables": {"DB": "planted-hunter2"}}},
}  # fmt: skip


def imported(tmp_path, *values, **options):
    files = tmp_path / "files"
    files.mkdir()
    for number, value in enumerate(values):
        (files / f"{number}.json").write_text(value if isinstance(value, str) else json.dumps(value))
    return import_into(tmp_path / "case", [files], **options)


def rows(tmp_path, query):
    with Case(tmp_path / "case") as case:
        return list(case.sql(query))


def test_get_metric_data_with_its_queries(tmp_path):
    result = imported(tmp_path, {"MetricDataQueries": [QUERY]} | ANSWER, account="1", region="r")
    assert (result.added["metric"], result.warnings) == (1, 0)
    found = rows(tmp_path, "select account, region, node, metric, stat, value from lake.metric")
    assert found == [
        {"account": "1", "region": "r", "node": "orders", "metric": "Errors", "stat": "Sum", "value": 2.0}
    ]


def test_get_metric_data_alone_is_kept_and_said_to_name_nothing(tmp_path):
    result = imported(tmp_path, ANSWER)
    assert (result.added["metric"], result.warnings) == (1, 1)
    assert rows(tmp_path, "select code from lake.warning") == [{"code": "metric_unnamed"}]


def test_an_answer_without_datapoints_is_no_zero(tmp_path):
    empty = {"MetricDataQueries": [QUERY], "MetricDataResults": [{"Id": "a", "Timestamps": [], "Values": []}]}
    result = imported(tmp_path, empty, RECORD)
    assert (result.added["metric"], result.warnings) == (0, 0)


@pytest.mark.parametrize(
    "value",
    [
        {"Records": [RECORD]},
        {"Events": [{"EventId": "e-1", "CloudTrailEvent": json.dumps(RECORD)}]},
        json.dumps(RECORD) + "\n" + json.dumps(RECORD | {"eventID": "e-2", "readOnly": True}),
        [RECORD],
    ],
    ids=["trail", "lookup-events", "lines", "list"],
)
def test_a_change_and_none_of_its_secrets(tmp_path, value):
    imported(tmp_path, value)
    (found,) = rows(tmp_path, "select node, action, after from lake.change")
    assert (found["node"], found["action"]) == ("orders", "UpdateFunctionConfiguration")
    assert json.loads(found["after"])["environment"]["variables"]["DB"].startswith("hashed:")
    with Case(tmp_path / "case") as case:
        case.report()
    for file in (tmp_path / "case").rglob("*"):
        assert file.is_dir() or b"planted-hunter2" not in file.read_bytes(), file


def test_health_events_are_no_log_events(tmp_path):
    event = {
        "arn": "arn:1",
        "eventTypeCode": "AWS_LAMBDA_OPERATIONAL_ISSUE",
        "startTime": AT,
        "service": "LAMBDA",
    }
    result = imported(tmp_path, {"events": [event]})
    assert (result.added["change"], result.added["log_event"], result.warnings) == (1, 0, 0)


def test_a_damaged_record_is_a_warning_and_its_neighbours_stay(tmp_path):
    bad = {"MetricDataResults": [{"Id": "a", "Values": 3, "Timestamps": [AT]}]}
    result = imported(tmp_path, bad, ANSWER, RECORD)
    assert result.added["change"] == 1
    assert result.added["metric"] == 1
    assert {row["code"] for row in rows(tmp_path, "select code from lake.warning")} == {
        "bad_record",
        "metric_unnamed",
    }


@pytest.mark.parametrize(
    "value",
    [
        {"services": {"web": {}}},
        {"Versions": 3, "x": 1},
        {"tasks": ["a"]},
        {"update": None},
        {"Records": [{"a": 1}]},
    ],
)
def test_other_programs_files_are_no_telemetry(tmp_path, value):
    result = imported(tmp_path, value, RECORD)
    assert (result.added["change"], result.warnings, len(result.skipped)) == (1, 0, 1)


def test_the_same_file_twice_adds_nothing(tmp_path):
    imported(tmp_path, {"MetricDataQueries": [QUERY]} | ANSWER, RECORD)
    again = {"MetricDataQueries": [QUERY]} | ANSWER
    (tmp_path / "again.json").write_text(json.dumps(again, indent=1))
    result = import_into(tmp_path / "case", [tmp_path / "again.json"])
    assert (result.added["metric"], result.known["metric"]) == (0, 1)
