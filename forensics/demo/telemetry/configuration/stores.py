"""DynamoDB, S3, RDS, Secrets Manager and Parameter Store: what there is, never what is in it."""

from __future__ import annotations

from forensics.demo.scenario import (
    BUCKET,
    DATABASE,
    FUNCTION,
    PARAMETER,
    QUEUE,
    SECRET,
    TABLE,
    TOPIC,
    Node,
    Scenario,
)
from forensics.demo.telemetry.arns import arn_of, vpc_id
from forensics.demo.telemetry.configuration.past import Item, Past, seconds, text
from forensics.demo.telemetry.containers.names import uuid_of
from forensics.demo.telemetry.metrics.stores import capacity

_STREAM = "2025-02-11T09:14:03.512"
_KINDS = {
    FUNCTION: ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
    QUEUE: ("QueueConfigurations", "QueueArn"),
    TOPIC: ("TopicConfigurations", "TopicArn"),
}


def tables(account: Scenario, past: Past) -> Item:
    return {"Tables": [_table(account, past, node) for node in account.nodes if node.kind == TABLE]}


def _table(account: Scenario, past: Past, node: Node) -> Item:
    units = 0 if node.on_demand else capacity(node)
    item: Item = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "TableName": node.name,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "TableStatus": "ACTIVE",
        "CreationDateTime": seconds(past.made(node.name)),
        "ProvisionedThroughput": {
            "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": units,
            "WriteCapacityUnits": units,
        },
        "TableSizeBytes": 48_318_382,
        "ItemCount": 91_204,
        "TableArn": arn_of(account, node),
        "TableId": uuid_of("table", node.name),
        "DeletionProtectionEnabled": True,
    }
    if node.on_demand:
        item["BillingModeSummary"] = {"BillingMode": "PAY_PER_REQUEST"}
    if node.deliveries:
        item["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        item["LatestStreamLabel"] = _STREAM
        item["LatestStreamArn"] = f"{arn_of(account, node)}/stream/{_STREAM}"
    return past.applied(node, item)


def buckets(account: Scenario, past: Past) -> Item:
    nodes = [node for node in account.nodes if node.kind == BUCKET]
    return {
        "Buckets": [
            {
                "Name": node.name,
                "CreationDate": text(past.made(node.name)),
                "BucketRegion": account.region,
            }
            for node in nodes
        ],
        "Notifications": {n.name: found for n in nodes if (found := _notifications(account, n))},
    }


def _notifications(account: Scenario, node: Node) -> Item:
    found: Item = {}
    for delivery in node.deliveries:
        consumer = account.node(delivery.to)
        if consumer.kind in _KINDS:
            collection, member = _KINDS[consumer.kind]
            item = {
                "Id": delivery.name or f"to-{delivery.to}",
                member: arn_of(account, consumer),
                "Events": ["s3:ObjectCreated:*"],
            }
            found.setdefault(collection, []).append(item)
        else:
            found["EventBridgeConfiguration"] = {}
    return found


def databases(account: Scenario, past: Past) -> Item:
    return {"DBInstances": [_database(account, past, n) for n in account.nodes if n.kind == DATABASE]}


def _database(account: Scenario, past: Past, node: Node) -> Item:
    host, _, port = (node.host or f"{node.name}.rds.amazonaws.com").partition(":")
    item = {
        "DBInstanceIdentifier": node.name,
        "DBInstanceClass": "db.t4g.medium",
        "Engine": "postgres",
        "EngineVersion": "15.4",
        "DBInstanceStatus": "available",
        "MasterUsername": "app",
        "DBName": "app",
        "Endpoint": {"Address": host, "Port": int(port or 5432)},
        "AllocatedStorage": 100,
        "InstanceCreateTime": text(past.made(node.name)),
        "AvailabilityZone": f"{account.region}{(node.zones or account.zones)[0]}",
        "MultiAZ": False,
        "StorageType": "gp3",
        "PubliclyAccessible": False,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": vpc_id("sg", node.name), "Status": "active"}],
        "DBParameterGroups": [{"DBParameterGroupName": f"{node.name}-15", "ParameterApplyStatus": "in-sync"}],
        "EnabledCloudwatchLogsExports": ["postgresql"],
        "DBInstanceArn": arn_of(account, node),
        "PerformanceInsightsEnabled": True,
        "DeletionProtection": True,
    }
    return past.applied(node, item)


def secrets(account: Scenario, past: Past) -> Item:
    return {"Secrets": [_secret(account, past, n) for n in account.nodes if n.kind == SECRET]}


def _secret(account: Scenario, past: Past, node: Node) -> Item:
    return {
        "ARN": arn_of(account, node),
        "Name": node.name,
        "RotationEnabled": any("Rotat" in change.event for change, _ in past.of(node)),
        "LastChangedDate": seconds(past.changed(node)),
        "CreatedDate": seconds(past.made(node.name)),
        "SecretVersionsToStages": {uuid_of("secret", node.name): ["AWSCURRENT"]},
        "Tags": [],
    }


def parameters(account: Scenario, past: Past) -> Item:
    return {"Parameters": [_parameter(account, past, n) for n in account.nodes if n.kind == PARAMETER]}


def _parameter(account: Scenario, past: Past, node: Node) -> Item:
    return {
        "Name": node.name,
        "ARN": arn_of(account, node),
        "Type": "String",
        "LastModifiedDate": seconds(past.changed(node)),
        "LastModifiedUser": f"arn:aws:sts::{account.account}:assumed-role/deploy/pipeline-4711",
        "Version": 1 + len(past.of(node)),
        "Tier": "Standard",
        "Policies": [],
        "DataType": "text",
    }
