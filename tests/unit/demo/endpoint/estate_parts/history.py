"""Metrics, changes, alarms and executions."""

from __future__ import annotations

from typing import Any

from .messaging import MACHINE
from .names import ACCOUNT, REGION, START, Record, arn


def datapoint(name: str, minute: int, values: tuple[float, ...], **dimensions: str) -> Record:
    return {
        "Namespace": "AWS/Lambda",
        "MetricName": name,
        "Dimensions": dimensions,
        "Timestamp": START + 60 * minute,
        "SampleCount": len(values),
        "Sum": sum(values),
        "Minimum": min(values),
        "Maximum": max(values),
    }


def metrics() -> list[Record]:
    """Ten minutes of pay, of which the fourth is missing; the last minute comes first in the file."""
    minutes = [9, *(n for n in range(9) if n != 3)]
    found = [datapoint("Errors", n, (1.0,) * (n + 1), FunctionName="pay") for n in minutes]
    found += [
        datapoint("Duration", n, (10.0, 20.0, 100.0), FunctionName="pay")
        | {"p50": 20.0, "p90": 80.0, "p99": 98.0}
        for n in range(10)
    ]
    found.append(datapoint("Throttles", 0, (1.0, 3.0), FunctionName="pay"))
    found.append(datapoint("Errors", 0, (1.0,), FunctionName="pay", Resource="pay:live"))
    return found


def change(number: int, **more: Any) -> Record:
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/pipeline-{number % 2}",
            "accessKeyId": "ASIASTANDIN0ENDPOINT",
        },
        "eventTime": f"2026-10-05T02:{number:02d}:00Z",
        "eventSource": "lambda.amazonaws.com",
        "eventName": "UpdateFunctionCode20150331v2",
        "awsRegion": REGION,
        "requestParameters": {"functionName": "pay"},
        "readOnly": False,
        "eventID": f"{number:08d}-0000-4000-8000-000000000000",
        "managementEvent": True,
        "eventCategory": "Management",
        **more,
    }


def changes() -> list[Record]:
    """Twelve that can be looked up here, one of a resource; and three that cannot."""
    table = {"resources": [{"type": "AWS::DynamoDB::Table", "ARN": arn("dynamodb", "table/orders")}]}
    return [
        *(change(number) for number in range(10)),
        change(10, **table, eventSource="dynamodb.amazonaws.com", eventName="UpdateTable"),
        change(11, readOnly=True, userIdentity={"type": "Root"}),
        change(12, eventCategory="Data", managementEvent=False),
        change(13, awsRegion="us-east-1", eventSource="iam.amazonaws.com"),
        change(14, eventTime="2026-06-01T00:00:00Z"),
    ]


def alarms() -> list[Record]:
    kinds = ["StateUpdate", "StateUpdate", "Action", "ConfigurationUpdate"]
    return [
        {
            "AlarmName": "pay errors",
            "AlarmType": "CompositeAlarm" if n == 3 else "MetricAlarm",
            "Timestamp": START + n * 60 + 0.5,
            "HistoryItemType": kind,
            "HistorySummary": f"number {n}",
            "HistoryData": "{}",
        }
        for n, kind in enumerate(kinds)
    ]


def execution(number: int, status: str = "SUCCEEDED", **more: Any) -> Record:
    start = START + number + 0.25
    item = {
        "executionArn": arn("states", f"execution:order:run-{number}"),
        "stateMachineArn": MACHINE,
        "name": f"run-{number}",
        "status": status,
        "startDate": start,
        "stopDate": start + 1,
        **more,
    }
    ends = {
        "SUCCEEDED": ("ExecutionSucceeded", {"output": "{}"}),
        "FAILED": ("ExecutionFailed", {"error": "Boom"}),
    }
    kind, details = ends[status]
    history = [
        {
            "timestamp": start,
            "type": "ExecutionStarted",
            "id": 1,
            "previousEventId": 0,
            "executionStartedEventDetails": {"input": '{"order":1}', "roleArn": "arn:aws:iam::1:role/r"},
        },
        {"timestamp": start, "type": "PassStateEntered", "id": 2, "previousEventId": 0},
        {
            "timestamp": start + 1,
            "type": kind,
            "id": 3,
            "previousEventId": 2,
            f"{kind[0].lower()}{kind[1:]}EventDetails": details,
        },
    ]
    return {"execution": item, "history": history}


MAP_RUN = arn("states", "mapRun:order/each:11111111-0000-4000-8000-000000000000")
_COUNTED = ("pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten")
NOTHING = dict.fromkeys(_COUNTED, 0)


def executions() -> list[Record]:
    """Six of the machine in no order, of which the fifth failed; the first has a map run with one child."""
    found = [execution(n, "FAILED" if n == 4 else "SUCCEEDED") for n in (3, 1, 0, 2, 5, 4)]
    run = {
        "mapRunArn": MAP_RUN,
        "executionArn": found[2]["execution"]["executionArn"],
        "status": "SUCCEEDED",
        "startDate": START + 0.5,
        "maxConcurrency": 40,
        "toleratedFailurePercentage": 5.0,
        "toleratedFailureCount": 0,
        "itemCounts": NOTHING | {"succeeded": 1, "total": 1},
        "executionCounts": NOTHING | {"succeeded": 1, "total": 1},
    }
    found[2]["mapRuns"] = [run]
    return [*found, execution(9, mapRunArn=MAP_RUN, itemCount=1)]
