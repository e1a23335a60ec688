"""A small account made by hand: its configuration, metrics, changes, alarms and executions, as files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from .estate_parts.compute import CODEDEPLOY, ECS, EKS, HEALTH, LAMBDA
from .estate_parts.edge import CLOUD_MAP, DOMAIN, ELB, HTTP, LISTENER, REST, ROUTE53
from .estate_parts.history import MAP_RUN, alarms, changes, executions, metrics
from .estate_parts.messaging import (
    DEAD_URL,
    EVENTS,
    EXPRESS,
    MACHINE,
    PIPES,
    SCHEDULER,
    SNS,
    SQS,
    STATES,
    SUBSCRIPTION,
    TOPIC,
)
from .estate_parts.names import ACCOUNT, QUEUE, REGION, START, Record, arn
from .estate_parts.network import EC2
from .estate_parts.stores import DYNAMODB, KINESIS, RDS, S3

__all__ = [
    "ACCOUNT",
    "CONFIGURATION",
    "DEAD_URL",
    "DOMAIN",
    "EXPRESS",
    "LISTENER",
    "MACHINE",
    "MAP_RUN",
    "QUEUE",
    "REGION",
    "START",
    "SUBSCRIPTION",
    "TOPIC",
    "Record",
    "alarms",
    "arn",
    "changes",
    "executions",
    "metrics",
    "write",
]


ROLE = {
    "Path": "/",
    "RoleName": "pay-role",
    "RoleId": "AROA0123456789ABCDEFG",
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/pay-role",
    "CreateDate": "2026-01-02T03:04:05Z",
    "AssumeRolePolicyDocument": '{"Version":"2012-10-17","Statement":[]}',
    "RolePolicyList": [{"PolicyName": "table", "PolicyDocument": '{"Version":"2012-10-17","Statement":[]}'}],
}
ALARM = {
    "AlarmName": "pay errors",
    "AlarmArn": arn("cloudwatch", "alarm:pay errors"),
    "StateValue": "ALARM",
    "StateUpdatedTimestamp": START + 300.25,
    "AlarmActions": [TOPIC],
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": "pay"}],
    "Period": 60,
    "Threshold": 1.0,
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}
COMPOSITE = {"AlarmName": "shop", "AlarmRule": 'ALARM("pay errors")', "StateValue": "OK"}
CONFIGURATION: dict[str, Record] = {
    "lambda": LAMBDA,
    "ecs": ECS,
    "codedeploy": CODEDEPLOY,
    "eks": EKS,
    "health": HEALTH,
    "iam": {"Roles": [ROLE]},
    "stepfunctions": STATES,
    "sqs": SQS,
    "sns": SNS,
    "events": EVENTS,
    "pipes": PIPES,
    "scheduler": SCHEDULER,
    "apigateway": REST,
    "apigatewayv2": HTTP,
    "elbv2": ELB,
    "route53": ROUTE53,
    "servicediscovery": CLOUD_MAP,
    "dynamodb": DYNAMODB,
    "kinesis": KINESIS,
    "s3": S3,
    "rds": RDS,
    "ec2": EC2,
    "secretsmanager": {
        "Secrets": [{"ARN": arn("secretsmanager", "secret:db-abc"), "Name": "db", "LastChangedDate": START}]
    },
    "ssm": {
        "Parameters": [{"Name": "/shop/limit", "Type": "String", "LastModifiedDate": START, "Version": 1}]
    },
    "cloudwatch": {"MetricAlarms": [ALARM, ALARM | {"AlarmName": "calm"}], "CompositeAlarms": [COMPOSITE]},
    "service-quotas": {
        "Quotas": {
            "lambda": [
                {"ServiceCode": "lambda", "QuotaCode": f"L-{n}", "QuotaName": "n", "Value": 1000.0}
                for n in range(3)
            ]
        }
    },
    "resourcegroupstaggingapi": {
        "Resources": [
            {"ResourceARN": arn("lambda", "function:pay"), "Tags": [{"Key": "team", "Value": "payments"}]},
            {"ResourceARN": arn("lambda", "layer:base"), "Tags": [{"Key": "team", "Value": "web"}]},
            {"ResourceARN": QUEUE, "Tags": [{"Key": "team", "Value": "web"}, {"Key": "pci", "Value": ""}]},
        ]
    },
}


def write(folder: Path, configuration: Record | None = None) -> Path:
    """The data folder, as the generator would write it, without logs and traces."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "configuration.json").write_text(json.dumps(configuration or CONFIGURATION))
    lists = {"metrics": metrics(), "changes": changes(), "alarms": alarms(), "executions": executions()}
    for name, records in lists.items():
        with gzip.open(folder / f"{name}.ndjson.gz", "wt") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)
    return folder
