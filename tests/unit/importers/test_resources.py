"""Configuration as the CLI prints it, and AWS Config's items, told apart by content."""

import json
from datetime import datetime

BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/default"
SECRET = "correct-horse-battery"
FUNCTION = {
    "FunctionName": "pay", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:pay",
    "CodeSha256": "abc=", "Version": "$LATEST", "Environment": {"Variables": {"DB": SECRET}},
}  # fmt: skip
QUEUE = {"QueueArn": "arn:aws:sqs:eu-west-1:111122223333:orders", "VisibilityTimeout": "30"}
MACHINE = {
    "stateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:ship", "name": "ship",
    "definition": "{}", "type": "STANDARD", "roleArn": "r", "creationDate": "2026-01-01T00:00:00+00:00",
}  # fmt: skip
MAPPING = {
    "UUID": "u-1", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:pay:live",
    "EventSourceArn": QUEUE["QueueArn"],
    "EventSourceMappingArn": "arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:u-1",
}  # fmt: skip
CONFIG = {
    "version": "1.3", "accountId": "111122223333", "awsRegion": "eu-west-1",
    "configurationItemCaptureTime": "2026-10-05T02:10:00.000Z", "configurationItemStatus": "OK",
    "resourceType": "AWS::Lambda::Function", "resourceName": "pay", "arn": FUNCTION["FunctionArn"],
    "configuration": json.dumps({"functionName": "pay", "environment": {"variables": {"DB": SECRET}}}),
}  # fmt: skip


def told(imported):
    return [(row["kind"], row["node"], row["arn"]) for row in imported["resource"]]


def test_each_command_is_told_by_its_content(load):
    imported = load(
        files={
            "a": {"Functions": [FUNCTION]},
            "b": {"EventSourceMappings": [MAPPING]},
            "c": {"Attributes": QUEUE},
            "d": MACHINE,
        }
    )
    assert sorted(told(imported)) == [
        ("AWS::Lambda::EventSourceMapping", "pay", MAPPING["EventSourceMappingArn"]),
        ("AWS::Lambda::Function", "pay", FUNCTION["FunctionArn"]),
        ("AWS::SQS::Queue", "orders", QUEUE["QueueArn"]),
        ("AWS::StepFunctions::StateMachine", "ship", MACHINE["stateMachineArn"]),
    ]
    assert not imported.warnings
    assert {row["account"] for row in imported["resource"]} == {"111122223333"}


def test_one_function_is_the_same_as_one_in_a_list(load):
    imported = load(files={"a": FUNCTION, "b": {"Functions": [FUNCTION]}, "c": [FUNCTION]})
    assert len(imported["resource"]) == 1


def test_answers_of_older_clients_lack_an_arn_and_picked_members_lack_the_rest(load):
    older = {name: value for name, value in MAPPING.items() if name != "EventSourceMappingArn"}
    picked = {"FunctionName": "pay", "FunctionArn": FUNCTION["FunctionArn"], "Timeout": 20}
    imported = load(files={"a": {"EventSourceMappings": [older]}, "b": picked})
    assert sorted(told(imported)) == [
        ("AWS::Lambda::EventSourceMapping", "pay", MAPPING["EventSourceMappingArn"]),
        ("AWS::Lambda::Function", "pay", FUNCTION["FunctionArn"]),
    ]


def test_values_of_variables_are_not_in_the_case(load, case_path):
    load(files={"a": {"Functions": [FUNCTION]}, "b": {"configurationItems": [CONFIG]}})
    for file in case_path.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes()


def test_config_says_when(load):
    rows = load(files={"a": {"configurationItems": [CONFIG]}})["resource"]
    assert [(row["node"], row["arn"], row["seen_at"]) for row in rows] == [
        ("pay", FUNCTION["FunctionArn"], datetime(2026, 10, 5, 2, 10))
    ]
    assert "hashed:" in rows[0]["configuration"]
    assert SECRET not in rows[0]["configuration"]


def test_a_list_of_names_is_no_configuration(load):
    result = load(files={"a": {"QueueUrls": ["https://x/orders"]}, "b": MACHINE}).result
    assert result.skipped == ["a"]


def test_a_whole_account_in_one_file(load):
    account = {
        "events": {
            "EventBuses": [
                {"Name": "default", "Arn": "arn:aws:events:eu-west-1:111122223333:event-bus/default"}
            ]
        },
        "lambda": {"Functions": [FUNCTION], "Concurrency": {"pay": {"ReservedConcurrentExecutions": 5}}},
        "apigatewayv2": {
            "Apis": [{"apiId": "a1", "name": "edge"}],
            "Stages": {"a1": [{"stageName": "prod"}]},
        },
    }
    imported = load(files={"a": account})
    region = "arn:aws:apigateway:eu-west-1::/apis/a1"
    assert sorted(told(imported)) == [
        ("AWS::ApiGatewayV2::Api", "edge", region),
        ("AWS::ApiGatewayV2::Stage", "edge/prod", f"{region}/stages/prod"),
        ("AWS::Events::EventBus", "default", BUS),
        ("AWS::Lambda::Function", "pay", FUNCTION["FunctionArn"]),
    ]
    [pay] = [row for row in imported["resource"] if row["node"] == "pay"]
    assert json.loads(pay["configuration"])["ReservedConcurrentExecutions"] == 5
    assert not imported.warnings


EXECUTION = "arn:aws:states:eu-west-1:111122223333:execution:ship:run-1"
HISTORY = [
    {"timestamp": 1790000000.5, "type": "ExecutionStarted", "id": 1, "previousEventId": 0,
     "executionStartedEventDetails": {"input": "{}"}},
    {"timestamp": "2026-09-21T14:13:21+00:00", "type": "ExecutionFailed", "id": 2, "previousEventId": 1,
     "executionFailedEventDetails": {"error": "NoStock", "cause": "none left"}},
]  # fmt: skip


def test_an_execution_with_its_history(load):
    value = {"execution": {"executionArn": EXECUTION, "status": "FAILED"}, "history": HISTORY}
    rows = load(files={"a": value})["execution_event"]
    assert [(row["type"], row["number"], row["occurred_at"]) for row in rows] == [
        ("Execution", None, None),
        ("ExecutionFailed", 2, datetime(2026, 9, 21, 14, 13, 21)),
        ("ExecutionStarted", 1, datetime(2026, 9, 21, 14, 13, 20, 500_000)),
    ]
    assert {(row["execution_arn"], row["account"], row["region"]) for row in rows} == {
        (EXECUTION, "111122223333", "eu-west-1")
    }


def test_a_history_that_names_no_execution_is_a_warning(load):
    assert [code for code, _ in load(files={"a": {"events": HISTORY}}).warnings] == ["execution_unknown"]
