"""`forensics invocation REQUEST_ID`."""

from __future__ import annotations

import typer

from forensics.cli.ask import ask_by_id

__all__ = ["register"]

_HELP = """One invocation by its request id: its chain with logs, and the verdict.

The chain is everything that the same entry set off, through all traces that it runs through; `forensics why`
shows the same for any other kind of id.
"""


def register(app: typer.Typer) -> None:
    ask_by_id(
        app, "invocation", "REQUEST_ID", _HELP, lambda case, one, **given: case.invocation(one, **given)
    )
