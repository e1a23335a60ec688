"""The manifest that `sha256sum -c` reads, and the hash-chained journal of who did what."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forensics.case.ledger import Part

__all__ = ["append_entry", "manifest_sha256", "write_manifest"]

_MANIFEST = "manifest-sha256.txt"
_JOURNAL = "custody.jsonl"


def write_manifest(root: Path, parts: Iterable[Part]) -> str:
    """Write one `sha256sum` line per part of evidence; returns the manifest's own hash."""
    text = "".join(f"{part.sha256}  {part.path}\n" for part in parts)
    temporary = root / f".{_MANIFEST}"
    temporary.write_text(text)
    os.replace(temporary, root / _MANIFEST)
    return hashlib.sha256(text.encode()).hexdigest()


def manifest_sha256(root: Path) -> str:
    """The hash that names this state of the evidence ('' before anything was committed)."""
    try:
        return hashlib.sha256((root / _MANIFEST).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def append_entry(root: Path, command: str, detail: dict[str, Any]) -> None:
    """Add a line whose `previous` is the hash of the line before it, so that none can be cut out."""
    journal = root / _JOURNAL
    lines = journal.read_bytes().splitlines() if journal.exists() else []
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": _user(),
        "command": command,
        **detail,
        "previous": hashlib.sha256(lines[-1]).hexdigest() if lines else "",
    }
    with open(journal, "a", encoding="utf-8") as sink:
        sink.write(json.dumps(entry, sort_keys=True) + "\n")
        sink.flush()
        os.fsync(sink.fileno())


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())
