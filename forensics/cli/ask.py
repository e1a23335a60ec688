"""What `trace`, `why` and `invocation` have in common: one question to a case, one answer shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from forensics.api import Case
from forensics.cli.console import Bar, write
from forensics.cli.options import TextOrJson
from forensics.report.json import document_json
from forensics.report.mask import masked

__all__ = ["ask"]


def ask(
    question: Callable[[Case], Any],
    render: Callable[[Any], str],
    *,
    case: Path,
    output: TextOrJson,
    file: Path | None,
    force: bool,
    quiet: bool,
    show_secrets: bool,
) -> int:
    """Open the case, ask, and write the answer as the renderer shows it, or as JSON; masked unless asked."""
    with Bar(quiet=quiet) as bar, Case(case, on_progress=bar) as opened:
        found = question(opened)
    if not show_secrets:
        found = masked(found)
    text = document_json(found) + "\n" if output is TextOrJson.json else render(found)
    write([text], file, force=force)
    return 0
