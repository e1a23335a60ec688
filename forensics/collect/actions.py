"""Operations by their names, the service of each, and the IAM action that allows it.

The frequent ones have plain names. What an inventory asks is named with its service, since several
services list clusters: `ecs.ListClusters`.
"""

from __future__ import annotations

from forensics.inventory import ASKS

__all__ = ["SERVICE", "action_of", "service_of"]

SERVICE = {
    "GetCallerIdentity": "sts",
    "DescribeLogGroups": "logs",
    "FilterLogEvents": "logs",
    "StartQuery": "logs",
    "GetQueryResults": "logs",
    "CreateExportTask": "logs",
    "DescribeExportTasks": "logs",
    "ListObjectsV2": "s3",
    "GetObject": "s3",
    "GetTraceSummaries": "xray",
    "BatchGetTraces": "xray",
    "GetTraceSegmentDestination": "xray",
    "ListMetrics": "cloudwatch",
    "GetMetricData": "cloudwatch",
    "DescribeAlarmHistory": "cloudwatch",
    "LookupEvents": "cloudtrail",
}
_PERMISSION = {ask.full: ask.permission for ask in ASKS} | {"ListObjectsV2": "s3:ListBucket"}
_PREFIX = {ask.service: ask.iam for ask in ASKS if ask.iam}


def service_of(operation: str) -> tuple[str, str]:
    """botocore's names of the service and of the operation."""
    service, _, name = operation.rpartition(".")
    return (service or SERVICE[name]), name


def action_of(operation: str) -> str:
    """The action of an IAM policy."""
    service, name = service_of(operation)
    return _PERMISSION.get(operation) or f"{_PREFIX.get(service, service)}:{name}"
