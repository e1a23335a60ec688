"""Is everything in a case what was committed? Every file that is not is named."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forensics.case.custody import entry_hash
from forensics.case.folder import Case
from forensics.case.ledger import Part
from forensics.case.parts import file_sha256
from forensics.errors import IntegrityError

__all__ = ["Finding", "verify"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that is not what was committed, and how that shows."""

    path: str
    problem: str


def verify(root: Path) -> tuple[Finding, ...]:
    """Check every file against the ledger, and the ledger against the journal of custody.

    Raises NoCaseError and CaseFormatError; whatever else is wrong is a Finding.
    """
    journal, found = _journal(root)
    found += _sealed(root, journal)
    try:
        with Case(root) as case:
            parts = [*case.parts("evidence"), *case.parts("lake")]
            retired = case.ledger.retired()  # replaced, and removed by the next writer
    except (IntegrityError, sqlite3.DatabaseError) as error:
        return (*found, Finding("ledger.sqlite", str(error)))
    found += [f for part in parts if (f := _part(root, part))]
    found += _strangers(root, {*retired, *(part.path for part in parts)})
    found += _manifest(root, [part for part in parts if part.area == "evidence"])
    return tuple(found)


def _journal(root: Path) -> tuple[list[dict[str, Any]], list[Finding]]:
    """The journal's entries; each carries its own hash and that of the one before it."""
    name = "custody.jsonl"
    try:
        lines = (root / name).read_bytes().splitlines()
    except FileNotFoundError:
        return [], [Finding(name, "missing")]
    entries, found, previous = [], [], ""
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            hash_, said = entry["hash"], entry["previous"]
        except (ValueError, KeyError, TypeError):
            found.append(Finding(name, f"line {number} cannot be read"))
            previous = hashlib.sha256(line).hexdigest()
            continue
        if entry_hash(entry) != hash_ or said != previous:
            found.append(Finding(name, f"line {number} was changed, or one before it was"))
        previous = hashlib.sha256(line).hexdigest()
        entries.append(entry)
    return entries, found


def _sealed(root: Path, journal: list[dict[str, Any]]) -> list[Finding]:
    """The files that the journal's last entry names by their hash."""
    if not journal:
        return []
    found = []
    for name, digest in journal[-1].get("sealed", {}).items():
        path = root / name
        if not path.exists():
            found.append(Finding(name, "missing"))
        elif file_sha256(path) != digest:
            found.append(Finding(name, "not what the journal of custody sealed, or a run was interrupted"))
    return found


def _part(root: Path, part: Part) -> Finding | None:
    path = root / part.path
    if not path.exists():
        return Finding(part.path, "missing")
    if path.stat().st_size != part.bytes or file_sha256(path) != part.sha256:
        return Finding(part.path, "not what was committed")
    return None


def _strangers(root: Path, known: set[str]) -> Iterator[Finding]:
    for area in ("evidence", "lake"):
        for file in sorted((root / area).rglob("*.parquet")):
            name = file.relative_to(root).as_posix()
            if name not in known:
                yield Finding(name, "no row of the ledger knows it")


def _manifest(root: Path, parts: list[Part]) -> list[Finding]:
    name = "manifest-sha256.txt"
    expected = "".join(f"{part.sha256}  {part.path}\n" for part in parts)
    path = root / name
    if not parts and not path.exists():
        return []
    if not path.exists():
        return [Finding(name, "missing")]
    return (
        []
        if path.read_bytes() == expected.encode()
        else [Finding(name, "does not list what the ledger holds")]
    )
