"""`forensics trace ID`."""

from __future__ import annotations

import typer

from forensics.cli.ask import ask_by_id

__all__ = ["register"]

_HELP = """One trace: its tree with logs, the critical path, where the time went, the verdict.

Every span with its time and a bar; log lines stand at the span and the moment in which they were written.
The critical path leads from the entry to the last span that mattered, also over hand-overs that nobody
waited for, and the times below the tree sum to the duration. Of more than 300 spans those are drawn that
failed, that the duration depends on, and what leads there; -o json has all.

Slowness is judged by the --baseline, else by the rest of the case, where enough of it did well.
"""


def register(app: typer.Typer) -> None:
    ask_by_id(app, "trace", "ID", _HELP, lambda case, one, **given: case.trace(one, **given))
