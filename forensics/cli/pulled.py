"""What a pull brought, and what a triage makes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from forensics.cli.console import Bar, note
from forensics.cli.options import case_words
from forensics.collect import Follow, PullRequest, PullResult
from forensics.collect.prices import usd_of_scanning
from forensics.errors import ForensicsError
from forensics.model import Gap

__all__ = ["completion", "first_verdict", "followed", "tell"]


def tell(result: PullResult, request: PullRequest) -> None:
    """What came, what it took, and what is missing."""
    added, known = result.added, result.known
    note(
        f"{added['log_event']:,} log events and {added['segment_document']:,} segment documents of "
        f"{result.log_groups:,} log groups, {added['metric']:,} datapoints, {added['change']:,} changes, "
        f"{added['resource']:,} resources and "
        f"{added['execution_event']:,} events of failed executions in {result.seconds:,.0f} s "
        f"({sum(result.calls.values()):,} calls, {result.bytes:,} bytes)"
    )
    if request.logs and not result.log_groups and all(gap.kind != "log_groups" for gap in result.gaps):
        note(f"no log group in {', '.join(result.regions)} is meant by {request.asked_groups}")
        note("see which there are: aws logs describe-log-groups, or pull all of them: --log-group '*'")
    if sum(known.values()):
        note(f"{sum(known.values()):,} records were in the case already")
    if result.scanned_bytes:
        usd = usd_of_scanning(result.scanned_bytes)
        note(f"Logs Insights scanned {result.scanned_bytes:,} bytes: about ${usd:,.4f} at list price")
    if sum(result.throttled.values()):
        note(f"{sum(result.throttled.values()):,} calls were throttled and asked again")
    if result.read_until:
        note(f"the rest of the window is still to come: read up to {result.read_until:%Y-%m-%dT%H:%M:%SZ};")
        note("run the same command again when it is over")
    for gap in result.gaps[:10]:
        note(f"gap: {gap.what}: {gap.reason}")
    if len(result.gaps) > 10:
        note(f"and {len(result.gaps) - 10} more gaps: forensics status")


def followed(case: Path, request: PullRequest, *, quiet: bool) -> NoReturn:
    """Follow the account; a line for each round that brought something, or failed."""
    from forensics.api.pull import follow_into

    known: set[Gap] = set()

    def tell_round(result: PullResult | ForensicsError) -> None:
        if quiet:
            return
        if isinstance(result, ForensicsError):
            note(f"{result}; trying again")
            return
        added = {name: rows for name, rows in result.added.items() if rows}
        if added:
            note(f"{_hour(result)}  {', '.join(f'{rows:,} {name}' for name, rows in sorted(added.items()))}")
        for gap in (gap for gap in result.gaps if gap not in known):
            note(f"gap: {gap.what}: {gap.reason}")
        known.update(result.gaps)

    follow_into(case, Follow(request), tell_round)


def _hour(result: PullResult) -> str:
    return f"{result.read_until:%H:%M:%SZ}" if result.read_until else ""


def first_verdict(case: Path, *, show_secrets: bool, quiet: bool) -> str:
    """The first screen of a case that is not complete, and says so."""
    from forensics.api import Case
    from forensics.report.mask import masked
    from forensics.report.text import render_report

    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
        document = opened.report()
    shown = render_report(document if show_secrets else masked(document), brief=True, case=case_words(case))
    return f"PARTIAL, from a part of the records: a first verdict, which more of them may change\n\n{shown}"


def completion(case: Path, request: PullRequest) -> str:
    """The command that completes a triage: the same window, by the clock and not by `2h`."""
    since, until = request.starts_at, request.ends_at + timedelta(seconds=request.ends_at.microsecond > 0)
    window = f"--since {since:%Y-%m-%dT%H:%M:%SZ} --until {until:%Y-%m-%dT%H:%M:%SZ}"
    return f"complete it, with the same options: forensics pull {window}{case_words(case)}"
