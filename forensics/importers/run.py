"""Walk the paths, read each file once, and put its evidence into the case."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from forensics.case import Case, EvidenceWriter, Unit, file_sha256, pack_evidence
from forensics.errors import InputError
from forensics.importers.export import piece_of, read_export, stream_of
from forensics.importers.rows import Rows, Source
from forensics.importers.scan import NotJson, values
from forensics.importers.shapes import read_value
from forensics.importers.split import Value
from forensics.importers.unpack import unpacked
from forensics.model import OnProgress, Progress, no_progress

__all__ = ["ImportResult", "import_paths"]

# What is read before it goes to the writer: rows, or characters of large ones.
_BATCH_ROWS = 20_000
_BATCH_SIZE = 32_000_000


@dataclass(slots=True)
class ImportResult:
    """Counts of one run: files read, known (imported before) and skipped; rows added and known."""

    files: int = 0
    known_files: int = 0
    skipped: list[str] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    warnings: int = 0
    controls: int = 0  # messages by which AWS only tries whether a subscription's receiver is there


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

    Raises InputError where a path does not exist or is no file, or nothing in all of them is
    telemetry; ForensicsError where the case cannot be written.
    """
    paths = list(paths)
    writer, result = EvidenceWriter(case), ImportResult()
    files = list(_files(paths, result.skipped))
    done = set(case.ledger.units("import"))
    ordinal = 0
    for number, (path, name) in enumerate(files):
        on_progress(Progress("import", number, len(files), "files"))
        rows = Rows(
            Source(name, account, region, log_group, stream_of(path), piece_of(path)), ordinal=ordinal
        )
        try:
            unit = _unit_name(path, rows.source)
            if unit in done:
                result.known_files += 1
                continue
            _import_file(path, rows, writer, result)
            ordinal = rows.ordinal
            if rows.count or rows.warnings:
                done.add(unit)
                writer.finish(Unit("import", unit, "done", rows.count, path.stat().st_size, unit, name))
        except OSError as error:  # no unit: the next run tries again
            rows.warn("unreadable", f"cannot be read: {error.strerror or error}", "")
            _hand_over(rows, writer)
    writer.flush()
    if any(writer.added.values()):
        pack_evidence(case)
    on_progress(Progress("import", len(files), len(files), "files"))
    result.added, result.known = writer.added, writer.known
    result.warnings = writer.added["warning"] + writer.known["warning"]
    if not (result.files or result.known_files or result.warnings):
        _nothing_found(files, paths)
    return result


def _files(paths: Iterable[Path], skipped: list[str]) -> Iterator[tuple[Path, str]]:
    """Every file below the paths in a fixed order, with a name that no machine's folders are in."""
    for path in paths:
        if path.is_dir():
            yield from _files_below(path, skipped)
        elif path.is_file():
            yield path, _printable(path.name)
        elif path.exists():
            raise InputError(f"{path} is neither a file nor a folder", "forensics import --help")
        else:
            raise InputError(f"no file or folder {path}", "forensics import --help")


def _files_below(top: Path, skipped: list[str]) -> Iterator[tuple[Path, str]]:
    """Hidden entries, links to folders (they may lead anywhere) and special files are skipped."""
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(top, onerror=unreadable.append):
        here = Path(folder)
        passed = {f for f in folders if f.startswith(".") or (here / f).is_symlink()}
        folders[:] = sorted(set(folders) - passed)
        skipped += (_printable((here / f).relative_to(top).as_posix()) + "/" for f in sorted(passed))
        for name in sorted(names):
            file = here / name
            shown = _printable(file.relative_to(top).as_posix())
            if name.startswith(".") or not file.is_file():
                skipped.append(shown)
            else:
                yield file, shown
    for error in unreadable:  # opened as a file it fails again, and becomes a warning
        yield Path(error.filename), _printable(Path(error.filename).relative_to(top).as_posix())


def _printable(name: str) -> str:
    """A file name may hold bytes that are no text."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _unit_name(path: Path, source: Source) -> str:
    """The same bytes under the same options are the same unit, whatever the file is called."""
    options = repr((source.account, source.region, source.log_group))
    if source.log_stream is not None:
        options += repr(source.log_stream)
    return hashlib.sha256(f"{file_sha256(path)} {options}".encode()).hexdigest()


def _import_file(path: Path, rows: Rows, writer: EvidenceWriter, result: ImportResult) -> None:
    try:
        for value in values(unpacked(path)):
            if isinstance(value, Value):
                read_value(value.raw, value.place, rows)
            else:
                rows.warn(value.code, value.message, value.place)
            _hand_over_many(rows, writer)
    except NotJson:
        for _ in read_export(unpacked(path), rows):
            _hand_over_many(rows, writer)
    result.controls += rows.controls
    if rows.count and rows.passed_over:
        reason = f"{rows.passed_over} JSON values are no telemetry, the first here"
        rows.warn("no_telemetry", reason, rows.passed_over_place)
    if rows.count:
        result.files += 1
    elif not rows.warnings:
        result.skipped.append(rows.source.name)
    _hand_over(rows, writer)


def _hand_over_many(rows: Rows, writer: EvidenceWriter) -> None:
    if rows.waiting >= _BATCH_ROWS or rows.size >= _BATCH_SIZE:
        _hand_over(rows, writer)


def _hand_over(rows: Rows, writer: EvidenceWriter) -> None:
    for table, columns in rows.take().items():
        writer.add(table, columns)


def _nothing_found(files: list[tuple[Path, str]], paths: Iterable[Path]) -> None:
    where = ", ".join(str(path) for path in paths)
    if not files:
        raise InputError(f"no files in {where}", "give the folder that holds the exported JSON")
    raise InputError(
        f"no telemetry in {where} ({len(files)} file{'s' * (len(files) != 1)} looked at)",
        "expected X-Ray traces, spans or CloudWatch log events: see forensics import --help",
    )
