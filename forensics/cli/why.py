"""`forensics why ID`."""

from __future__ import annotations

import typer

from forensics.cli.ask import ask_by_id

__all__ = ["register"]

_HELP = """What an id stands for, its chain and its verdict.

Takes a trace, request, message, execution, span, event or failure id, a pod, or any text that log lines hold,
and says what it took it for. The chain is drawn through all of its traces, with logs where they were written,
roles, retries, and how much later a message was taken; then comes the verdict with the record behind each
sentence.

Slowness is judged by the --baseline, else by the rest of the case, where enough of it did well.
"""


def register(app: typer.Typer) -> None:
    ask_by_id(app, "why", "ID", _HELP, lambda case, one, **given: case.why(one, **given))
