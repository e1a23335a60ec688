"""`forensics verify`: is the evidence what was committed?"""

from __future__ import annotations

from pathlib import Path

import typer

from forensics.cli.console import note, write
from forensics.cli.options import CaseOption, QuietOption, VerboseOption
from forensics.errors import IntegrityError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(verify)


def verify(
    case: CaseOption = Path("case"), quiet: QuietOption = False, verbose: VerboseOption = False
) -> int:
    """Hash every file of the case and compare: evidence, lake, ledger, manifest, journal.

    Names every file that is not what was committed, and exits 6. Without us, `sha256sum -c
    manifest-sha256.txt` in the case's folder checks the evidence.
    """
    from forensics.api import verify as check

    found = check(case)
    write([f"{finding.path}: {finding.problem}\n" for finding in found], None)
    if found:
        count = f"{len(found)} file{'s' * (len(found) != 1)}"
        raise IntegrityError(
            f"{count} of {case} not as committed",
            "restore from a copy; what is derived is made again by analyse",
        )
    if not quiet:
        note(f"{case} is as it was committed")
    return 0
