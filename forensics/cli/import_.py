"""`forensics import`: telemetry from files and folders into a case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.console import Bar, note
from forensics.cli.options import CaseOption, QuietOption, VerboseOption, case_words

__all__ = ["register"]

_NAMES = {
    "log_event": "log events",
    "segment_document": "segment documents",
    "span_document": "spans",
    "trace_summary": "trace summaries",
    "metric": "datapoints",
    "change": "changes",
    "resource": "resources",
    "execution_event": "events of executions",
}


def register(app: typer.Typer) -> None:
    app.command(name="import")(import_)


def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; .gz and .zst too.")],
    case: CaseOption = Path("case"),
    log_group_name: Annotated[str | None, typer.Option(help="Log group of events that name none.")] = None,
    account: Annotated[str | None, typer.Option(help="AWS account id of events that name none.")] = None,
    region: Annotated[str | None, typer.Option(help="AWS region of events that name none.")] = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Read exported telemetry into a case. What is there already is not added twice.

    Told apart by content: output of aws xray batch-get-traces and get-trace-summaries, traces and
    segment documents one per line; spans as records of aws/spans (Transaction Search), OTLP JSON and
    Jaeger JSON; output of aws logs filter-log-events, get-log-events and
    get-query-results, log events one per line, subscription payloads, folders that an export task
    wrote; metrics, alarms and changes as the CLI prints them (aws cloudwatch, cloudtrail, deploy,
    ecs, lambda, health), files of a trail, metric streams; configuration (aws lambda list-functions,
    aws sqs get-queue-attributes, aws stepfunctions describe-state-machine, …) and items of AWS
    Config. Values of environment variables are not kept. Files that are no telemetry are skipped.

    Exit code 3: done, but some telemetry was broken and is kept as warnings.
    """
    from forensics.api import import_into

    with Bar(quiet=quiet) as bar:
        result = import_into(
            case, paths, log_group=log_group_name, account=account, region=region, on_progress=bar
        )
    if not quiet:
        added = [f"{result.added[name]:,} {words}" for name, words in _NAMES.items() if result.added[name]]
        known = sum(result.known[name] for name in _NAMES)
        note(f"{result.files:,} files read: {', '.join(added) or 'nothing new'}")
        if result.known_files or known:
            note(f"{result.known_files:,} files and {known:,} records were in the case already")
        if result.skipped:
            some = ", ".join(result.skipped[:5]) + (", …" if len(result.skipped) > 5 else "")
            note(f"{len(result.skipped):,} files skipped, no telemetry: {some}")
        if result.controls:
            note(f"{result.controls:,} control messages of subscriptions passed over")
        if result.warnings:
            note(f'{result.warnings:,} warnings: forensics sql "from lake.warning"{case_words(case)}')
        note(f"Wrote {case}")
    return 3 if result.warnings else 0
