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

from forensics.case.disk import replace_file, writing
from forensics.case.ledger import Part

__all__ = ["append_entry", "entry_hash", "manifest_sha256", "write_manifest"]

_MANIFEST = "manifest-sha256.txt"
_JOURNAL = "custody.jsonl"


def write_manifest(root: Path, parts: Iterable[Part]) -> str:
    """Write one `sha256sum` line per part of evidence, where it changed; returns the file's hash."""
    text = "".join(f"{part.sha256}  {part.path}\n" for part in parts)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if text and digest != manifest_sha256(root):
        with writing(root / _MANIFEST):
            replace_file(root / _MANIFEST, text)
    return digest if text else ""


def manifest_sha256(root: Path) -> str:
    """The hash that names this state of the evidence ('' before anything was committed)."""
    try:
        return hashlib.sha256((root / _MANIFEST).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def entry_hash(entry: dict[str, Any]) -> str:
    """The hash of an entry's other fields: a change to the last line shows, too."""
    text = json.dumps({k: v for k, v in entry.items() if k != "hash"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def append_entry(root: Path, command: str, detail: dict[str, Any]) -> None:
    """Add a line whose `previous` is the hash of the line before it, so that none can be cut out.

    A line that a crash left unfinished stays as it is, and is the next one's `previous`.
    """
    journal = root / _JOURNAL
    text = journal.read_bytes() if journal.exists() else b""
    lines = text.splitlines()
    entry: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": _user(),
        "command": command,
        **detail,
        "previous": hashlib.sha256(lines[-1]).hexdigest() if lines else "",
    }
    entry["hash"] = entry_hash(entry)
    separator = "\n" if text and not text.endswith(b"\n") else ""
    with writing(journal), open(journal, "a", encoding="utf-8") as sink:
        sink.write(f"{separator}{json.dumps(entry, sort_keys=True)}\n")
        sink.flush()
        os.fsync(sink.fileno())


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())
