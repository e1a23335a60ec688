"""What hands messages to what, by the configuration."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json
from typing import Any

VIEW = "links.wiring"
_ARN = "arn:aws:{}:eu-west-1:1:{}"


def resource(kind: str, node: str, arn: str, **configuration: Any) -> dict[str, Any]:
    return {
        "kind": kind, "node": node, "arn": arn, "configuration": json.dumps(configuration), "configuration_key": 1,
    }  # fmt: skip


def test_empty_and_nothing_in_it(check) -> None:
    check(VIEW, {"evidence.resource": []}, "source")
    check(VIEW, {"evidence.resource": [resource("AWS::SQS::Queue", "q", "a", Attributes={})]}, "source")


def test_mapping_with_its_limits(check) -> None:
    mapping = resource(
        "AWS::Lambda::EventSourceMapping", "f", "m", FunctionArn=_ARN.format("lambda", "function:f:live"),
        EventSourceArn=_ARN.format("dynamodb", "table/orders/stream/2026"), BatchSize=5, MaximumRetryAttempts=3,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": _ARN.format("sqs", "lost")}},
    )  # fmt: skip
    check(VIEW, {"evidence.resource": [mapping]}, """
        source | service  | target | how         | max_attempts | batch_size | is_partial
        f      | lambda   | lost   | destination | -            | -          | false
        orders | dynamodb | f      | mapping     | 4            | 5          | true
    """)  # fmt: skip


def test_dead_letter_queue(check) -> None:
    policy = json.dumps({"deadLetterTargetArn": _ARN.format("sqs", "dead"), "maxReceiveCount": "3"})
    queue = resource("AWS::SQS::Queue", "q", _ARN.format("sqs", "q"), Attributes={"RedrivePolicy": policy})
    check(VIEW, {"evidence.resource": [queue]}, """
        source | service | target | how         | max_attempts
        q      | sqs     | dead   | dead_letter | 3
    """)  # fmt: skip


def test_permission_of_a_rule_names_its_bus_and_an_api_is_no_source(check) -> None:
    def statement(arn: str) -> dict[str, Any]:
        return {"Condition": {"ArnLike": {"AWS:SourceArn": arn}}}

    allowed = [
        statement(_ARN.format("events", "rule/shop/placed")), statement(_ARN.format("events", "rule/daily")),
        statement(_ARN.format("execute-api", "abc/*")), statement(_ARN.format("elasticloadbalancing", "targetgroup/f/0a")),
    ]  # fmt: skip
    function = resource(
        "AWS::Lambda::Function", "f", _ARN.format("lambda", "function:f"),
        ResourcePolicy={"Policy": json.dumps({"Statement": allowed})},
    )  # fmt: skip
    check(VIEW, {"evidence.resource": [function]}, """
        source  | service | target | how
        default | events  | f      | permission
        shop    | events  | f      | permission
    """)  # fmt: skip


def test_subscription_rule_pipe_and_notification(check) -> None:
    queue, function = _ARN.format("sqs", "q"), _ARN.format("lambda", "function:f")
    rows = [
        resource("AWS::SNS::Subscription", "t", "s1", TopicArn=_ARN.format("sns", "t"), Endpoint=queue),
        resource("AWS::Events::Rule", "bus", "r1", Name="placed", Targets=[{"Id": "1", "Arn": queue}]),
        resource("AWS::Pipes::Pipe", "p", "p1", Source=queue, Target=_ARN.format("states", "stateMachine:flow")),
        resource("AWS::Pipes::Pipe", "p", "p2", Source=queue, Enrichment=function),
        resource("AWS::S3::Bucket", "b", "b1", NotificationConfiguration={
            "LambdaFunctionConfigurations": [{"LambdaFunctionArn": function}],
            "QueueConfigurations": [{"QueueArn": queue}],
        }),
    ]  # fmt: skip
    check(VIEW, {"evidence.resource": rows}, """
        source | service | target | how
        b      | s3      | f      | notification
        b      | s3      | q      | notification
        bus    | events  | q      | rule
        q      | sqs     | f      | pipe
        q      | sqs     | flow   | pipe
        t      | sns     | q      | subscription
    """)  # fmt: skip


def test_schedules_and_alarms_hand_on_too(check) -> None:
    schedule = resource(
        "AWS::Scheduler::Schedule", "nightly", _ARN.format("scheduler", "schedule/default/nightly"),
        Target={"Arn": _ARN.format("lambda", "function:report"), "RoleArn": "r"},
    )  # fmt: skip
    alarm = resource(
        "AWS::CloudWatch::Alarm", "depth", _ARN.format("cloudwatch", "alarm:depth"),
        AlarmActions=[_ARN.format("sns", "on-call")], OKActions=[_ARN.format("sns", "all-clear")],
    )  # fmt: skip
    check(VIEW, {"evidence.resource": [schedule, alarm]}, """
        source  | service    | target  | how
        depth   | cloudwatch | on-call | alarm
        nightly | scheduler  | report  | schedule
    """)  # fmt: skip
