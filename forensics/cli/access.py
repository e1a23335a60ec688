"""Options of the commands that talk to AWS."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "AskOption",
    "EndpointOption",
    "ExportOption",
    "GroupOption",
    "InsightsOption",
    "InventoryOption",
    "LogSettleOption",
    "MetricNamespaceOption",
    "NodeGroupOption",
    "ProfileOption",
    "QuotaOption",
    "RegionOption",
    "RoleOption",
    "SinceNowOption",
    "TagOption",
    "TraceSettleOption",
    "TracesOption",
    "UntilNowOption",
]

RegionOption = Annotated[
    list[str] | None, typer.Option("--region", help="AWS region, repeatable, or `all`; else boto3's own.")
]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="Profile of the AWS configuration.")]
RoleOption = Annotated[
    list[str] | None,
    typer.Option("--role-arn", help="Role to assume, repeatable: each is an account to be read."),
]
EndpointOption = Annotated[
    str | None, typer.Option("--endpoint-url", help="Another endpoint than AWS's own.")
]
GroupOption = Annotated[
    list[str] | None, typer.Option("--log-group", help="Log groups by glob, repeatable; without it all.")
]
TagOption = Annotated[
    list[str] | None,
    typer.Option("--log-group-tag", help="Log groups with this tag, KEY or KEY=VALUE, repeatable."),
]
NodeGroupOption = Annotated[
    list[str] | None,
    typer.Option(
        "--node", help="Log groups that these functions and ECS services write, by glob, repeatable."
    ),
]
QuotaOption = Annotated[
    float, typer.Option("--quota-share", min=0.01, help="Share of each AWS quota that may be used.")
]
LogSettleOption = Annotated[
    str,
    typer.Option("--log-settle", help="Events may arrive so late (15m, 2h); the next run reads it again."),
]
TraceSettleOption = Annotated[
    str,
    typer.Option("--trace-settle", help="Traces may grow so long (2h, 7d); the next run reads them again."),
]
TracesOption = Annotated[bool, typer.Option("--traces/--no-traces", help="X-Ray traces too.")]
AskOption = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        help="Only these groups of permissions, by glob, repeatable; without it all: logs, traces, "
        "metrics, changes, executions, functions, queues, workflows, topics, events, containers, "
        "entries, stores, network, roles, secrets, groups, alarms, quotas, tracing, tags.",
    ),
]
MetricNamespaceOption = Annotated[
    list[str] | None,
    typer.Option("--metric-namespace", help="A CloudWatch namespace of your own, repeatable, beside AWS's."),
]
InsightsOption = Annotated[
    bool,
    typer.Option(
        "--insights", help="Query log groups of class Infrequent Access, which costs by GB scanned."
    ),
]
ExportOption = Annotated[
    str | None,
    typer.Option(
        "--export-to",
        metavar="BUCKET[/PREFIX]",
        help="Read the named log groups by way of this S3 bucket of yours (CreateExportTask writes into it).",
    ),
]
InventoryOption = Annotated[
    bool,
    typer.Option(
        "--inventory/--no-inventory",
        help="The account's configuration too: every group but logs, traces, metrics and changes.",
    ),
]
SinceNowOption = Annotated[
    str, typer.Option("--since", help="From here on: ISO 8601 (UTC), or 2h, 3d before now.")
]
UntilNowOption = Annotated[
    str | None, typer.Option("--until", help="Up to here: ISO 8601 (UTC), or 30m before now; without it now.")
]
