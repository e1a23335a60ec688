"""CloudTrail's records of changes, and the alarms that rang."""

from __future__ import annotations

import json
from typing import Any

from forensics.demo.scenario import FUNCTION, QUEUE, ROLE, STAGE, TABLE, Change, Fault, Node
from forensics.demo.story import Happening
from forensics.demo.telemetry.alarms import described, history
from forensics.demo.telemetry.changes import background, operation_of, records
from tests.unit.demo.stories import NOON, account

PAY = Node("pay", FUNCTION, runtime="python3.12", alias="live", versions={"7": 1.0})
WINDOW = 1_789_995_600  # the account's window begins


def record(change: Change, node: Node = PAY) -> dict[str, Any]:
    (made,) = records(account(node), Happening(NOON + 123_456, "change", node, details={"change": change}))
    return made


def change(event: str, service: str = "lambda", **fields: Any) -> Change:
    return Change("release", 3, event, f"{service}.amazonaws.com", "pay", **fields)


def test_a_record_says_who_did_what_in_whole_seconds() -> None:
    made = record(change("UpdateFunctionConfiguration20150331v2", request={"Timeout": 3}))
    assert made["eventVersion"] == "1.11"
    assert made["eventTime"] == "2026-09-21T14:13:20Z"
    assert made["requestParameters"] == {"functionName": "pay", "timeout": 3}
    assert made["readOnly"] is False
    who = made["userIdentity"]
    assert who["arn"] == "arn:aws:sts::111122223333:assumed-role/deploy/pipeline-4711"
    assert who["sessionContext"]["sessionIssuer"]["userName"] == "deploy"


def test_shifting_an_alias_shows_the_share_of_the_other_version() -> None:
    made = record(change("UpdateAlias20150331", versions={"7": 0.9, "8": 0.1}))
    assert made["requestParameters"] == {
        "functionName": "pay",
        "name": "live",
        "functionVersion": "7",
        "routingConfig": {"additionalVersionWeights": {"8": 0.1}},
    }


def test_what_was_refused_has_an_error_and_no_response() -> None:
    made = record(change("UpdateFunctionCode20150331v2", error="AccessDenied"))
    assert made["errorCode"] == "AccessDenied"
    assert "not authorized to perform: lambda:UpdateFunctionCode" in made["errorMessage"]
    assert made["responseElements"] is None


def test_the_trail_leaves_out_environment_variables() -> None:
    said = {"Environment": {"Variables": {"PSP_KEY": "sk_live_1"}}}
    made = record(change("UpdateFunctionConfiguration20150331v2", after=said))
    assert made["requestParameters"]["environment"] == {}
    assert "sk_live_1" not in json.dumps(made)


def test_attributes_of_a_queue_keep_their_names() -> None:
    queue = Node("orders", QUEUE)
    made = record(change("SetQueueAttributes", "sqs", after={"VisibilityTimeout": "5"}), queue)
    assert made["requestParameters"]["attributes"] == {"VisibilityTimeout": "5"}
    assert made["requestParameters"]["queueUrl"].endswith("/111122223333/orders")


def test_events_of_iam_are_in_us_east_1() -> None:
    made = record(change("DetachRolePolicy", "iam"), Node("team", ROLE))
    assert (made["awsRegion"], made["requestParameters"]["roleName"]) == ("us-east-1", "team")


def test_a_user_and_a_service_are_identified_in_their_own_ways() -> None:
    user = record(change("TagResource20170331v2", actor="arn:aws:iam::{account}:user/kim"))
    assert (user["userIdentity"]["type"], user["userIdentity"]["userName"]) == ("IAMUser", "kim")
    service = record(change("UpdateService", "ecs", actor="ecs.amazonaws.com"))
    assert service["userIdentity"] == {"type": "AWSService", "invokedBy": "ecs.amazonaws.com"}
    assert service["sourceIPAddress"] == "ecs.amazonaws.com"


def test_names_of_operations_lose_their_dates() -> None:
    assert operation_of("UpdateFunctionCode20150331v2") == "UpdateFunctionCode"
    assert operation_of("PublishVersion20150331") == "PublishVersion"
    assert operation_of("PutRule") == "PutRule"


def test_everyday_changes_are_the_same_each_time_and_leave_the_story_alone() -> None:
    fault = {"name": "f", "title": "f", "node": "pay", "kind": "hang", "from_minute": 0, "until_minute": 1}
    quiet = Node("quiet", FUNCTION, runtime="python3.12")
    scenario = account(PAY, quiet, minutes=240, fault=[fault])
    made = list(background(scenario))
    assert made == list(background(scenario))
    assert len(made) >= 20
    deployed = [one for one in made if one["eventName"].startswith("UpdateFunctionCode")]
    assert {one["requestParameters"]["functionName"] for one in deployed} == {"quiet"}
    assert [one["eventTime"] for one in made] == sorted(one["eventTime"] for one in made)
    assert isinstance(scenario.faults[0], Fault)


# ---------------------------------------------------------------- alarms


def row(minute: int, metric: str, value: float, dimensions: dict[str, str], namespace: str) -> dict[str, Any]:
    return {
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": dimensions,
        "Timestamp": WINDOW + minute * 60,
        "SampleCount": 1,
        "Sum": value,
        "Minimum": value,
        "Maximum": value,
    }


def errors(*values: float) -> list[dict[str, Any]]:
    stage = {"ApiName": "shop", "Stage": "prod"}
    return [row(n, "5XXError", value, stage, "AWS/ApiGateway") for n, value in enumerate(values)]


def test_an_alarm_rings_after_two_bad_minutes_of_three_and_goes_back() -> None:
    told = history(account(Node("shop/prod", STAGE)), errors(0, 5, 5, 0, 0, 0, 0))
    assert [item["HistorySummary"] for item in told] == [
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]
    first = json.loads(told[0]["HistoryData"])["newState"]
    assert first["stateReason"].startswith(
        "Threshold Crossed: 2 out of the last 3 datapoints [5.0 (21/09/26 "
    )
    assert first["stateReasonData"]["recentDatapoints"] == [0.0, 5.0, 5.0]
    # Not before the minute is over and its data has come.
    assert told[0]["Timestamp"] > WINDOW + 3 * 60


def test_one_bad_minute_is_not_enough() -> None:
    assert history(account(Node("shop/prod", STAGE)), errors(0, 9, 0, 0, 0)) == []


def test_a_minute_without_data_is_a_good_one() -> None:
    table = account(Node("stock", TABLE))
    other = errors(0, 0, 0)
    rows = [row(0, "WriteThrottleEvents", 4, {"TableName": "stock"}, "AWS/DynamoDB"), *other]
    assert [item["HistorySummary"][-5:] for item in history(table, rows)] == ["ALARM", "to OK"]


def test_an_alarm_that_still_rings_is_described_in_that_state() -> None:
    queues = account(Node("orders", QUEUE, dead_letter="dead"), Node("dead", QUEUE))
    depth = [
        row(n, "ApproximateNumberOfMessagesVisible", 1, {"QueueName": "dead"}, "AWS/SQS") for n in range(1, 4)
    ]
    told = history(queues, depth)
    assert len(told) == 1
    (alarm,) = described(queues, told)
    assert (alarm["StateValue"], alarm["StateUpdatedTimestamp"]) == ("ALARM", told[0]["Timestamp"])
    assert described(queues)[0]["StateValue"] == "OK"
