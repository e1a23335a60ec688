"""Changes over HTTP: every source, every denied action one gap, nothing twice, nothing secret."""

# ruff: noqa: E501 - a record is one line

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, check_access, pull
from forensics.collect.changes import ACTIONS, SNAPSHOTS, STREAMS
from forensics.collect.logs import LogSource
from forensics.collect.metrics import MetricSource
from forensics.collect.traces import TraceSource
from forensics.demo.endpoint import serve
from forensics.demo.endpoint.settings import Settings
from forensics.lake import Lake

START = datetime(2026, 10, 5, 2, tzinfo=UTC)
AT = int(START.timestamp())
SECRET = "planted-hunter2"
CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/prod/1f"
EVENTS = 130  # three pages of CloudTrail's


def record(number, **more):
    at = number if isinstance(number, int) else 10
    return {
        "eventVersion": "1.11", "eventID": f"e-{number}", "eventSource": "lambda.amazonaws.com",
        "eventTime": (START + timedelta(seconds=at)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "readOnly": False,
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/kim"},
        "requestParameters": {"functionName": "orders", "environment": {"variables": {"DB": SECRET}}},
        "managementEvent": True, "eventCategory": "Management", "recipientAccountId": "111122223333",
    } | more  # fmt: skip


RECORDS = [
    *map(record, range(EVENTS)),
    record("iam", eventSource="iam.amazonaws.com", eventName="PutRolePolicy",
           awsRegion="us-east-1", requestParameters={"roleName": "orders-role"}),
    record("far", eventSource="sqs.amazonaws.com", awsRegion="us-east-1"),
    record("read", readOnly=True),
    record("late", eventTime="2026-10-05T03:00:00Z"),  # the window ends here
]  # fmt: skip
ALARM = {
    "AlarmName": "high", "AlarmType": "MetricAlarm", "Timestamp": AT + 90.25, "HistoryItemType": "StateUpdate",
    "HistorySummary": "s", "HistoryData": json.dumps({"newState": {"stateValue": "ALARM"}}),
}  # fmt: skip
CONFIGURATION = {
    "ecs": {
        "Clusters": [{"clusterArn": CLUSTER, "clusterName": "prod", "status": "ACTIVE"}],
        "Tasks": {
            "prod": [
                {
                    "taskArn": TASK, "group": "service:web", "lastStatus": "STOPPED", "desiredStatus": "STOPPED",
                    "stoppedAt": AT + 60, "stopCode": "EssentialContainerExited",
                    "overrides": {"containerOverrides": [{"environment": [{"name": "K", "value": SECRET}]}]},
                }
            ]
        },
    },
    "eks": {
        "Clusters": [{"name": "k8s"}],
        "Updates": {"k8s": [{"id": "u-1", "status": "Successful", "createdAt": AT, "params": []}]},
    },
    "codedeploy": {
        "Deployments": [{"deploymentId": "d-1", "applicationName": "orders", "createTime": AT, "status": "Failed"}]
    },
    "health": {
        "Events": [
            {"arn": "h-1", "service": "LAMBDA", "eventTypeCode": "AWS_LAMBDA_OPERATIONAL_ISSUE",
             "region": "eu-west-1", "startTime": AT - 7200, "lastUpdatedTime": AT + 60}
        ]
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("changes")
    (folder / "changes.ndjson").write_text("".join(json.dumps(one) + "\n" for one in RECORDS))
    (folder / "alarms.ndjson").write_text(json.dumps(ALARM) + "\n")
    (folder / "configuration.json").write_text(json.dumps(CONFIGURATION))
    with (
        pytest.MonkeyPatch.context() as patch,
        serve(folder, account="111122223333", region="eu-west-1") as running,
    ):
        for name, value in running.environment().items():
            patch.setenv(name, value)
        yield running


@pytest.fixture
def endpoint(running):
    yield running
    running.change(hazards=(), limits=Settings().limits)


@pytest.fixture
def request_(endpoint):
    access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
    return PullRequest(
        START, START + timedelta(hours=1), log_groups=(), traces=False, groups=("changes",), access=access,
        quota_share=1000,
    )  # fmt: skip


def pulled(folder, request):
    with Case(folder, writable=True, create=True) as case:
        return pull(case, request)


def changes(folder):
    with Case(folder) as case, Lake(case) as lake:
        return lake.rows("select * from lake.change order by source, occurred_at, event_id")


def test_every_source_is_read(request_, tmp_path):
    result = pulled(tmp_path / "case", request_)
    assert result.gaps == ()
    found = changes(tmp_path / "case")
    counts = {
        source: sum(row["source"] == source for row in found) for source in {r["source"] for r in found}
    }
    assert counts == {
        "cloudtrail": EVENTS + 1, "alarm_history": 1, "ecs_task": 1, "eks_update": 1, "codedeploy": 1, "health": 1,
    }  # fmt: skip
    nodes = {row["source"]: row["node"] for row in found if row["source"] != "cloudtrail"}
    assert nodes == {
        "alarm_history": None, "ecs_task": "web", "eks_update": "k8s", "codedeploy": "orders", "health": None,
    }  # fmt: skip


def test_identity_is_changed_in_another_region(request_, tmp_path):
    pulled(tmp_path / "case", request_)
    found = {row["event_id"]: row for row in changes(tmp_path / "case")}
    assert (found["e-iam"]["node"], found["e-iam"]["region"]) == ("orders-role", "us-east-1")
    assert found.keys().isdisjoint({"e-far", "e-read", "e-late"})


def test_a_second_pull_adds_nothing(request_, tmp_path):
    pulled(tmp_path / "case", request_)
    again = pulled(tmp_path / "case", request_)
    assert sum(again.added.values()) == 0
    assert sum(again.calls.values()) == 1  # who am I


def test_two_halves_are_the_whole(request_, tmp_path):
    pulled(tmp_path / "whole", request_)
    middle = START + timedelta(seconds=65)
    pulled(tmp_path / "halves", replace(request_, ends_at=middle))
    pulled(tmp_path / "halves", replace(request_, starts_at=middle))
    assert changes(tmp_path / "halves") == changes(tmp_path / "whole")


def test_no_secret_is_written(request_, tmp_path):
    pulled(tmp_path / "case", request_)
    assert any("hashed:" in (row["after"] or "") for row in changes(tmp_path / "case"))
    for file in (tmp_path / "case").rglob("*"):
        assert file.is_dir() or SECRET.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("action", ACTIONS)
def test_a_denied_action_is_one_gap_and_the_rest_goes_on(endpoint, request_, tmp_path, action):
    endpoint.change(hazards=[{"kind": "access_denied", "operation": action.replace(":", ".")}])
    result = pulled(tmp_path / "case", request_)
    (gap,) = result.gaps
    assert gap.closable
    assert gap.what.partition(":")[0] == action.partition(":")[0]
    assert f"{action}: not permitted" in gap.reason
    assert sum(result.added.values()) > 0
    endpoint.change(hazards=())
    assert pulled(tmp_path / "case", request_).gaps == ()
    with Case(tmp_path / "case") as case:
        assert case.gaps() == []


@pytest.mark.parametrize("kind", ["truncated", "html", "throttled", "reset", "empty_page", "repeated_token"])
def test_bad_pages_lose_nothing(endpoint, request_, tmp_path, kind):
    endpoint.change(limits={"items": 10}, hazards=[{"kind": kind, "operation": "*", "rate": 0.2}])
    result = pulled(tmp_path / "case", request_)
    assert result.gaps == ()
    assert sum(row["source"] == "cloudtrail" for row in changes(tmp_path / "case")) == EVENTS + 1


def test_a_time_that_cloudtrail_no_longer_knows_is_a_gap(request_, tmp_path):
    old = START - timedelta(days=200)
    result = pulled(tmp_path / "case", replace(request_, starts_at=old, ends_at=old + timedelta(hours=1)))
    (gap,) = result.gaps
    assert (gap.what, gap.closable) == ("cloudtrail:LookupEvents", False)


def test_doctor_tries_metrics_and_changes(endpoint, request_, tmp_path):
    request = replace(request_, groups=("metrics", "changes"))
    endpoint.change(hazards=[{"kind": "access_denied", "operation": "cloudtrail.LookupEvents"}])
    states = {check.name.partition(" ")[0]: check.state for check in check_access(request, tmp_path)}
    assert states.pop("cloudtrail:LookupEvents") == "warning"
    tried = {"cloudwatch:ListMetrics", "cloudwatch:GetMetricData", "cloudwatch:DescribeAlarmHistory"}
    assert tried <= {name for name, state in states.items() if state == "ok"}


def test_what_is_soon_gone_is_read_first_then_metrics_then_logs():
    priorities = {stream.operation: stream.priority for stream in (*STREAMS, *SNAPSHOTS)}
    assert priorities.pop("ecs.DescribeTasks") < MetricSource.priority
    assert {*priorities.values()} == {MetricSource.priority}
    assert MetricSource.priority < min(LogSource.priority, TraceSource.priority)
