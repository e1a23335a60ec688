"""What is done to a case from outside: filling it from files, and looking after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from forensics.analysis import is_analysed
from forensics.api.next_run import next_run
from forensics.case import Case as Folder
from forensics.case import Finding, Part, Unit
from forensics.case import verify as verify_folder
from forensics.errors import ForensicsError
from forensics.importers import ImportResult, import_paths
from forensics.lake import write_database
from forensics.model import CaseStatus, OnProgress, TableStatus, UnitStatus, no_progress
from forensics.schema import EVIDENCE

__all__ = ["connect", "import_into", "status", "verify"]


def import_into(
    case: str | Path,
    paths: Iterable[Path],
    *,
    log_group: str | None = None,
    account: str | None = None,
    region: str | None = None,
    on_progress: OnProgress = no_progress,
) -> ImportResult:
    """Read telemetry from files and folders into a case, which is made where it does not exist."""
    listed = list(paths)
    with Folder(Path(case), writable=True, create=True) as folder:
        result = import_paths(
            folder, listed, log_group=log_group, account=account, region=region, on_progress=on_progress
        )
        folder.seal("import", files=result.files, rows=sum(result.added.values()))
    return result


def verify(case: str | Path) -> tuple[Finding, ...]:
    """Every file of a case that is not what was committed; none where all is well."""
    return verify_folder(Path(case))


def status(case: str | Path) -> CaseStatus:
    """What a case holds and what is missing from it. Reads the ledger alone."""
    with Folder(Path(case)) as folder:
        kinds = folder.ledger.unit_kinds()
        return CaseStatus(
            id=str(folder.info["id"]),
            analysed=is_analysed(folder),
            tables=tuple(_tables(folder.parts("evidence"))),
            units=tuple(_units(kind, list(folder.ledger.units(kind).values())) for kind in kinds),
            gaps=tuple(folder.gaps()),
            next_run=next_run(folder),
        )


def _tables(parts: list[Part]) -> Iterator[TableStatus]:
    for name in EVIDENCE:
        of = [part for part in parts if part.name == name]
        if of:
            yield TableStatus(name, sum(p.rows for p in of), len(of), sum(p.bytes for p in of))


def _units(kind: str, units: list[Unit]) -> UnitStatus:
    done = sum(unit.state == "done" for unit in units)
    return UnitStatus(kind, done, sum(unit.state == "open" for unit in units))


def connect(case: str | Path, file: str | Path, *, force: bool = False) -> None:
    """Write a DuckDB file with every view over an analysed case, for any client. It is not fenced.

    Raises ForensicsError where the file exists, unless `force`.
    """
    path = Path(file)
    if path.exists() and not force:
        raise ForensicsError(f"{path} exists", "add --force to replace it")
    with Folder(Path(case)) as folder:
        write_database(folder, path)
