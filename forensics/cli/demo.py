"""`forensics demo`: a sample account that breaks, and its failures explained."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from forensics.cli.console import Bar, note, write
from forensics.cli.options import QuietOption, VerboseOption, case_words
from forensics.errors import UsageError

__all__ = ["register"]

_DEFAULT = "first-night"
_MARK = ".forensics-demo"


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    scenario: Annotated[
        str, typer.Argument(help="A scenario's name, or a TOML file of your own.")
    ] = _DEFAULT,
    list_: Annotated[bool, typer.Option("--list", help="Name the scenarios that ship.")] = False,
    scale: Annotated[
        int | None,
        typer.Option(
            "--scale",
            min=1,
            help="So many requests instead of the scenario's own: a thousand to ten million.",
        ),
    ] = None,
    serve: Annotated[
        bool,
        typer.Option("--serve", help="Only serve the account, for a pull of your own, until Ctrl-C."),
    ] = False,
    case: Annotated[Path, typer.Option("--case", help="Folder of the demo's case.")] = Path("demo-case"),
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Serve a sample account from a stand-in for AWS, pull it over HTTP, explain what broke.

    No AWS account is needed, and nothing leaves this machine. Run again it starts afresh in its
    own folder.

    forensics demo hot-key-to-dead-letters --case hot-key

    --serve prints what to paste into another shell, in which `doctor`, `plan` and `pull` then ask the
    stand-in.
    """
    from forensics.api import Case
    from forensics.cli.sample import pull_sample, serve_sample
    from forensics.demo import list_scenarios, load_scenario, scaled
    from forensics.report.html import render_html
    from forensics.report.json import document_json
    from forensics.report.mask import masked
    from forensics.report.text import render_report

    if list_:
        names = list_scenarios()
        width = max(map(len, names))
        write([f"{name:<{width}}  {load_scenario(name).title}\n" for name in names], None)
        return 0
    chosen = load_scenario(scenario)
    if scale is not None:
        chosen = scaled(chosen, scale)
    if serve:
        serve_sample(chosen, quiet=quiet)
        return 0
    _start_afresh(case)
    with Bar(quiet=quiet) as bar:
        pull_sample(chosen, case, bar)
        with Case(case, on_progress=bar) as opened:
            document = opened.report()
            page = masked(opened.page(document))
        document = masked(document)
    write([render_report(document, case=case_words(case))], None)
    reports = case / "reports"
    reports.mkdir(exist_ok=True)
    (reports / "report.json").write_text(document_json(document) + "\n", "utf-8")
    (reports / "report.html").write_text(render_html(page, case=case_words(case)), "utf-8")
    if not quiet:
        query = "select node, count(*) from failures.failure group by all"
        note(f'next: forensics sql "{query}"{case_words(case)}')
        note(f"Wrote {reports / 'report.json'}")
        note(f"Wrote {reports / 'report.html'}")
    return 0


def _start_afresh(case: Path) -> None:
    """Only a folder that a demo made is removed."""
    if case.exists():
        if not (case / _MARK).exists():
            raise UsageError(f"{case} was not made by a demo", "forensics demo --case another-folder")
        shutil.rmtree(case)
    case.mkdir(parents=True)
    (case / _MARK).touch()
