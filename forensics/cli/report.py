"""`forensics report`: root causes of every failure, grouped into issues."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from forensics.cli.console import Bar, check_file, write
from forensics.cli.options import (
    BaselineOption,
    CaseOption,
    FileOption,
    ForceOption,
    MemoryOption,
    QuietOption,
    SecretsOption,
    SinceOption,
    ThreadsOption,
    UntilOption,
    VerboseOption,
    case_words,
    stretch,
    window,
)
from forensics.errors import UsageError

__all__ = ["register"]

_FOUND_FAILURES = 20


class Format(StrEnum):
    text = "text"
    md = "md"
    html = "html"
    json = "json"
    ndjson = "ndjson"


def register(app: typer.Typer) -> None:
    app.command()(report)


def report(
    case: CaseOption = Path("case"),
    output: Annotated[Format, typer.Option("-o", "--output", help="What to print.")] = Format.text,
    file: FileOption = None,
    brief: Annotated[
        bool, typer.Option("--brief", help="The first screen: 15 lines, as text or md.")
    ] = False,
    since: SinceOption = None,
    until: UntilOption = None,
    baseline: BaselineOption = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 20 where there are failures.")] = False,
    json_schema: Annotated[bool, typer.Option("--json-schema", help="Print the schema of -o json.")] = False,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
    force: ForceOption = False,
    show_secrets: SecretsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Root causes of every failure, grouped into issues, each sentence with the record behind it.

    text is for reading; md is for a ticket or a pull request, with map and chains as Mermaid charts; html
    is one file to pass around (give -f FILE), which asks nothing of any network: first screen, issues,
    service map, chains as waterfalls, comparison, evidence; json is one document with coverage, issues,
    failures and map; ndjson is every failure, one a line. The same case gives the same bytes.

    With a window, the nodes that behave otherwise in it than in the --baseline (else than in the rest of
    the case) are ranked as suspects, also where nothing failed: slowness, missing steps, new failures.
    A --baseline before the window also decides what is an issue for having become slower.
    """
    from forensics.api import Case
    from forensics.report.html import render_html
    from forensics.report.json import document_json, document_schema, failure_lines, plain_json
    from forensics.report.mask import masked
    from forensics.report.report_markdown import render_markdown
    from forensics.report.text import render_report

    if brief and output not in (Format.text, Format.md):
        raise UsageError(f"--brief has no {output} form", "forensics report --brief, or with -o md")
    if json_schema:
        write([plain_json(document_schema()) + "\n"], file, force=force)
        return 0
    check_file(file, force=force)
    if output is Format.html and file is None and sys.stdout.isatty():
        raise UsageError("html is a page for a browser, not for a terminal", "add -f report.html")
    mask: Callable[[Any], Any] = (lambda shown: shown) if show_secrets else masked
    with Bar(quiet=quiet) as bar, Case(case, threads=threads, memory=memory, on_progress=bar) as opened:
        # to find the end reads every record's time
        ends_at = opened.ends_at if since or until or baseline else None
        bounds = window(since, until, ends_at)
        healthy = stretch(baseline, ends_at) if baseline else None
        if output is Format.ndjson:
            lines = failure_lines(map(mask, opened.verdicts(*bounds)))
            write((f"{line}\n" for line in lines), file, force=force)
        else:
            document = opened.report(*bounds, baseline=healthy)
            if output is Format.html:
                shown = render_html(mask(opened.page(document)), case=case_words(case))
            elif output is Format.json:
                shown = document_json(mask(document)) + "\n"
            elif output is Format.md:
                shown = render_markdown(mask(document), brief=brief, case=case_words(case))
            else:
                shown = render_report(mask(document), brief=brief, case=case_words(case))
            write([shown], file, force=force)
        failed = exit_code and next(opened.verdicts(*bounds), None) is not None
    return _FOUND_FAILURES if failed else 0
