"""State machines, queues, topics, events, pipes, schedules."""

from __future__ import annotations

import json

from .names import ACCOUNT, DEAD, QUEUE, REGION, START, Record, arn

MACHINE = arn("states", "stateMachine:order")
EXPRESS = arn("states", "stateMachine:quick")
STATES = {
    "StateMachines": [
        {
            "stateMachineArn": machine,
            "name": machine.rpartition(":")[2],
            "status": "ACTIVE",
            "definition": '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/states",
            "type": kind,
            "creationDate": START - 86400.5,
            "loggingConfiguration": {"level": "ALL", "includeExecutionData": True},
            "tracingConfiguration": {"enabled": True},
        }
        for machine, kind in ((MACHINE, "STANDARD"), (EXPRESS, "EXPRESS"))
    ]
}


def queue(name: str, **attributes: str) -> Record:
    url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
    return {
        "QueueUrl": url,
        "Attributes": {"QueueArn": arn("sqs", name), "VisibilityTimeout": "30", **attributes},
    }


REDRIVE = json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": 3})
SQS = {"Queues": [queue("orders", RedrivePolicy=REDRIVE), queue("orders-dead"), queue("other")]}
DEAD_URL = SQS["Queues"][1]["QueueUrl"]
TOPIC, RULE = arn("sns", "orders"), arn("events", "rule/shop/placed")
SUBSCRIPTION = f"{TOPIC}:11111111-0000-4000-8000-000000000000"
SNS = {
    "Topics": [{"TopicArn": TOPIC, "Attributes": {"TopicArn": TOPIC, "Policy": '{"a": "<&>"}'}}],
    "Subscriptions": [
        {
            "SubscriptionArn": SUBSCRIPTION,
            "Owner": ACCOUNT,
            "Protocol": "sqs",
            "Endpoint": QUEUE,
            "TopicArn": TOPIC,
            "Attributes": {"RawMessageDelivery": "true", "FilterPolicy": '{"kind":["new"]}'},
        }
    ],
}
EVENTS = {
    "EventBuses": [
        {"Name": "default", "Arn": arn("events", "event-bus/default")},
        {"Name": "shop", "Arn": arn("events", "event-bus/shop")},
    ],
    "Rules": {
        "shop": [
            {
                "Name": "placed",
                "Arn": RULE,
                "EventPattern": '{"source":["shop"]}',
                "State": "ENABLED",
                "EventBusName": "shop",
            }
        ]
    },
    "Targets": {RULE: [{"Id": "1", "Arn": QUEUE, "RetryPolicy": {"MaximumRetryAttempts": 2}}]},
}
PIPES = {
    "Pipes": [
        {
            "Arn": arn("pipes", "pipe/ship"),
            "Name": "ship",
            "DesiredState": "RUNNING",
            "CurrentState": "RUNNING",
            "Source": QUEUE,
            "Target": MACHINE,
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/pipe",
            "CreationTime": START,
            "SourceParameters": {"SqsQueueParameters": {"BatchSize": 1}},
        }
    ]
}
SCHEDULER = {
    "Schedules": [
        {
            "Arn": arn("scheduler", "schedule/default/nightly"),
            "GroupName": "default",
            "Name": "nightly",
            "ScheduleExpression": "rate(1 day)",
            "State": "ENABLED",
            "CreationDate": START,
            "Target": {"Arn": arn("lambda", "function:pay"), "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/s"},
            "FlexibleTimeWindow": {"Mode": "OFF"},
        }
    ]
}
