"""`forensics pull`: batch-download an account's telemetry into a case."""

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
from forensics.cli.console import Bar, note, write
from forensics.cli.options import CaseOption, QuietOption, SecretsOption, VerboseOption, duration
from forensics.errors import UsageError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(pull)


def pull(
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
    workers: Annotated[
        int,
        typer.Option(
            min=1, max=64, help="At most so many pages asked for at the same time; memory grows with it."
        ),
    ] = 12,
    insights: InsightsOption = False,
    export_to: ExportOption = None,
    triage: Annotated[
        bool, typer.Option("--triage", help="Only what a first verdict takes, and print that.")
    ] = False,
    alarm: Annotated[
        str | None,
        typer.Option("--alarm", help="With --triage: an alarm that rang; begin at what it watches."),
    ] = None,
    budget: Annotated[str, typer.Option("--budget", help="With --triage: how long it may take (5m).")] = "5m",
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on with what is new, every 10 s, until Ctrl-C.")
    ] = False,
    show_secrets: SecretsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Download log events, traces, metrics and changes of a window into a case, and the account's
    configuration of now.

    Started again with the same filters it goes on where it stopped, with others it adds. Half of
    each quota is left to everybody else. What is younger than --log-settle and --trace-settle may
    still change in AWS, and is read again by the next run. What is not permitted, or not there, is
    a gap; everything else goes on.

    forensics pull --since 2h --log-group '/aws/lambda/pay*' --case case-42

    --triage reads metrics, changes, a few traces of each way to fail and the log groups that these point
    at, and prints a first verdict, which is partial; a pull without it completes the case.

    forensics pull --triage --since 1h --alarm checkout-errors --case case-42

    --follow goes on: new lines within seconds, what arrives late or failed within minutes. Other
    commands may read the case meanwhile. Ctrl-C ends it (130), and nothing is lost.

    forensics pull --follow --since 15m --node checkout --case case-42

    --export-to reads what is older than 12 hours through a bucket, which must be in the same region and
    let CloudWatch Logs write (forensics iam-policy --export-to BUCKET --bucket-policy): for groups that
    would take hours. Tasks run one at a time; their objects stay in the bucket until you delete them.

    forensics pull --export-to evidence-42/logs --since 30d --log-group '/ecs/shop' --case case-42

    Exit codes: 3 done, with gaps that another run or permission could close · 4 credentials ·
    5 throttled, run again · 130 interrupted, state saved.
    """
    from forensics.api.pull import pull_into, triage_into
    from forensics.cli.asked import request_of
    from forensics.cli.pulled import completion, first_verdict, followed, tell

    if alarm and not triage:
        raise UsageError("--alarm is of --triage", f"forensics pull --triage --alarm {alarm}")
    request = request_of(
        since=since, until=until, log_groups=log_group, traces=traces, quota_share=quota_share,
        insights=insights, export_to=export_to,
        groups=group, inventory=inventory, metric_namespaces=metric_namespace, regions=region,
        profile=profile, role_arns=role_arn, log_tags=log_group_tag, nodes=node,
        endpoint_url=endpoint_url, workers=workers,
        log_settle=log_settle, trace_settle=trace_settle,
    )  # fmt: skip
    if export_to and (triage or follow):
        raise UsageError("--export-to takes longer than --triage and --follow wait", "give it alone")
    if follow:
        if insights:
            hint = "forensics pull --insights, when it is over"
            raise UsageError("--follow asks every few seconds, and each query of --insights costs", hint)
        if triage or until:
            hint = "forensics pull --follow --since 15m"
            raise UsageError("--follow has no end: it goes neither with --until nor with --triage", hint)
        followed(case, request, quiet=quiet)
    with Bar(quiet=quiet) as bar:
        if triage:
            spent = duration(budget)
            result = triage_into(case, request, alarm=alarm, budget=spent, on_progress=bar)
        else:
            result = pull_into(case, request, on_progress=bar)
    if not quiet:
        tell(result, request)
    if triage:
        write([first_verdict(case, show_secrets=show_secrets, quiet=quiet)], None)
    if not quiet:
        if triage:
            note(completion(case, request))
        note(f"Wrote {case}")
    return 0 if result.is_complete else 3
