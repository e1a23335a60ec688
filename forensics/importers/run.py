"""Walk the paths, read each file once, and put its evidence into the case."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from forensics.case import Case, EvidenceWriter, Unit, file_sha256
from forensics.errors import InputError
from forensics.importers.scan import NotJson, Value, open_evidence, values
from forensics.importers.shapes import Rows, Source, read_value
from forensics.model import OnProgress, Progress, no_progress

__all__ = ["ImportResult", "import_paths"]

_BATCH_ROWS = 20_000


@dataclass(slots=True)
class ImportResult:
    """Counts of one run: files read, known (imported before) and skipped; rows added and known."""

    files: int = 0
    known_files: int = 0
    skipped: list[str] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    warnings: int = 0


def import_paths(
    case: Case,
    paths: Iterable[Path],
    *,
    log_group: str | None = None,
    account: str | None = None,
    region: str | None = None,
    on_progress: OnProgress = no_progress,
) -> ImportResult:
    """Read files and folders into the case; files without telemetry are counted as skipped.

    Raises InputError where a path does not exist, or nothing in all of them is telemetry.
    """
    files = list(_files(paths))
    writer, result = EvidenceWriter(case), ImportResult()
    done = case.ledger.units("import")
    for number, (path, name) in enumerate(files):
        on_progress(Progress("import", number, len(files), "files"))
        source = Source(name, account, region, log_group)
        unit = _unit_name(path, source)
        if unit in done:
            result.known_files += 1
            continue
        _import_file(path, source, unit, writer, result)
    writer.flush()
    on_progress(Progress("import", len(files), len(files), "files"))
    result.added, result.known = writer.added, writer.known
    result.warnings = writer.added["warning"] + writer.known["warning"]
    if not (result.files or result.known_files or result.warnings):
        _nothing_found(files, paths)
    return result


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Every file below the paths in a fixed order, with a name that no machine's folders are in."""
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(f for f in folders if not f.startswith("."))
                for name in sorted(n for n in names if not n.startswith(".")):
                    file = Path(folder, name)
                    if file.is_file():
                        yield file, file.relative_to(path).as_posix()
        elif path.exists():
            yield path, path.name
        else:
            raise InputError(f"no file or folder {path}", "forensics import --help")


def _unit_name(path: Path, source: Source) -> str:
    """The same bytes under the same options are the same unit, whatever the file is called."""
    options = repr((source.account, source.region, source.log_group))
    return hashlib.sha256(f"{file_sha256(path)} {options}".encode()).hexdigest()


def _import_file(path: Path, source: Source, unit: str, writer: EvidenceWriter, result: ImportResult) -> None:
    rows, handed = Rows(source), 0
    try:
        with open_evidence(path) as stream:
            for value in values(stream):
                if isinstance(value, Value):
                    read_value(value.raw, value.place, rows)
                else:
                    rows.warn(value.code, value.message, value.place)
                if rows.count - handed >= _BATCH_ROWS:
                    handed = rows.count
                    _hand_over(rows, writer)
    except NotJson:
        result.skipped.append(source.name)
        return
    except PermissionError as error:
        rows.warn("unreadable", f"cannot be opened: {error.strerror}", "")
    if not rows.count and "warning" not in rows.tables:
        result.skipped.append(source.name)
        return
    result.files += bool(rows.count)
    _hand_over(rows, writer)
    writer.finish(Unit("import", unit, "done", rows.count, path.stat().st_size, unit, source.name))


def _hand_over(rows: Rows, writer: EvidenceWriter) -> None:
    for table, columns in rows.take().items():
        writer.add(table, columns)


def _nothing_found(files: list[tuple[Path, str]], paths: Iterable[Path]) -> None:
    where = ", ".join(str(path) for path in paths)
    if not files:
        raise InputError(f"no files in {where}", "give the folder that holds the exported JSON")
    raise InputError(
        f"no telemetry in {where} ({len(files)} file{'s' * (len(files) != 1)} looked at)",
        "expected X-Ray traces or CloudWatch log events as JSON: see forensics import --help",
    )
