"""The least privilege that pulling needs, as an IAM policy."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import Any

from forensics.collect.discovery import NODE_ACTIONS, TAG_ACTIONS
from forensics.collect.exports import split_destination
from forensics.collect.groups import actions_of, all_groups
from forensics.collect.plan import SPAN_GROUP
from forensics.collect.request import PullRequest

__all__ = ["bucket_policy", "policy"]


def policy(request: PullRequest, *, account: str = "*", partition: str = "aws") -> dict[str, Any]:
    """A policy document (version 2012-10-17) of read-only actions for exactly this request.

    `logs:FilterLogEvents` is limited to the groups that the globs name, in the regions asked for, and with
    traces to that of Transaction Search.
    Each group of permissions is a statement of its own, to be left out by whoever must.
    `logs:DescribeLogGroups` and X-Ray's read actions know no resources but `*` (Service
    Authorization Reference). `sts:GetCallerIdentity` needs no permission.
    """
    statements: list[dict[str, Any]] = []
    if request.logs:
        statements.append(_statement("ListLogGroups", ["logs:DescribeLogGroups"], ["*"]))
        if request.log_tags:
            statements.append(_statement("FindLogGroupsByTag", TAG_ACTIONS, ["*"]))
        if request.log_nodes:
            statements.append(_statement("FindLogGroupsByNode", NODE_ACTIONS, ["*"]))
        named = ("*",) if request.log_tags or request.log_nodes else request.log_groups
        groups = _group_arns(request, named, account, partition)
        statements.append(_statement("ReadLogEvents", ["logs:FilterLogEvents"], groups))
        if request.insights:
            statements.append(_statement("QueryLogEvents", ["logs:StartQuery"], groups))
            statements.append(_statement("ReadQueries", ["logs:GetQueryResults"], ["*"]))
        if request.export_to:
            statements += _exporting(request, groups, partition)
    if request.traces:
        actions = ["xray:BatchGetTraces", "xray:GetTraceSegmentDestination", "xray:GetTraceSummaries"]
        statements.append(_statement("ReadTraces", actions, ["*"]))
        if not any(fnmatch.fnmatchcase(SPAN_GROUP, glob) for glob in request.log_groups):
            spans = _group_arns(request, [SPAN_GROUP], account, partition)
            statements.append(_statement("ReadSpans", ["logs:FilterLogEvents"], spans))
    statements += [
        _statement(f"Read{group.capitalize()}Group", asked, ["*"])
        for group in all_groups()
        if request.wants(group) and (asked := actions_of(group))
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def bucket_policy(request: PullRequest, *, account: str = "*", partition: str = "aws") -> dict[str, Any]:
    """What the bucket of `export_to` must allow CloudWatch Logs, for exports of this account alone.

    As in the user guide, "Exporting log data to Amazon S3": GetBucketAcl on the bucket, PutObject on what is
    in it, by the regional principal of the service.
    """
    bucket, _ = split_destination(request.export_to)
    regions = request.access.named_regions
    services = [f"logs.{region}.amazonaws.com" for region in regions] or ["logs.amazonaws.com"]
    sources = [f"arn:{partition}:logs:{region}:{account}:log-group:*" for region in regions or ("*",)]
    own: dict[str, Any] = {
        "StringLike": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": sources},
    }
    acl = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    asked = (("s3:GetBucketAcl", "", own), ("s3:PutObject", "/*", own | acl))
    statements = [
        {
            "Effect": "Allow", "Principal": {"Service": services}, "Action": action,
            "Resource": f"arn:{partition}:s3:::{bucket}{below}", "Condition": condition,
        }
        for action, below, condition in asked
    ]  # fmt: skip
    return {"Version": "2012-10-17", "Statement": statements}


def _exporting(request: PullRequest, groups: Sequence[str], partition: str) -> list[dict[str, Any]]:
    """CreateExportTask needs credentials that may write into the bucket (API reference)."""
    bucket, prefix = split_destination(request.export_to)
    arn = f"arn:{partition}:s3:::{bucket}"
    return [
        _statement("ExportLogs", ["logs:CreateExportTask"], groups),
        _statement("WatchExports", ["logs:DescribeExportTasks"], ["*"]),
        _statement("ListExports", ["s3:ListBucket"], [arn]),
        _statement("ReadExports", ["s3:GetObject", "s3:PutObject"], [f"{arn}/{prefix}/*"]),
    ]


def _statement(sid: str, actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def _group_arns(request: PullRequest, globs: Sequence[str], account: str, partition: str) -> list[str]:
    """A policy knows `*` and `?`; a glob's character class becomes `?`, or wider where it is open."""
    regions = ("*",) if request.access.all_regions else request.access.regions or ("*",)
    return [
        f"arn:{partition}:logs:{region}:{account}:log-group:{_as_wildcard(glob)}:*"
        for region in regions
        for glob in dict.fromkeys(globs)
    ]


def _as_wildcard(glob: str) -> str:
    text, at = "", 0
    while at < len(glob):
        closing = glob.find("]", at + 2) if glob[at] == "[" else -1
        text += "?" if closing > 0 else glob[at]
        at = closing + 1 if closing > 0 else at + 1
    return text
