"""`forensics plan`: what a pull would read, and what that takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.access import (
    AskOption,
    EndpointOption,
    ExportOption,
    GroupOption,
    InsightsOption,
    InventoryOption,
    LogSettleOption,
    MetricNamespaceOption,
    NodeGroupOption,
    ProfileOption,
    QuotaOption,
    RegionOption,
    RoleOption,
    SinceNowOption,
    TagOption,
    TraceSettleOption,
    TracesOption,
    UntilNowOption,
)
from forensics.cli.console import write
from forensics.cli.options import CaseOption, QuietOption, TextOrJson, VerboseOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(plan)


def plan(
    case: CaseOption = Path("case"),
    since: SinceNowOption = "3h",
    until: UntilNowOption = None,
    log_group: GroupOption = None,
    log_group_tag: TagOption = None,
    node: NodeGroupOption = None,
    traces: TracesOption = True,
    group: AskOption = None,
    inventory: InventoryOption = True,
    metric_namespace: MetricNamespaceOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    role_arn: RoleOption = None,
    endpoint_url: EndpointOption = None,
    quota_share: QuotaOption = 0.5,
    log_settle: LogSettleOption = "15m",
    trace_settle: TraceSettleOption = "7d",
    insights: InsightsOption = False,
    export_to: ExportOption = None,
    output: Annotated[TextOrJson, typer.Option("-o", "--output", help="What to print.")] = TextOrJson.text,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """What pull with the same options would read: calls, bytes, time at that share of the quotas, dollars.

    Nothing is downloaded and nothing written: groups and metrics are listed, CloudWatch's own counts of
    what came in are read (or, without those, how much a group stores), and a page of trace summaries out
    of each quarter of the window. What a case holds already is left out. In the JSON, what AWS forgets
    first comes first.

    forensics plan --since 2d --log-group '/aws/lambda/pay*' --case case-42
    """
    from forensics.api.pull import plan as ask
    from forensics.cli.asked import request_of
    from forensics.report.json import document_json
    from forensics.report.plan import render_plan

    found = ask(
        case,
        request_of(
            since=since, until=until, log_groups=log_group, traces=traces, quota_share=quota_share,
            insights=insights, export_to=export_to, groups=group, inventory=inventory,
            metric_namespaces=metric_namespace,
            regions=region, profile=profile, role_arns=role_arn, log_tags=log_group_tag, nodes=node,
            endpoint_url=endpoint_url, log_settle=log_settle, trace_settle=trace_settle,
        ),
    )  # fmt: skip
    write([document_json(found) + "\n" if output is TextOrJson.json else render_plan(found)], None)
    return 0
