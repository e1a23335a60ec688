"""`forensics iam-policy`: the least privilege for what will be asked."""

from __future__ import annotations

from typing import Annotated

import typer

from forensics.cli.access import (
    AskOption,
    ExportOption,
    GroupOption,
    InsightsOption,
    InventoryOption,
    NodeGroupOption,
    RegionOption,
    TagOption,
    TracesOption,
)
from forensics.cli.console import write
from forensics.cli.options import FileOption, ForceOption, VerboseOption
from forensics.errors import UsageError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command(name="iam-policy")(iam_policy)


def iam_policy(
    log_group: GroupOption = None,
    log_group_tag: TagOption = None,
    node: NodeGroupOption = None,
    traces: TracesOption = True,
    group: AskOption = None,
    inventory: InventoryOption = True,
    insights: InsightsOption = False,
    export_to: ExportOption = None,
    bucket_policy: Annotated[
        bool,
        typer.Option("--bucket-policy", help="With --export-to: the policy that the bucket itself needs."),
    ] = False,
    region: RegionOption = None,
    account: Annotated[str, typer.Option(help="AWS account id.")] = "*",
    partition: Annotated[str, typer.Option(help="aws, aws-cn or aws-us-gov.")] = "aws",
    file: FileOption = None,
    force: ForceOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Print an IAM policy of read-only actions for exactly what pull would ask with these options; with
    --export-to also those that have CloudWatch Logs write into the bucket.

    forensics iam-policy --export-to evidence-42/logs --bucket-policy --account 111122223333 \\
        --region eu-west-1
    """
    from forensics.cli.asked import request_of
    from forensics.collect import bucket_policy as policy_of_bucket
    from forensics.collect import policy
    from forensics.report.json import document_json

    request = request_of(
        since="1h", until=None, log_groups=log_group, traces=traces, quota_share=0.5, regions=region,
        groups=group, inventory=inventory, insights=insights, export_to=export_to,
        profile=None, role_arns=None, log_tags=log_group_tag, nodes=node, endpoint_url=None,
    )  # fmt: skip
    if bucket_policy and not export_to:
        raise UsageError(
            "--bucket-policy is of --export-to", "forensics iam-policy --bucket-policy --export-to BUCKET"
        )
    made = policy_of_bucket if bucket_policy else policy
    write([document_json(made(request, account=account, partition=partition)) + "\n"], file, force=force)
    return 0
