"""Tables, streams, buckets, databases."""

from __future__ import annotations

from .names import QUEUE, REGION, START, arn

DYNAMODB = {
    "Tables": [
        {
            "TableName": name,
            "TableArn": arn("dynamodb", f"table/{name}"),
            "TableStatus": "ACTIVE",
            "CreationDateTime": START - 0.5,
            "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        }
        for name in ("baskets", "orders", "prices")
    ]
}
KINESIS = {
    "Streams": [
        {
            "StreamName": name,
            "StreamARN": arn("kinesis", f"stream/{name}"),
            "StreamStatus": "ACTIVE",
            "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
            "RetentionPeriodHours": 24,
            "StreamCreationTimestamp": START,
            "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
            "OpenShardCount": 2,
        }
        for name in ("clicks", "orders")
    ]
}
NOTIFICATIONS = {
    "QueueConfigurations": [{"Id": "q", "QueueArn": QUEUE, "Events": ["s3:ObjectRemoved:*"]}],
    "LambdaFunctionConfigurations": [
        {
            "Id": "f",
            "LambdaFunctionArn": arn("lambda", "function:pay"),
            "Events": ["s3:ObjectCreated:Put", "s3:ObjectCreated:Post"],
            "Filter": {
                "Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ""}]}
            },
        }
    ],
}
S3 = {
    "Buckets": [
        {"Name": "receipts", "CreationDate": "2026-10-05T01:00:00+00:00", "BucketRegion": REGION},
        {"Name": "uploads", "CreationDate": "2026-10-05T01:00:00+00:00", "BucketRegion": "us-east-1"},
    ],
    "Notifications": {"receipts": NOTIFICATIONS},
}
RDS = {
    "DBInstances": [
        {
            "DBInstanceIdentifier": "shop",
            "DBInstanceArn": arn("rds", "db:shop"),
            "DBInstanceClass": "db.t4g.micro",
            "Engine": "postgres",
            "DBInstanceStatus": "available",
            "Endpoint": {"Address": "shop.example.invalid", "Port": 5432},
            "MultiAZ": False,
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
            "DBSubnetGroup": {"DBSubnetGroupName": "g", "Subnets": [{"SubnetIdentifier": "subnet-1"}]},
            "DBParameterGroups": [{"DBParameterGroupName": "p", "ParameterApplyStatus": "in-sync"}],
            "TagList": [{"Key": "team", "Value": "shop"}],
        }
    ]
}
