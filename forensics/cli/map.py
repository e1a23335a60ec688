"""`forensics map`: the whole account from traffic and configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from forensics.cli.console import Bar, write
from forensics.cli.options import (
    BaselineOption,
    CaseOption,
    FileOption,
    ForceOption,
    QuietOption,
    SecretsOption,
    SinceOption,
    UntilOption,
    VerboseOption,
    stretch,
    window,
)

__all__ = ["register"]


class Format(StrEnum):
    text = "text"
    json = "json"
    graphml = "graphml"
    mermaid = "mermaid"


def register(app: typer.Typer) -> None:
    app.command("map")(map_)


def map_(
    case: CaseOption = Path("case"),
    output: Annotated[Format, typer.Option("-o", "--output", help="What to print.")] = Format.text,
    node: Annotated[
        list[str] | None,
        typer.Option(
            "--node", help="Only this node (a glob such as 'pay*') and what is next to it. Repeatable."
        ),
    ] = None,
    uses: Annotated[
        bool,
        typer.Option("--uses", help="Also what nodes are configured to share: subnets, roles, layers, keys."),
    ] = False,
    since: SinceOption = None,
    until: UntilOption = None,
    baseline: BaselineOption = None,
    file: FileOption = None,
    force: ForceOption = False,
    show_secrets: SecretsOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """The whole account: nodes, ways between them, health, calls, latency, and what was never seen.

    Of every node and every way: how many calls, how many failed, p50, p95 and p99. A way is a call that its
    caller waits for, or a hand-over, whose time is how long it lay until somebody began with it. What the
    configuration names and no record, no trace and no metric shows at work is listed too, and says so.

    text is for reading, json holds every count. graphml opens in yEd, Gephi, Cytoscape and networkx; mermaid
    is a chart for a ticket. The figures are the recipes map_nodes and map_edges of `forensics sql --recipe`.

    forensics map --node 'pay*' --since 1h --baseline 3h/1h
    """
    from forensics.api import Case
    from forensics.report.mask import masked

    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
        bounds = window(since, until, opened.ends_at)
        healthy = stretch(baseline, opened.ends_at) if baseline else None
        found = opened.map(*bounds, nodes=node or (), baseline=healthy, uses=uses)
    write(_renderer(output)(found if show_secrets else masked(found)), file, force=force)
    return 0


def _renderer(output: Format) -> Callable[[Any], Iterable[str]]:
    from forensics.report.graphml import render_graphml
    from forensics.report.json import document_json
    from forensics.report.map_text import render_map
    from forensics.report.mermaid import map_chart

    one: dict[Format, Callable[[Any], Iterable[str]]] = {
        Format.text: lambda found: [render_map(found)],
        Format.json: lambda found: [document_json(found) + "\n"],
        Format.graphml: render_graphml,
        Format.mermaid: map_chart,
    }
    return one[output]
