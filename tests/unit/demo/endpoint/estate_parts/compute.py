"""Functions and containers."""

from __future__ import annotations

from typing import Any

from .names import ACCOUNT, DEAD, ISO, QUEUE, START, Record, arn


def function(name: str, version: str = "$LATEST", **more: Any) -> Record:
    suffix = "" if version == "$LATEST" else f":{version}"
    return {
        "FunctionName": name,
        "FunctionArn": arn("lambda", f"function:{name}{suffix}"),
        "Runtime": "python3.13",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "Handler": "app.handler",
        "CodeSize": 1024,
        "Timeout": 3,
        "MemorySize": 512,
        "LastModified": "2026-10-05T01:00:00.000+0000",
        "CodeSha256": "c2hh",
        "Version": version,
        "TracingConfig": {"Mode": "Active"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": f"/aws/lambda/{name}"},
        **more,
    }


PAY_URL = "https://abc.lambda-url.eu-west-1.on.aws/"
LAMBDA = {
    "Functions": [function("checkout"), function("pay", DeadLetterConfig={"TargetArn": DEAD})],
    "Versions": {"pay": [function("pay", "1"), function("pay", "2", Timeout=6)]},
    "Aliases": {
        "pay": [
            {
                "AliasArn": arn("lambda", "function:pay:live"),
                "Name": "live",
                "FunctionVersion": "2",
                "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.1}},
                "RevisionId": "r-1",
            }
        ]
    },
    "EventSourceMappings": [
        {
            "UUID": f"0000000{n}-0000-4000-8000-000000000000",
            "EventSourceArn": source,
            "FunctionArn": arn("lambda", f"function:{name}"),
            "BatchSize": 10,
            "State": "Enabled",
            "LastModified": START - 3600,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        }
        for n, (source, name) in enumerate([(QUEUE, "checkout"), (DEAD, "pay:live")])
    ],
    "Concurrency": {"pay": {"ReservedConcurrentExecutions": 0}},
    "ProvisionedConcurrency": {
        "pay": [
            {
                "FunctionArn": arn("lambda", "function:pay:live"),
                "RequestedProvisionedConcurrentExecutions": 5,
                "Status": "READY",
                "LastModified": "2026-10-05T01:00:00+0000",
            }
        ]
    },
    "EventInvokeConfigs": {
        "pay": [
            {
                "LastModified": START - 60,
                "FunctionArn": arn("lambda", "function:pay:$LATEST"),
                "MaximumRetryAttempts": 0,
                "DestinationConfig": {"OnFailure": {"Destination": DEAD}},
            }
        ]
    },
    "FunctionUrls": {
        "pay": [
            {
                "FunctionUrl": PAY_URL,
                "FunctionArn": arn("lambda", "function:pay"),
                "CreationTime": ISO,
                "LastModifiedTime": ISO,
                "AuthType": "NONE",
            }
        ]
    },
    "Policies": {"pay": {"Policy": '{"Statement":[]}', "RevisionId": "r-2"}},
    "Code": {"pay": {"RepositoryType": "S3", "Location": "https://example.invalid/pay.zip"}},
    "Tags": {"pay": {"team": "payments"}},
    "AccountSettings": {
        "AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900},
        "AccountUsage": {"FunctionCount": 2, "TotalCodeSize": 2048},
    },
}

CLUSTER = arn("ecs", "cluster/shop")


def definition(revision: int) -> Record:
    return {
        "taskDefinitionArn": arn("ecs", f"task-definition/web:{revision}"),
        "family": "web",
        "revision": revision,
        "status": "ACTIVE",
        "containerDefinitions": [
            {
                "name": "web",
                "image": "web:1",
                "memory": 512,
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web"}},
            }
        ],
    }


def task(number: int, status: str = "RUNNING") -> Record:
    return {
        "taskArn": arn("ecs", f"task/shop/{number:032x}"),
        "clusterArn": CLUSTER,
        "taskDefinitionArn": arn("ecs", "task-definition/web:2"),
        "lastStatus": status,
        "desiredStatus": status,
        "group": f"service:web-{number:02d}",
        "launchType": "FARGATE",
        "createdAt": START - 60 + number / 4,
    }


ECS = {
    "Clusters": [{"clusterArn": CLUSTER, "clusterName": "shop", "status": "ACTIVE", "runningTasksCount": 2}],
    "Services": {
        "shop": [
            {
                "serviceArn": arn("ecs", f"service/shop/web-{n:02d}"),
                "serviceName": f"web-{n:02d}",
                "clusterArn": CLUSTER,
                "desiredCount": 2,
                "runningCount": 2,
                "launchType": "FARGATE",
                "events": [{"id": "e", "createdAt": START, "message": "has reached a steady state."}],
                "deployments": [
                    {"id": "d", "status": "PRIMARY", "rolloutState": "COMPLETED", "failedTasks": 0}
                ],
            }
            for n in range(12)
        ]
    },
    "Tasks": {"shop": [task(1), task(2), task(3, "STOPPED")]},
    "TaskDefinitions": [definition(1), definition(2)],
    "Tags": {arn("ecs", "task-definition/web:2"): [{"key": "team", "value": "web"}]},
}
EKS = {
    "Clusters": [{"name": "shop", "arn": arn("eks", "cluster/shop"), "createdAt": START, "version": "1.34"}],
    "Updates": {
        "shop": [
            {
                "id": "u-1",
                "status": "Successful",
                "type": "VersionUpdate",
                "createdAt": START,
                "params": [{"type": "Version", "value": "1.34"}],
                "errors": [],
            },
        ]
    },
}
CODEDEPLOY = {
    "Deployments": [
        {
            "deploymentId": f"d-{n}",
            "applicationName": "orders",
            "createTime": START + n,
            "status": "Failed",
            "computePlatform": "Lambda",
            "creator": "user",
            "errorInformation": {
                "code": "ALARM_ACTIVE",
                "message": "One or more alarms have been activated.",
            },
        }
        for n in range(2)
    ]
}
HEALTH = {
    "Events": [
        {
            "arn": "arn:aws:health:eu-west-1::event/LAMBDA/AWS_LAMBDA_OPERATIONAL_ISSUE/1",
            "service": "LAMBDA",
            "eventTypeCode": "AWS_LAMBDA_OPERATIONAL_ISSUE",
            "eventTypeCategory": "issue",
            "region": "eu-west-1",
            "startTime": START,
            "lastUpdatedTime": START + 60,
            "statusCode": "open",
            "eventScopeCode": "PUBLIC",
        }
    ]
}
